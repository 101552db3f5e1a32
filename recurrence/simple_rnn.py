"""The simple recurrent network (deck: "RNN using Numpy"; Elman 1990; Keras: `SimpleRNN`).

>>> rng = np.random.default_rng(0)
>>> W, U, b = rng.random((64, 32)), rng.random((64, 64)), rng.random(64)
>>> simple_rnn(rng.random((100, 32)), W, U, b).shape
(100, 64)
"""

# Capital letters for weights, as in the deck.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from recurrence import keras_weights
from recurrence.shapes import Array, expect, initial_state, sequences
from recurrence.through_time import Gradients, before, outer, stack, total


def simple_rnn(inputs: Array, W: Array, U: Array, b: Array) -> Array:
    """Returns the outputs for one sequence, of shape (timesteps, units). The initial state is zero.

    Args:
        inputs: The sequence, of shape (timesteps, features).
        W: Input weights, of shape (units, features).
        U: Recurrent weights, of shape (units, units).
        b: Bias, of shape (units,).
    """
    h = np.zeros(len(b))
    outputs = []
    for x in inputs:
        h = np.tanh(W @ x + U @ h + b)
        outputs.append(h)
    return np.stack(outputs)  # one row per timestep; the deck's np.concatenate would return one long vector


@dataclass(frozen=True, eq=False)
class SimpleRNN:
    """h_t = tanh(W x_t + U h_{t-1} + b), for one sequence or a batch, with its forward and backward pass.

    Raises:
        ValueError: If the shapes of the weights do not match.
    """

    W: Array  # (units, features)
    U: Array  # (units, units)
    b: Array  # (units,)

    def __post_init__(self) -> None:
        expect((None,), b=self.b)
        expect((self.units, None), W=self.W)
        expect((self.units, self.units), U=self.U)

    @property
    def units(self) -> int:
        """Size of the state."""
        return len(self.b)

    @property
    def features(self) -> int:
        """Number of input features."""
        return np.shape(self.W)[-1]

    @classmethod
    def initialise(cls, features: int, units: int, rng: np.random.Generator, recurrent_scale: float = 1.0) -> SimpleRNN:
        """Draws the initial weights as Keras does, then multiplies the orthogonal U by `recurrent_scale`.

        Below 1, U shrinks the gradient at every step of the backward pass. At 1, only tanh does. Above 1, U enlarges
        it.

        Args:
            features: Number of input features.
            units: Size of the state.
            rng: Source of the random numbers.
            recurrent_scale: Factor by which U stretches the state.

        Raises:
            ValueError: If `features` or `units` is not positive.
        """
        kernel, recurrent_kernel, bias = keras_weights.draw(features, units, 1, rng)
        return cls.from_keras([kernel, recurrent_scale * recurrent_kernel, bias])

    @classmethod
    def from_keras(cls, weights: Sequence[ArrayLike]) -> SimpleRNN:
        """Builds the network from the weights of a Keras SimpleRNN.

        Args:
            weights: The arrays that the layer's `get_weights()` returns.

        Raises:
            ValueError: If the shapes are not those of a Keras SimpleRNN.
        """
        kernel, recurrent_kernel, bias = keras_weights.read(weights, gates=1)
        return cls(W=kernel.T, U=recurrent_kernel.T, b=bias)

    def forward(self, inputs: ArrayLike, h0: ArrayLike | None = None) -> SimpleRNNTrace:
        """Returns every value of a run over the inputs.

        Args:
            inputs: Sequences of shape (..., timesteps, features).
            h0: Initial state, of shape (..., units). Defaults to zeros.

        Raises:
            ValueError: If a shape is wrong.
        """
        inputs = sequences(inputs, self.features)
        h = h0 = initial_state("h0", h0, inputs, self.units)
        steps = []
        for t in range(inputs.shape[-2]):
            h = np.tanh(inputs[..., t, :] @ self.W.T + h @ self.U.T + self.b)
            steps.append((h,))
        return SimpleRNNTrace(inputs, h0, *stack(steps))

    def backward(self, trace: SimpleRNNTrace, d_outputs: Array) -> Gradients[SimpleRNN]:
        """Returns the gradients of the loss with respect to weights, inputs and states.

        Args:
            trace: The result of `forward`.
            d_outputs: Gradient of the loss with respect to the outputs, of shape (..., timesteps, units).

        Raises:
            ValueError: If `d_outputs` does not have the shape of `trace.h`.
        """
        expect(trace.h.shape, d_outputs=d_outputs)
        d_h = np.zeros_like(trace.h0)
        steps = []
        for t in reversed(range(trace.h.shape[-2])):
            h = trace.h[..., t, :]
            d_h_t = d_outputs[..., t, :] + d_h  # h_t is an output and the next timestep's state
            d_sum = d_h_t * (1 - h**2)  # through tanh, to W x + U h + b
            d_h = d_sum @ self.U
            steps.append((d_h_t, d_sum))

        d_states, d_sums = stack(reversed(steps))
        return Gradients(
            weights=SimpleRNN(
                W=outer(d_sums, trace.inputs),
                U=outer(d_sums, before(trace.h0, trace.h)),
                b=total(d_sums),
            ),
            inputs=d_sums @ self.W,
            initial_state=(d_h,),
            states=(d_states,),
        )


@dataclass(frozen=True, eq=False)
class SimpleRNNTrace:
    """All values of a forward run."""

    inputs: Array  # (..., timesteps, features)
    h0: Array  # (..., units), the initial state
    h: Array  # (..., timesteps, units), the outputs, which are also the states

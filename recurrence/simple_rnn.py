"""The simple recurrent network (deck: "RNN using Numpy"; Elman 1990; Keras: `SimpleRNN`).

>>> rng = np.random.default_rng(0)
>>> W, U, b = rng.random((64, 32)), rng.random((64, 64)), rng.random(64)
>>> simple_rnn(rng.random((100, 32)), W, U, b).shape
(100, 64)
"""

# The capital letters are the deck's.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from recurrence import keras_weights
from recurrence.shapes import Array, expect, initial_state, sequences
from recurrence.through_time import Gradients, before, outer, stack, total


def simple_rnn(inputs: Array, W: Array, U: Array, b: Array) -> Array:
    """Run one sequence, (timesteps, features), from a zero state; the outputs are (timesteps, units).

    W is (units, features), U (units, units), b (units,).
    """
    h = np.zeros(len(b))
    outputs = []
    for x in inputs:
        h = np.tanh(W @ x + U @ h + b)
        outputs.append(h)
    return np.stack(outputs)  # a row for each timestep; np.concatenate would make one long vector


@dataclass(frozen=True, eq=False)
class SimpleRNN:
    """h_t = tanh(W x_t + U h_{t-1} + b), for one sequence or a batch, forwards and backwards.

    Raises ValueError if the weights' shapes do not fit together.
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
        """How many numbers the state holds."""
        return len(self.b)

    @property
    def features(self) -> int:
        """How many numbers each timestep brings."""
        return np.shape(self.W)[-1]

    @classmethod
    def initialise(cls, features: int, units: int, rng: np.random.Generator, recurrent_scale: float = 1.0) -> SimpleRNN:
        """Draw the weights as Keras does, then multiply the orthogonal U by `recurrent_scale`.

        Below 1, every step backwards shrinks the gradient; at 1, only tanh does; above 1, U stretches it.
        Raises ValueError unless features and units are positive.
        """
        kernel, recurrent_kernel, bias = keras_weights.draw(features, units, 1, rng)
        return cls.from_keras([kernel, recurrent_scale * recurrent_kernel, bias])

    @classmethod
    def from_keras(cls, weights: Sequence[ArrayLike]) -> SimpleRNN:
        """Take the weights of a Keras SimpleRNN: its `get_weights()`.

        Raises ValueError if they are of another layer.
        """
        kernel, recurrent_kernel, bias = keras_weights.read(weights, gates=1)
        return cls(W=kernel.T, U=recurrent_kernel.T, b=bias)

    def forward(self, inputs: ArrayLike, h0: ArrayLike | None = None) -> SimpleRNNTrace:
        """Run inputs (..., timesteps, features) from the state h0 (..., units), zero unless given.

        Raises ValueError if the shapes are not these.
        """
        inputs = sequences(inputs, self.features)
        h = h0 = initial_state("h0", h0, inputs, self.units)
        steps = []
        for t in range(inputs.shape[-2]):
            h = np.tanh(inputs[..., t, :] @ self.W.T + h @ self.U.T + self.b)
            steps.append((h,))
        return SimpleRNNTrace(inputs, h0, *stack(steps))

    def backward(self, trace: SimpleRNNTrace, d_outputs: Array) -> Gradients[SimpleRNN]:
        """Return the gradients of a loss whose gradient with respect to the outputs is d_outputs.

        d_outputs is (..., timesteps, units), as `trace.h`; ValueError if not.
        """
        expect(trace.h.shape, d_outputs=d_outputs)
        d_h = np.zeros_like(trace.h0)
        steps = []
        for t in reversed(range(trace.h.shape[-2])):
            h = trace.h[..., t, :]
            d_h_t = d_outputs[..., t, :] + d_h  # h_t is the output, and what the next timestep started from
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
    """What one forward run computed."""

    inputs: Array  # (..., timesteps, features)
    h0: Array  # (..., units), the initial state
    h: Array  # (..., timesteps, units), the outputs, which are also the states

"""Long short-term memory, step by step (deck: "LSTM Step-by-Step (4-1)" to "(4-4)"; Keras: `LSTM`).

Source: Hochreiter & Schmidhuber 1997, with the forget gate of Gers, Schmidhuber & Cummins 2000. Each gate sees the
previous output and the new input, concatenated: [h_{t-1}, x_t].

>>> rng = np.random.default_rng(0)
>>> lstm = LSTM.initialise(features=32, units=64, rng=rng)
>>> trace = lstm.forward(rng.random((100, 32)))
>>> trace.h.shape, trace.f.shape
((100, 64), (100, 64))
"""

# Capital letters for weights, as in the deck.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from recurrence import keras_weights
from recurrence.shapes import Array, expect, initial_state, sequences
from recurrence.sigmoid import sigmoid
from recurrence.through_time import Gradients, before, outer, stack, total


@dataclass(frozen=True, eq=False)
class LSTM:
    """An LSTM for one sequence or a batch, with its forward and backward pass.

    Each W has shape (units, units + features), each b (units,).

    Raises:
        ValueError: If the shapes of the weights do not match.
    """

    W_f: Array  # the forget gate
    b_f: Array
    W_i: Array  # the input gate
    b_i: Array
    W_C: Array  # the candidate for the cell state
    b_C: Array
    W_o: Array  # the output gate
    b_o: Array

    def __post_init__(self) -> None:
        expect((None,), b_f=self.b_f)
        expect((self.units, None), W_f=self.W_f)
        shape = (self.units, self.units + max(1, self.features))
        expect(shape, W_f=self.W_f, W_i=self.W_i, W_C=self.W_C, W_o=self.W_o)
        expect((self.units,), b_i=self.b_i, b_C=self.b_C, b_o=self.b_o)

    @property
    def units(self) -> int:
        """Size of the output and of the cell state."""
        return len(self.b_f)

    @property
    def features(self) -> int:
        """Number of input features."""
        return np.shape(self.W_f)[-1] - self.units

    @classmethod
    def initialise(cls, features: int, units: int, rng: np.random.Generator, forget_bias: float = 1.0) -> LSTM:
        """Draws the initial weights as Keras does.

        Args:
            features: Number of input features.
            units: Size of the output and of the cell state.
            rng: Source of the random numbers.
            forget_bias: Initial bias of the forget gate. With Keras's 1, the gate starts near sigmoid(1) = 0.73.

        Raises:
            ValueError: If `features` or `units` is not positive.
        """
        lstm = cls.from_keras(keras_weights.draw(features, units, 4, rng))
        lstm.b_f[:] = forget_bias  # a half-closed gate forgets before the network can learn (Jozefowicz et al. 2015)
        return lstm

    @classmethod
    def from_keras(cls, weights: Sequence[ArrayLike]) -> LSTM:
        """Builds the LSTM from the weights of a Keras LSTM.

        Args:
            weights: The arrays that the layer's `get_weights()` returns.

        Raises:
            ValueError: If the shapes are not those of a Keras LSTM.
        """
        kernel, recurrent_kernel, bias = keras_weights.read(weights, gates=4)
        W_i, W_f, W_C, W_o = np.split(np.concatenate([recurrent_kernel, kernel]).T, 4)
        b_i, b_f, b_C, b_o = np.split(bias, 4)
        return cls(W_f, b_f, W_i, b_i, W_C, b_C, W_o, b_o)

    def forward(self, inputs: ArrayLike, h0: ArrayLike | None = None, C0: ArrayLike | None = None) -> LSTMTrace:
        """Returns every value of a run over the inputs.

        Args:
            inputs: Sequences of shape (..., timesteps, features).
            h0: Initial output, of shape (..., units). Defaults to zeros.
            C0: Initial cell state, of shape (..., units). Defaults to zeros.

        Raises:
            ValueError: If a shape is wrong.
        """
        inputs = sequences(inputs, self.features)
        h = h0 = initial_state("h0", h0, inputs, self.units)
        C = C0 = initial_state("C0", C0, inputs, self.units)
        steps = []
        for t in range(inputs.shape[-2]):
            hx = np.concatenate([h, inputs[..., t, :]], axis=-1)  # [h_{t-1}, x_t]
            # (4-1) How much of the old cell state to keep
            f = sigmoid(hx @ self.W_f.T + self.b_f)
            # (4-2) What to store, and how much
            i = sigmoid(hx @ self.W_i.T + self.b_i)
            C_tilde = np.tanh(hx @ self.W_C.T + self.b_C)
            # (4-3) The new cell state
            C = f * C + i * C_tilde
            # (4-4) The output
            o = sigmoid(hx @ self.W_o.T + self.b_o)
            h = o * np.tanh(C)
            steps.append((f, i, C_tilde, C, o, h))
        return LSTMTrace(inputs, h0, C0, *stack(steps))

    def backward(self, trace: LSTMTrace, d_outputs: Array) -> Gradients[LSTM]:
        """Returns the gradients of the loss with respect to weights, inputs and states.

        Args:
            trace: The result of `forward`.
            d_outputs: Gradient of the loss with respect to the outputs, of shape (..., timesteps, units).

        Raises:
            ValueError: If `d_outputs` does not have the shape of `trace.h`.
        """
        expect(trace.h.shape, d_outputs=d_outputs)
        C_before = before(trace.C0, trace.C)
        d_h, d_C = np.zeros_like(trace.h0), np.zeros_like(trace.C0)
        steps = []
        for t in reversed(range(trace.h.shape[-2])):
            f, i, C_tilde, o = (gate[..., t, :] for gate in (trace.f, trace.i, trace.C_tilde, trace.o))
            tanh_C = np.tanh(trace.C[..., t, :])
            d_h_t, d_C_t = d_outputs[..., t, :] + d_h, d_C
            # (4-4) h = o * tanh(C)
            d_o = d_h_t * tanh_C
            d_C = d_C_t + d_h_t * o * (1 - tanh_C**2)
            # (4-3) C = f * C_before + i * C_tilde
            d_f = d_C * C_before[..., t, :]
            d_i = d_C * C_tilde
            d_C_tilde = d_C * i
            d_C = d_C * f  # this path has no weights and no tanh, only the forget gate
            # (4-2), (4-1) through each sigmoid and tanh, to the four sums W [h, x] + b
            s_f, s_i, s_o = d_f * f * (1 - f), d_i * i * (1 - i), d_o * o * (1 - o)
            s_C = d_C_tilde * (1 - C_tilde**2)
            d_hx = s_f @ self.W_f + s_i @ self.W_i + s_C @ self.W_C + s_o @ self.W_o
            d_h, d_x = d_hx[..., : self.units], d_hx[..., self.units :]
            steps.append((d_h_t, d_C_t, d_x, s_f, s_i, s_C, s_o))

        d_hs, d_Cs, d_inputs, s_f, s_i, s_C, s_o = stack(reversed(steps))
        hx = np.concatenate([before(trace.h0, trace.h), trace.inputs], axis=-1)
        return Gradients(
            weights=LSTM(
                W_f=outer(s_f, hx),
                b_f=total(s_f),
                W_i=outer(s_i, hx),
                b_i=total(s_i),
                W_C=outer(s_C, hx),
                b_C=total(s_C),
                W_o=outer(s_o, hx),
                b_o=total(s_o),
            ),
            inputs=d_inputs,
            initial_state=(d_h, d_C),
            states=(d_hs, d_Cs),
        )


@dataclass(frozen=True, eq=False)
class LSTMTrace:
    """All values of a forward run. Gates are between 0 and 1, C_tilde and h between -1 and 1."""

    inputs: Array  # (..., timesteps, features)
    h0: Array  # (..., units), the initial output
    C0: Array  # (..., units), the initial cell state
    f: Array  # (..., timesteps, units), as all below: the forget gate
    i: Array  # the input gate
    C_tilde: Array  # the candidate for the cell state
    C: Array  # the cell state
    o: Array  # the output gate
    h: Array  # the output

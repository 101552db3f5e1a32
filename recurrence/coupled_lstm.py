"""An LSTM with coupled forget and input gates (deck: "Variants of LSTM"; Greff et al. 2015, where it is CIFG).

The cell stores something new exactly where it forgets something old. Keras has no such layer; this project's is
`layers/coupled_lstm.py`.
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
class CoupledLSTM:
    """An LSTM whose input gate is 1 - f, for one sequence or a batch, with its forward and backward pass.

    Each W has shape (units, units + features), each b (units,).

    Raises:
        ValueError: If the shapes of the weights do not match.
    """

    W_f: Array  # the forget gate
    b_f: Array
    W_C: Array  # the candidate for the cell state
    b_C: Array
    W_o: Array  # the output gate
    b_o: Array

    def __post_init__(self) -> None:
        expect((None,), b_f=self.b_f)
        expect((self.units, None), W_f=self.W_f)
        expect((self.units, self.units + max(1, self.features)), W_f=self.W_f, W_C=self.W_C, W_o=self.W_o)
        expect((self.units,), b_C=self.b_C, b_o=self.b_o)

    @property
    def units(self) -> int:
        """Size of the output and of the cell state."""
        return len(self.b_f)

    @property
    def features(self) -> int:
        """Number of input features."""
        return np.shape(self.W_f)[-1] - self.units

    @classmethod
    def initialise(cls, features: int, units: int, rng: np.random.Generator, forget_bias: float = 1.0) -> CoupledLSTM:
        """Draws the initial weights as Keras does.

        Args:
            features: Number of input features.
            units: Size of the output and of the cell state.
            rng: Source of the random numbers.
            forget_bias: Initial bias of the forget gate. With Keras's 1, the gate starts near sigmoid(1) = 0.73.

        Raises:
            ValueError: If `features` or `units` is not positive.
        """
        lstm = cls.from_keras(keras_weights.draw(features, units, 3, rng))
        lstm.b_f[:] = forget_bias
        return lstm

    @classmethod
    def from_keras(cls, weights: Sequence[ArrayLike]) -> CoupledLSTM:
        """Builds the LSTM from the weights of `layers.coupled_lstm.CoupledLSTM`.

        Args:
            weights: The arrays that the layer's `get_weights()` returns.

        Raises:
            ValueError: If the shapes are not those of this layer.
        """
        kernel, recurrent_kernel, bias = keras_weights.read(weights, gates=3)
        W_f, W_C, W_o = np.split(np.concatenate([recurrent_kernel, kernel]).T, 3)
        b_f, b_C, b_o = np.split(bias, 3)
        return cls(W_f, b_f, W_C, b_C, W_o, b_o)

    def forward(self, inputs: ArrayLike, h0: ArrayLike | None = None, C0: ArrayLike | None = None) -> CoupledLSTMTrace:
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
            f = sigmoid(hx @ self.W_f.T + self.b_f)
            C_tilde = np.tanh(hx @ self.W_C.T + self.b_C)
            C = f * C + (1 - f) * C_tilde  # a weighted mean of the old and the new
            o = sigmoid(hx @ self.W_o.T + self.b_o)
            h = o * np.tanh(C)
            steps.append((f, C_tilde, C, o, h))
        return CoupledLSTMTrace(inputs, h0, C0, *stack(steps))

    def backward(self, trace: CoupledLSTMTrace, d_outputs: Array) -> Gradients[CoupledLSTM]:
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
            f, C_tilde, o = (gate[..., t, :] for gate in (trace.f, trace.C_tilde, trace.o))
            tanh_C = np.tanh(trace.C[..., t, :])
            d_h_t, d_C_t = d_outputs[..., t, :] + d_h, d_C
            # h = o * tanh(C)
            d_o = d_h_t * tanh_C
            d_C = d_C_t + d_h_t * o * (1 - tanh_C**2)
            # C = f * C_before + (1 - f) * C_tilde
            d_f = d_C * (C_before[..., t, :] - C_tilde)
            d_C_tilde = d_C * (1 - f)
            d_C = d_C * f
            # through each sigmoid and tanh, to the three sums W [h, x] + b
            s_f, s_o = d_f * f * (1 - f), d_o * o * (1 - o)
            s_C = d_C_tilde * (1 - C_tilde**2)
            d_hx = s_f @ self.W_f + s_C @ self.W_C + s_o @ self.W_o
            d_h, d_x = d_hx[..., : self.units], d_hx[..., self.units :]
            steps.append((d_h_t, d_C_t, d_x, s_f, s_C, s_o))

        d_hs, d_Cs, d_inputs, s_f, s_C, s_o = stack(reversed(steps))
        hx = np.concatenate([before(trace.h0, trace.h), trace.inputs], axis=-1)
        return Gradients(
            weights=CoupledLSTM(
                W_f=outer(s_f, hx),
                b_f=total(s_f),
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
class CoupledLSTMTrace:
    """All values of a forward run. Gates are between 0 and 1, C_tilde and h between -1 and 1."""

    inputs: Array  # (..., timesteps, features)
    h0: Array  # (..., units), the initial output
    C0: Array  # (..., units), the initial cell state
    f: Array  # (..., timesteps, units), as all below: the forget gate; 1 - f is the input gate
    C_tilde: Array  # the candidate for the cell state
    C: Array  # the cell state
    o: Array  # the output gate
    h: Array  # the output

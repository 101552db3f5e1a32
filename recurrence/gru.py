"""The gated recurrent unit (deck: "Gated Recurrent Unit (GRU)"; Cho et al. 2014; Keras: `GRU`).

A single update gate forgets and stores, and the state is also the output:

    z_t = sigmoid(W_z x_t + U_z h_{t-1} + b_z)              how much of the old state to keep
    r_t = sigmoid(W_r x_t + U_r h_{t-1} + b_r)              how much of the old state the candidate sees
    h~_t = tanh(W_h x_t + b_h + U_h (r_t * h_{t-1}))        reset gate before the product with U_h, or
    h~_t = tanh(W_h x_t + b_h + r_t * (U_h h_{t-1} + b_U))  after it: `reset_after`, Keras's default
    h_t = z_t * h_{t-1} + (1 - z_t) * h~_t

W and U are separate, as in the deck's RNN, because the reset gate acts between them. z is the fraction that is kept, as
in Cho et al. and in Keras. Texts that write (1 - z) * h_{t-1} + z * h~ call the other fraction z.
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
class GRU:
    """A GRU for one sequence or a batch, with its forward and backward pass.

    Each W has shape (units, features), each U (units, units), each b (units,).

    Raises:
        ValueError: If the shapes of the weights do not match.
    """

    W_z: Array  # the update gate
    U_z: Array
    b_z: Array
    W_r: Array  # the reset gate
    U_r: Array
    b_r: Array
    W_h: Array  # the candidate for the state
    U_h: Array
    b_h: Array
    b_U: Array | None = None  # added to U_h h, before the reset gate; None if the reset gate acts before U_h

    def __post_init__(self) -> None:
        expect((None,), b_z=self.b_z)
        expect((self.units, None), W_z=self.W_z)
        expect((self.units, self.features), W_r=self.W_r, W_h=self.W_h)
        expect((self.units, self.units), U_z=self.U_z, U_r=self.U_r, U_h=self.U_h)
        expect((self.units,), b_r=self.b_r, b_h=self.b_h)
        if self.b_U is not None:
            expect((self.units,), b_U=self.b_U)

    @property
    def units(self) -> int:
        """Size of the state."""
        return len(self.b_z)

    @property
    def features(self) -> int:
        """Number of input features."""
        return np.shape(self.W_z)[-1]

    @property
    def reset_after(self) -> bool:
        """Whether the reset gate acts after the product with U_h."""
        return self.b_U is not None

    @classmethod
    def initialise(cls, features: int, units: int, rng: np.random.Generator, reset_after: bool = True) -> GRU:
        """Draws the initial weights as Keras does.

        Args:
            features: Number of input features.
            units: Size of the state.
            rng: Source of the random numbers.
            reset_after: Whether the reset gate acts after the product with U_h.

        Raises:
            ValueError: If `features` or `units` is not positive.
        """
        kernel, recurrent_kernel, bias = keras_weights.draw(features, units, 3, rng)
        return cls.from_keras([kernel, recurrent_kernel, np.stack([bias, bias]) if reset_after else bias])

    @classmethod
    def from_keras(cls, weights: Sequence[ArrayLike]) -> GRU:
        """Builds the GRU from the weights of a Keras GRU.

        With `reset_after`, Keras has two biases: one for W x and one for U h. The two gates only add them, so here each
        gate has their sum. The candidate needs both: b_h and b_U.

        Args:
            weights: The arrays that the layer's `get_weights()` returns.

        Raises:
            ValueError: If the shapes are not those of a Keras GRU.
        """
        kernel, recurrent_kernel, bias = keras_weights.read(weights, gates=3, two_biases=True)
        W_z, W_r, W_h = np.split(kernel.T, 3)
        U_z, U_r, U_h = np.split(recurrent_kernel.T, 3)
        b_U = None
        if bias.ndim == 2:
            b_U = bias[1, -len(U_h) :].copy()
            bias[1, -len(U_h) :] = 0
            bias = bias.sum(axis=0)
        b_z, b_r, b_h = np.split(bias, 3)
        return cls(W_z, U_z, b_z, W_r, U_r, b_r, W_h, U_h, b_h, b_U)

    def forward(self, inputs: ArrayLike, h0: ArrayLike | None = None) -> GRUTrace:
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
            x = inputs[..., t, :]
            z = sigmoid(x @ self.W_z.T + h @ self.U_z.T + self.b_z)
            r = sigmoid(x @ self.W_r.T + h @ self.U_r.T + self.b_r)
            past = (r * h) @ self.U_h.T if self.b_U is None else r * (h @ self.U_h.T + self.b_U)
            h_tilde = np.tanh(x @ self.W_h.T + self.b_h + past)
            h = z * h + (1 - z) * h_tilde
            steps.append((z, r, h_tilde, h))
        return GRUTrace(inputs, h0, *stack(steps))

    def backward(self, trace: GRUTrace, d_outputs: Array) -> Gradients[GRU]:
        """Returns the gradients of the loss with respect to weights, inputs and states.

        Args:
            trace: The result of `forward`.
            d_outputs: Gradient of the loss with respect to the outputs, of shape (..., timesteps, units).

        Raises:
            ValueError: If `d_outputs` does not have the shape of `trace.h`.
        """
        expect(trace.h.shape, d_outputs=d_outputs)
        h_before = before(trace.h0, trace.h)
        d_h = np.zeros_like(trace.h0)
        steps = []
        for t in reversed(range(trace.h.shape[-2])):
            z, r, h_tilde, h = (value[..., t, :] for value in (trace.z, trace.r, trace.h_tilde, h_before))
            d_h_t = d_outputs[..., t, :] + d_h
            # h_t = z * h + (1 - z) * h_tilde, where h is the previous state
            d_z = d_h_t * (h - h_tilde)
            s_h = d_h_t * (1 - z) * (1 - h_tilde**2)
            d_h = d_h_t * z
            if self.b_U is None:
                d_rh = s_h @ self.U_h  # the gradient of r * h
                d_r = d_rh * h
                d_h = d_h + d_rh * r
            else:
                d_r = s_h * (h @ self.U_h.T + self.b_U)
                d_h = d_h + (s_h * r) @ self.U_h
            # through the sigmoids, to the sums W x + U h + b
            s_z, s_r = d_z * z * (1 - z), d_r * r * (1 - r)
            d_h = d_h + s_z @ self.U_z + s_r @ self.U_r
            steps.append((d_h_t, s_z, s_r, s_h))

        d_states, s_z, s_r, s_h = stack(reversed(steps))
        return Gradients(
            weights=GRU(
                W_z=outer(s_z, trace.inputs),
                U_z=outer(s_z, h_before),
                b_z=total(s_z),
                W_r=outer(s_r, trace.inputs),
                U_r=outer(s_r, h_before),
                b_r=total(s_r),
                W_h=outer(s_h, trace.inputs),
                U_h=outer(s_h * trace.r, h_before) if self.reset_after else outer(s_h, trace.r * h_before),
                b_h=total(s_h),
                b_U=total(s_h * trace.r) if self.reset_after else None,
            ),
            inputs=s_z @ self.W_z + s_r @ self.W_r + s_h @ self.W_h,
            initial_state=(d_h,),
            states=(d_states,),
        )


@dataclass(frozen=True, eq=False)
class GRUTrace:
    """All values of a forward run. Gates are between 0 and 1, h_tilde between -1 and 1."""

    inputs: Array  # (..., timesteps, features)
    h0: Array  # (..., units), the initial state
    z: Array  # (..., timesteps, units), as all below: the update gate
    r: Array  # the reset gate
    h_tilde: Array  # the candidate for the state
    h: Array  # the outputs, which are also the states

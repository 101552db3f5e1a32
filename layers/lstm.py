"""Keras's LSTM with a faster loop (deck: "Long Short-Term Memory (LSTM)")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.fast_loop import DERIVATIVES, Equations, FastLoop, Tensor, Tensors, drop, fast, kernel_gradient


@keras.saving.register_keras_serializable(package="layers")
class LSTM(FastLoop, keras.layers.LSTM):
    """Long short-term memory (Hochreiter and Schmidhuber 1997) with the weights and results of `keras.layers.LSTM`.

    It takes the arguments of `keras.layers.LSTM`; see `FastLoop` for when its own loop applies.

    Input shape: (batch, timesteps, features). Output shape: (batch, units), or (batch, timesteps, units) with
    `return_sequences=True`.
    """

    def leads(self, training: bool) -> bool:
        """Returns whether the loop is faster than Keras's: with one mask per gate it does not apply."""
        return self.cell.implementation == 2 or not (training and (self.cell.dropout or self.cell.recurrent_dropout))

    def prepare(self, sequences: Tensor, states: Tensors, training: bool) -> tuple[Tensors, Tensors, Any]:
        """See `FastLoop`. A timestep has four inputs: of the input gate, forget gate, candidate and output gate."""
        cell = self.cell
        input_mask = cell.get_dropout_mask(sequences[0]) if training and cell.dropout else None
        mask = cell.get_recurrent_dropout_mask(states[0]) if training and cell.recurrent_dropout else None
        sequences = drop(sequences, input_mask)
        inputs = [ops.matmul(sequences, kernel) for kernel in _split(cell.kernel)]
        if cell.use_bias:
            inputs = [x + bias for x, bias in zip(inputs, _split(cell.bias), strict=True)]
        return tuple(inputs), tuple(_split(cell.recurrent_kernel)), lambda weights: _equations(cell, mask, weights)


def _split(kernel: Any) -> list[Tensor]:
    return ops.split(ops.convert_to_tensor(kernel), 4, axis=-1)


def _equations(cell: Any, mask: Tensor | None, kernels: Tensors) -> Equations:
    """Returns the equations of a cell.

    Args:
        cell: Keras's cell.
        mask: The recurrent dropout mask, or None.
        kernels: The recurrent kernels (units, units) of input gate, forget gate, candidate and output gate.
    """
    transposed = [ops.transpose(kernel) for kernel in kernels]
    activation, gate_activation = fast(cell.activation), fast(cell.recurrent_activation)
    slope, gate_slope = DERIVATIVES[cell.activation], DERIVATIVES[cell.recurrent_activation]

    def forwards(states: Tensors, x: Tensors) -> tuple[Tensors, Tensors]:
        h, c = states
        dropped = drop(h, mask)
        i, f, g, o = (one + ops.matmul(dropped, kernel) for one, kernel in zip(x, kernels, strict=True))
        i, f, g, o = gate_activation(i), gate_activation(f), activation(g), gate_activation(o)
        next_c = f * c + i * g
        shown = activation(next_c)
        return (o * shown, next_c), (h, c, i, f, g, o, shown)

    def backwards(later: Tensors, values: Tensors) -> tuple[Tensors, Tensors]:
        (dh, dc), (_, c, i, f, g, o, shown) = later, values
        dc = dc + dh * o * slope(shown)
        dx = (dc * g * gate_slope(i), dc * c * gate_slope(f), dc * i * slope(g), dh * shown * gate_slope(o))
        dh = sum(ops.matmul(one, kernel) for one, kernel in zip(dx, transposed, strict=True))
        return (drop(dh, mask), dc * f), dx

    def gradients(values: Tensors, dxs: Tensors) -> Tensors:
        return tuple(kernel_gradient(drop(values[0], mask), dx) for dx in dxs)

    return Equations(forwards, backwards, gradients, saved=7, gradients=4)

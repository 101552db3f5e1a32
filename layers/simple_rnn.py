"""Keras's SimpleRNN with a faster loop (deck: "Recurrent Layer in Keras")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.fast_loop import DERIVATIVES, Equations, FastLoop, Tensor, Tensors, drop, fast, kernel_gradient


@keras.saving.register_keras_serializable(package="layers")
class SimpleRNN(FastLoop, keras.layers.SimpleRNN):
    """The plain recurrent layer (Elman 1990) with the weights, arguments and results of `keras.layers.SimpleRNN`.

    See `FastLoop` for when its own loop applies.

    Input shape: (batch, timesteps, features). Output shape: (batch, units), or (batch, timesteps, units) with
    `return_sequences=True`.
    """

    def prepare(self, sequences: Tensor, states: Tensors, training: bool) -> tuple[Tensors, Tensors, Any]:
        """See `FastLoop`."""
        cell = self.cell
        input_mask = cell.get_dropout_mask(sequences[0]) if training and cell.dropout else None
        mask = cell.get_recurrent_dropout_mask(states[0]) if training and cell.recurrent_dropout else None
        inputs = ops.matmul(drop(sequences, input_mask), cell.kernel)
        inputs = inputs + cell.bias if cell.use_bias else inputs
        activation, slope = fast(cell.activation), DERIVATIVES[cell.activation]

        def equations(weights: Tensors) -> Equations:
            (kernel,) = weights

            def forwards(states: Tensors, x: Tensors) -> tuple[Tensors, Tensors]:
                (h,) = states
                output = activation(x[0] + ops.matmul(drop(h, mask), kernel))
                return (output,), (h, output)

            def backwards(later: Tensors, values: Tensors) -> tuple[Tensors, Tensors]:
                dx = later[0] * slope(values[1])
                return (drop(ops.matmul(dx, transposed), mask),), (dx,)

            def gradients(values: Tensors, dxs: Tensors) -> Tensors:
                return (kernel_gradient(drop(values[0], mask), dxs[0]),)

            transposed = ops.transpose(kernel)
            return Equations(forwards, backwards, gradients, saved=2, gradients=1)

        return (inputs,), (cell.recurrent_kernel,), equations

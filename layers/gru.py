"""Keras's GRU with a faster loop (deck: "Gated Recurrent Unit (GRU)")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.fast_loop import DERIVATIVES, Equations, FastLoop, Tensor, Tensors, drop, fast, kernel_gradient


@keras.saving.register_keras_serializable(package="layers")
class GRU(FastLoop, keras.layers.GRU):
    """Gated recurrent unit (Cho et al. 2014) with the weights, arguments and results of `keras.layers.GRU`.

    XLA runs Keras's loop slowly because it slices all gates out of one array; here, each gate has its own. See
    `FastLoop` for when the loop applies.

    Input shape: (batch, timesteps, features). Output shape: (batch, units), or (batch, timesteps, units) with
    `return_sequences=True`.
    """

    def leads(self, training: bool) -> bool:
        """Returns whether the loop is faster than Keras's: of all outputs in inference, Keras's is as fast."""
        return training or not self.return_sequences

    def prepare(self, sequences: Tensor, states: Tensors, training: bool) -> tuple[Tensors, Tensors, Any]:
        """See `FastLoop`. A timestep has an input for each gate: update, reset and candidate."""
        cell = self.cell
        kernels = ops.split(ops.convert_to_tensor(cell.kernel), 3, axis=1)
        recurrent_kernels = ops.split(ops.convert_to_tensor(cell.recurrent_kernel), 3, axis=1)
        input_biases, recurrent_bias = self._biases()
        input_masks = _masks(cell.get_dropout_mask(sequences[0]) if training and cell.dropout else None)
        masks = _masks(cell.get_recurrent_dropout_mask(states[0]) if training and cell.recurrent_dropout else None)
        gates = [
            ops.matmul(drop(sequences, mask), kernel) + bias
            for kernel, bias, mask in zip(kernels, input_biases, input_masks, strict=True)
        ]
        return tuple(gates), (*recurrent_kernels, recurrent_bias), lambda weights: _equations(cell, masks, weights)

    def _biases(self) -> tuple[list[Tensor], Tensor]:
        """Returns the input bias of each gate, and the recurrent bias of the candidate, all of shape (units,).

        The update and reset gates only add their two biases, so the sum is returned as their input bias.
        """
        cell = self.cell
        zero = ops.zeros((cell.units,), dtype=cell.compute_dtype)
        if not cell.use_bias:
            return [zero] * 3, zero
        if not cell.reset_after:
            return ops.split(ops.convert_to_tensor(cell.bias), 3), zero
        update, reset, candidate = ops.split(ops.convert_to_tensor(cell.bias), 3, axis=1)
        return [update[0] + update[1], reset[0] + reset[1], candidate[0]], candidate[1]


def _masks(mask: Any) -> list[Tensor]:
    """Returns one dropout mask per gate. Keras has three masks, one for all gates, or none."""
    return list(mask) if isinstance(mask, (list, tuple)) else [mask] * 3


def _equations(cell: Any, masks: list[Tensor], weights: Tensors) -> Equations:
    """Returns the equations of a cell with a dropout mask per gate.

    Args:
        cell: Keras's cell.
        masks: A mask or None for each gate.
        weights: The recurrent kernel of each gate (units, units), and the candidate's recurrent bias (units,).
    """
    *kernels, bias = weights
    transposed = [ops.transpose(kernel) for kernel in kernels]
    activation, gate_activation = fast(cell.activation), fast(cell.recurrent_activation)
    slope, gate_slope = DERIVATIVES[cell.activation], DERIVATIVES[cell.recurrent_activation]

    def forwards(states: Tensors, x: Tensors) -> tuple[Tensors, Tensors]:
        (h,) = states
        z = gate_activation(x[0] + ops.matmul(drop(h, masks[0]), kernels[0]))
        r = gate_activation(x[1] + ops.matmul(drop(h, masks[1]), kernels[1]))
        if cell.reset_after:
            p = ops.matmul(drop(h, masks[2]), kernels[2]) + bias
            c = activation(x[2] + r * p)
        else:
            p = r * drop(h, masks[2])
            c = activation(x[2] + ops.matmul(p, kernels[2]))
        return (c + z * (h - c),), (h, z, r, p, c)

    def backwards(later: Tensors, values: Tensors) -> tuple[Tensors, Tensors]:
        (dh,), (h, z, r, p, c) = later, values
        dc = dh * (1 - z) * slope(c)
        dz = dh * (h - c) * gate_slope(z)
        if cell.reset_after:
            dp = dc * r
            dr = dc * p * gate_slope(r)
            through_candidate = ops.matmul(dp, transposed[2])
        else:
            dp = ops.matmul(dc, transposed[2])
            dr = dp * drop(h, masks[2]) * gate_slope(r)
            through_candidate = dp * r
        dh = dh * z + drop(ops.matmul(dz, transposed[0]), masks[0]) + drop(ops.matmul(dr, transposed[1]), masks[1])
        return (dh + drop(through_candidate, masks[2]),), (dz, dr, dc, dp)

    def gradients(values: Tensors, dxs: Tensors) -> Tensors:
        (h, _, _, p, _), (dz, dr, dc, dp) = values, dxs
        duz, dur = kernel_gradient(drop(h, masks[0]), dz), kernel_gradient(drop(h, masks[1]), dr)
        if cell.reset_after:
            return duz, dur, kernel_gradient(drop(h, masks[2]), dp), ops.sum(dp, (0, 1))
        return duz, dur, kernel_gradient(p, dc), ops.zeros_like(bias)

    return Equations(forwards, backwards, gradients, saved=5, gradients=4)

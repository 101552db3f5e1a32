"""Keras's GRU with a faster loop for CPUs (deck: "Gated Recurrent Unit (GRU)").

The loop has one array per gate and a hand-written gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from layers.keras2_hard_sigmoid import keras2_hard_sigmoid

Tensor = Any

# the derivative of each activation, as a function of the activation's output
DERIVATIVES: dict[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]] = {
    keras.activations.tanh: lambda y: 1 - y * y,
    keras.activations.sigmoid: lambda y: y * (1 - y),
    keras.activations.linear: ops.ones_like,
    keras.activations.relu: lambda y: ops.cast(y > 0, y.dtype),
    keras.activations.hard_sigmoid: lambda y: ops.cast((y > 0) & (y < 1), y.dtype) / 6,
    keras2_hard_sigmoid: lambda y: ops.cast((y > 0) & (y < 1), y.dtype) * 0.2,
}


@keras.saving.register_keras_serializable(package="layers")
class GRU(keras.layers.GRU):
    """Gated recurrent unit (Cho et al. 2014) with the weights, arguments and results of `keras.layers.GRU`.

    XLA runs Keras's loop slowly because it slices all gates out of one array. Keras's gradient also sums the weights'
    gradients timestep by timestep; here, one product over all timesteps computes them. The layer falls back to Keras's
    loop where this one does not apply (a mask, `unroll`, an activation that is not in `DERIVATIVES`) or is not faster
    (on a GPU, on PyTorch).

    Input shape: (batch, timesteps, features). Output shape: (batch, units), or (batch, timesteps, units) with
    `return_sequences=True`.
    """

    # Keras 3.16 sets this attribute to False, so that masks get lost
    supports_masking = property(lambda self: True, lambda self, value: None)

    def inner_loop(self, sequences: Tensor, initial_state: Any, mask: Tensor, training: bool = False) -> Any:
        """Returns the last output (batch, units), all outputs (batch, timesteps, units) and the list of last states.

        Without `return_sequences`, all outputs are the last output only: (batch, 1, units).

        Args:
            sequences: Inputs of shape (batch, timesteps, features).
            initial_state: State before the first timestep, of shape (batch, units), or a list with it.
            mask: Booleans of shape (batch, timesteps), or None.
            training: Whether to apply dropout.
        """
        cell = self.cell
        differentiable = {cell.activation, cell.recurrent_activation} <= set(DERIVATIVES)
        all_in_inference = not training and self.return_sequences  # here Keras's loop is as fast
        keras_only = mask is not None or self.unroll or self.use_cudnn is True
        if all_in_inference or keras_only or not differentiable or not _faster_here():
            return super().inner_loop(sequences, initial_state, mask=mask, training=training)

        state = initial_state[0] if isinstance(initial_state, (list, tuple)) else initial_state
        inputs = ops.transpose(sequences, (1, 0, 2))  # makes each timestep contiguous
        if self.go_backwards:
            inputs = ops.flip(inputs, 0)
        kernels = ops.split(ops.convert_to_tensor(cell.kernel), 3, axis=1)
        recurrent_kernels = ops.split(ops.convert_to_tensor(cell.recurrent_kernel), 3, axis=1)
        input_biases, recurrent_bias = self._biases()
        input_masks = _masks(cell.get_dropout_mask(sequences[:, 0]) if training and cell.dropout else None)

        def gates(x: Tensor) -> list[Tensor]:
            return [
                ops.matmul(_drop(x, mask), kernel) + bias
                for kernel, bias, mask in zip(kernels, input_biases, input_masks, strict=True)
            ]

        state_masks = _masks(cell.get_recurrent_dropout_mask(state) if training and cell.recurrent_dropout else None)
        step = _timestep(cell, state_masks, recurrent_kernels, recurrent_bias)
        if not training:
            last = ops.fori_loop(0, ops.shape(inputs)[0], lambda t, h: step(h, gates(inputs[t]))[0], state)
            return last, ops.expand_dims(last, 1), [last]
        loop = _loop(cell, state_masks, self.return_sequences)
        outputs = loop(*gates(inputs), *recurrent_kernels, recurrent_bias, state)
        last = outputs[-1] if self.return_sequences else outputs
        outputs = ops.transpose(outputs, (1, 0, 2)) if self.return_sequences else ops.expand_dims(last, 1)
        return last, outputs, [last]

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


def _timestep(
    cell: Any, masks: list[Tensor], kernels: Sequence[Tensor], bias: Tensor
) -> Callable[[Tensor, Any], tuple[Tensor, tuple[Tensor, ...]]]:
    """Returns the function of one timestep.

    It takes the state and the inputs of each gate, and returns the next state and the values that the gradient needs.
    """
    activation, gate_activation = _fast(cell.activation), _fast(cell.recurrent_activation)
    uz, ur, uc = kernels

    def step(h: Tensor, x: Any) -> tuple[Tensor, tuple[Tensor, ...]]:
        z = gate_activation(x[0] + ops.matmul(_drop(h, masks[0]), uz))
        r = gate_activation(x[1] + ops.matmul(_drop(h, masks[1]), ur))
        if cell.reset_after:
            p = ops.matmul(_drop(h, masks[2]), uc) + bias
            c = activation(x[2] + r * p)
        else:
            p = r * _drop(h, masks[2])
            c = activation(x[2] + ops.matmul(p, uc))
        return c + z * (h - c), (h, z, r, p, c)

    return step


def _drop(x: Tensor, mask: Tensor | None) -> Tensor:
    return x if mask is None else x * mask


def _loop(cell: Any, masks: list[Tensor], return_sequences: bool) -> Callable[..., Tensor]:
    """Returns the recurrence over all timesteps, with its gradient.

    The function takes, for each gate, the inputs times the gate's kernel (timesteps, batch, units); for each gate, the
    recurrent kernel (units, units); the recurrent bias of the candidate (units,); and the initial state (batch,
    units). It returns all states with `return_sequences`, the last one otherwise.
    """
    slope, gate_slope = DERIVATIVES[cell.activation], DERIVATIVES[cell.recurrent_activation]

    def drop(state: Tensor, gate: int) -> Tensor:
        return _drop(state, masks[gate])

    @ops.custom_gradient
    def loop(
        xz: Tensor, xr: Tensor, xc: Tensor, uz: Tensor, ur: Tensor, uc: Tensor, bias: Tensor, first: Tensor
    ) -> Any:
        forwards = _timestep(cell, masks, (uz, ur, uc), bias)
        last, (h, z, r, p, c) = _scan(forwards, first, (xz, xr, xc), outputs=5)

        def backwards(*args: Tensor, upstream: Tensor = None) -> Any:
            (upstream,) = args if upstream is None else (upstream,)
            transposed = [ops.transpose(kernel) for kernel in (uz, ur, uc)]

            def step(dh: Tensor, values: Any) -> Any:
                h, z, r, p, c = values[:5]
                if return_sequences:
                    dh = dh + values[5]
                dc = dh * (1 - z) * slope(c)
                dz = dh * (h - c) * gate_slope(z)
                if cell.reset_after:
                    dp = dc * r
                    dr = dc * p * gate_slope(r)
                    through_candidate = ops.matmul(dp, transposed[2])
                else:
                    dp = ops.matmul(dc, transposed[2])
                    dr = dp * drop(h, 2) * gate_slope(r)
                    through_candidate = dp * r
                dh = dh * z + drop(ops.matmul(dz, transposed[0]), 0) + drop(ops.matmul(dr, transposed[1]), 1)
                return dh + drop(through_candidate, 2), (dz, dr, dc, dp)

            start = ops.zeros_like(first) if return_sequences else upstream
            values = (h, z, r, p, c, upstream) if return_sequences else (h, z, r, p, c)
            dfirst, (dz, dr, dc, dp) = _scan(step, start, values, outputs=4, reverse=True)
            duc = _kernel_gradient(drop(h, 2), dp) if cell.reset_after else _kernel_gradient(p, dc)
            dbias = ops.sum(dp, (0, 1)) if cell.reset_after else ops.zeros_like(bias)
            return dz, dr, dc, _kernel_gradient(drop(h, 0), dz), _kernel_gradient(drop(h, 1), dr), duc, dbias, dfirst

        if not return_sequences:
            return last, backwards
        return ops.concatenate([h[1:], ops.expand_dims(last, 0)]), backwards

    return loop


def _scan(step: Callable[..., Any], first: Tensor, xs: tuple[Tensor, ...], outputs: int, reverse: bool = False) -> Any:
    # Keras's scan on TensorFlow needs as many states as outputs (XLA removes the unused ones), and takes several inputs
    # only if their length is known
    padding = (ops.zeros_like(first),) * (outputs - 1)
    known_length = xs[0].shape[0] is not None

    def padded(states: tuple[Tensor, ...], x: Any) -> Any:
        state, values = step(states[0], x if known_length else ops.unstack(x))
        return (state, *padding), values

    states, values = ops.scan(padded, (first, *padding), xs if known_length else ops.stack(xs, axis=1), reverse=reverse)
    return states[0], values


def _kernel_gradient(left: Tensor, right: Tensor) -> Tensor:
    """Returns the gradient of a recurrent kernel (units, units): one product over all timesteps and examples."""
    return ops.matmul(ops.transpose(ops.reshape(left, (-1, left.shape[-1]))), ops.reshape(right, (-1, right.shape[-1])))


def _fast(activation: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    # XLA's tanh is faster than its sigmoid
    return _sigmoid if activation is keras.activations.sigmoid else activation


def _sigmoid(x: Tensor) -> Tensor:
    return 0.5 + 0.5 * ops.tanh(0.5 * x)


def _faster_here() -> bool:
    if keras.backend.backend() == "torch":
        return False
    return not any(device.startswith(("gpu", "cuda")) for device in keras.distribution.list_devices())

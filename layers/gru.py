"""Keras's GRU with a loop that runs faster on a CPU: one array a gate, and its gradient written out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from layers.keras2_hard_sigmoid import keras2_hard_sigmoid

Tensor = Any

# each activation's derivative as a function of what the activation gave
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
    """Gated recurrent unit (Cho et al. 2014): the same weights, options and numbers as `keras.layers.GRU`.

    XLA runs Keras's own loop slowly because it cuts all gates out of one array; its gradient also sums the weights'
    gradients timestep by timestep, where here one product over all timesteps does. Keras's own loop runs where this
    one doesn't apply (a mask, `unroll`, an activation that `DERIVATIVES` lacks) or isn't faster (a GPU, PyTorch).
    """

    def inner_loop(self, sequences: Tensor, initial_state: Any, mask: Tensor, training: bool = False) -> Any:
        """Inputs, shape (batch, timesteps, features), to the last output, all outputs if asked for, and the state."""
        cell = self.cell
        known = {cell.activation, cell.recurrent_activation} <= set(DERIVATIVES)
        judged = not training and self.return_sequences  # Keras's own loop is as fast at keeping all outputs
        if judged or mask is not None or self.unroll or not known or not _faster_here():
            return super().inner_loop(sequences, initial_state, mask=mask, training=training)

        state = initial_state[0] if isinstance(initial_state, (list, tuple)) else initial_state
        inputs = ops.transpose(sequences, (1, 0, 2))  # a timestep's rows lie together
        if self.go_backwards:
            inputs = ops.flip(inputs, 0)
        kernels = ops.split(ops.convert_to_tensor(cell.kernel), 3, axis=1)
        recurrent_kernels = ops.split(ops.convert_to_tensor(cell.recurrent_kernel), 3, axis=1)
        input_biases, recurrent_bias = self._biases()
        dropped = _masks(cell.get_dropout_mask(sequences[:, 0]) if training and cell.dropout else None)

        def gates(x: Tensor) -> list[Tensor]:
            return [
                ops.matmul(x if drop is None else x * drop, kernel) + bias
                for kernel, bias, drop in zip(kernels, input_biases, dropped, strict=True)
            ]

        forgotten = _masks(cell.get_recurrent_dropout_mask(state) if training and cell.recurrent_dropout else None)
        step = _timestep(cell, forgotten, recurrent_kernels, recurrent_bias)
        if not training:
            last = ops.fori_loop(0, inputs.shape[0], lambda t, h: step(h, gates(inputs[t]))[0], state)
            return last, ops.expand_dims(last, 1), [last]
        loop = _loop(cell, forgotten, self.return_sequences)
        outputs = loop(*gates(inputs), *recurrent_kernels, recurrent_bias, state)
        last = outputs[-1] if self.return_sequences else outputs
        every = ops.transpose(outputs, (1, 0, 2)) if self.return_sequences else ops.expand_dims(last, 1)
        return last, every, [last]

    def _biases(self) -> tuple[list[Tensor], Tensor]:
        """Each gate's input bias, with its recurrent one where the two only add up; the candidate's recurrent one."""
        cell = self.cell
        zero = ops.zeros((cell.units,), dtype=cell.compute_dtype)
        if not cell.use_bias:
            return [zero] * 3, zero
        if not cell.reset_after:
            return ops.split(ops.convert_to_tensor(cell.bias), 3), zero
        update, reset, candidate = ops.split(ops.convert_to_tensor(cell.bias), 3, axis=1)
        return [update[0] + update[1], reset[0] + reset[1], candidate[0]], candidate[1]


def _masks(mask: Any) -> list[Tensor]:
    """A dropout mask a gate: Keras keeps three, or one for all, or none."""
    return list(mask) if isinstance(mask, (list, tuple)) else [mask] * 3


def _timestep(
    cell: Any, forgotten: list[Tensor], kernels: Sequence[Tensor], bias: Tensor
) -> Callable[[Tensor, Any], tuple[Tensor, tuple[Tensor, ...]]]:
    """One timestep: a state and each gate's inputs, to the next state and all that its gradient needs."""
    activation, gate_activation = _fast(cell.activation), _fast(cell.recurrent_activation)
    uz, ur, uc = kernels

    def step(h: Tensor, x: Any) -> tuple[Tensor, tuple[Tensor, ...]]:
        z = gate_activation(x[0] + ops.matmul(_keep(h, forgotten[0]), uz))
        r = gate_activation(x[1] + ops.matmul(_keep(h, forgotten[1]), ur))
        if cell.reset_after:
            p = ops.matmul(_keep(h, forgotten[2]), uc) + bias
            c = activation(x[2] + r * p)
        else:
            p = r * _keep(h, forgotten[2])
            c = activation(x[2] + ops.matmul(p, uc))
        return c + z * (h - c), (h, z, r, p, c)

    return step


def _keep(state: Tensor, mask: Tensor | None) -> Tensor:
    return state if mask is None else state * mask


def _loop(cell: Any, forgotten: list[Tensor], every_output: bool) -> Callable[..., Tensor]:
    """The recurrence over inputs already multiplied by their kernels, with its gradient.

    The function takes each gate's inputs, (timesteps, batch, units), its recurrent kernel, (units, units), the
    candidate's recurrent bias, (units,), and the first state, (batch, units); it returns the last state, or all.
    """
    slope, gate_slope = DERIVATIVES[cell.activation], DERIVATIVES[cell.recurrent_activation]

    def keep(state: Tensor, gate: int) -> Tensor:
        return _keep(state, forgotten[gate])

    @ops.custom_gradient
    def loop(
        xz: Tensor, xr: Tensor, xc: Tensor, uz: Tensor, ur: Tensor, uc: Tensor, bias: Tensor, first: Tensor
    ) -> Any:
        forwards = _timestep(cell, forgotten, (uz, ur, uc), bias)
        last, (h, z, r, p, c) = _scan(forwards, first, (xz, xr, xc), outputs=5)

        def backwards(*args: Tensor, upstream: Tensor = None) -> Any:
            (upstream,) = args if upstream is None else (upstream,)
            turned = [ops.transpose(kernel) for kernel in (uz, ur, uc)]

            def step(dh: Tensor, kept: Any) -> Any:
                h, z, r, p, c = kept[:5]
                if every_output:
                    dh = dh + kept[5]
                dc = dh * (1 - z) * slope(c)
                dz = dh * (h - c) * gate_slope(z)
                if cell.reset_after:
                    dp = dc * r
                    dr = dc * p * gate_slope(r)
                    through_candidate = ops.matmul(dp, turned[2])
                else:
                    dp = ops.matmul(dc, turned[2])
                    dr = dp * keep(h, 2) * gate_slope(r)
                    through_candidate = dp * r
                before = dh * z + keep(ops.matmul(dz, turned[0]), 0) + keep(ops.matmul(dr, turned[1]), 1)
                return before + keep(through_candidate, 2), (dz, dr, dc, dp)

            start = ops.zeros_like(first) if every_output else upstream
            kept = (h, z, r, p, c, upstream) if every_output else (h, z, r, p, c)
            dfirst, (dz, dr, dc, dp) = _scan(step, start, kept, outputs=4, reverse=True)
            candidate = _over_time(keep(h, 2), dp) if cell.reset_after else _over_time(p, dc)
            dbias = ops.sum(dp, (0, 1)) if cell.reset_after else ops.zeros_like(bias)
            kernels = (_over_time(keep(h, 0), dz), _over_time(keep(h, 1), dr), candidate)
            return dz, dr, dc, *kernels, dbias, dfirst

        if not every_output:
            return last, backwards
        return ops.concatenate([h[1:], ops.expand_dims(last, 0)]), backwards

    return loop


def _scan(step: Callable[..., Any], first: Tensor, xs: tuple[Tensor, ...], outputs: int, reverse: bool = False) -> Any:
    # on TensorFlow, Keras's scan gives as many outputs as it has states: the others are never read, and XLA drops them
    padding = (ops.zeros_like(first),) * (outputs - 1)

    def padded(states: tuple[Tensor, ...], x: Any) -> Any:
        state, kept = step(states[0], x)
        return (state, *padding), kept

    states, kept = ops.scan(padded, (first, *padding), xs, reverse=reverse)
    return states[0], kept


def _over_time(left: Tensor, right: Tensor) -> Tensor:
    """The weights' gradient, (units, units), as one product over all timesteps and examples."""
    return ops.matmul(ops.transpose(ops.reshape(left, (-1, left.shape[-1]))), ops.reshape(right, (-1, right.shape[-1])))


def _fast(activation: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    # XLA has a fast tanh and a slow sigmoid
    return _sigmoid if activation is keras.activations.sigmoid else activation


def _sigmoid(x: Tensor) -> Tensor:
    return 0.5 + 0.5 * ops.tanh(0.5 * x)


def _faster_here() -> bool:
    if keras.backend.backend() == "torch":
        return False
    return not any(device.startswith(("gpu", "cuda")) for device in keras.distribution.list_devices())

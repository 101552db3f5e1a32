"""A recurrent layer's loop with a hand-written gradient, faster than Keras's on CPUs, and with JAX on GPUs.

Keras's gradient sums the recurrent kernel's gradient timestep by timestep. Here, the loop computes the gradient of the
gates alone. One product over all timesteps then gives the kernel's gradient (backpropagation through time, Werbos
1990).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from layers.keras2_hard_sigmoid import keras2_hard_sigmoid

Tensor = Any
Tensors = tuple[Tensor, ...]

UNROLLED = 16
"""Timesteps that JAX compiles into one on a GPU, where starting a kernel takes longer than running it."""

DERIVATIVES: dict[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]] = {
    keras.activations.tanh: lambda y: 1 - y * y,
    keras.activations.sigmoid: lambda y: y * (1 - y),
    keras.activations.linear: ops.ones_like,
    keras.activations.relu: lambda y: ops.cast(y > 0, y.dtype),
    keras.activations.hard_sigmoid: lambda y: ops.cast((y > 0) & (y < 1), y.dtype) / 6,
    keras2_hard_sigmoid: lambda y: ops.cast((y > 0) & (y < 1), y.dtype) * 0.2,
}
"""The derivative of each activation, as a function of the activation's output."""


@dataclass(frozen=True)
class Equations:
    """A layer's equations for one timestep and for its gradient.

    A timestep's inputs and states have shape (batch, size). The first state is the layer's output.
    """

    forwards: Callable[[Tensors, Tensors], tuple[Tensors, Tensors]]
    """Takes the states and the inputs; returns the next states, and the values that the gradient needs. The first of
    these is the output before this timestep."""
    backwards: Callable[[Tensors, Tensors], tuple[Tensors, Tensors]]
    """Takes the gradients of the next states and the values; returns the gradients of the states; then those of the
    inputs, and after them any others that `weights` needs."""
    weights: Callable[[Tensors, Tensors], Tensors]
    """Takes the values and the gradients of all timesteps, shape (timesteps, batch, size); returns the gradients of the
    weights."""
    saved: int
    """The number of values."""
    gradients: int
    """The number of gradients that `backwards` returns beside those of the states."""


class FastLoop(keras.layers.RNN):
    """A recurrent layer of Keras with this loop in place of Keras's. A subclass says in `prepare` what it computes.

    Keras's loop runs where this one does not apply (a mask, `unroll`, an activation that is not in `DERIVATIVES`) or is
    not faster (on a GPU with TensorFlow, on PyTorch, where `leads` says so).
    """

    # Keras 3.16 sets this attribute to False, so that masks get lost
    supports_masking = property(lambda self: True, lambda self, value: None)

    def prepare(self, sequences: Tensor, states: Tensors, training: bool) -> tuple[Tensors, Tensors, Any]:
        """Returns the inputs of all timesteps, the weights, and the function that makes `Equations` of the weights.

        Args:
            sequences: Shape (timesteps, batch, features), in the order in which the layer reads them.
            states: The states before the first timestep.
            training: Whether to apply dropout.
        """
        raise NotImplementedError

    def leads(self, training: bool) -> bool:
        """Returns whether the loop is faster than Keras's for this layer."""
        return True

    def inner_loop(self, sequences: Tensor, initial_state: Any, mask: Tensor, training: bool = False) -> Any:
        """Returns the last output (batch, units), all outputs (batch, timesteps, units) and the list of last states.

        Without `return_sequences`, all outputs are the last output only: (batch, 1, units).

        Args:
            sequences: Inputs of shape (batch, timesteps, features).
            initial_state: State before the first timestep, of shape (batch, units), or a list of states.
            mask: Booleans of shape (batch, timesteps), or None.
            training: Whether to apply dropout.
        """
        used = {self.cell.activation, getattr(self.cell, "recurrent_activation", keras.activations.linear)}
        keras_only = mask is not None or self.unroll or getattr(self, "use_cudnn", None) is True
        if keras_only or not used <= set(DERIVATIVES) or not _faster_here() or not self.leads(training):
            return super().inner_loop(sequences, initial_state, mask=mask, training=training)

        first = tuple(initial_state) if isinstance(initial_state, (list, tuple)) else (initial_state,)
        inputs = ops.transpose(sequences, (1, 0, 2))  # makes each timestep contiguous
        if self.go_backwards:
            inputs = ops.flip(inputs, 0)
        if training:
            xs, weights, equations = self.prepare(inputs, first, training)
            weights = tuple(map(ops.copy, weights))  # TensorFlow treats variables in a custom gradient apart
            outputs, *states = _loop(equations, len(xs), len(weights), self.return_sequences)(*xs, *weights, *first)
            last = tuple(states)
        else:
            outputs, last = self._forwards_only(inputs, first)
        outputs = ops.transpose(outputs, (1, 0, 2)) if self.return_sequences else ops.expand_dims(last[0], 1)
        return last[0], outputs, list(last)

    def _forwards_only(self, inputs: Tensor, first: Tensors) -> tuple[Tensor, Tensors]:
        """Returns all outputs, or the last one without `return_sequences`, and the last states."""
        if self.return_sequences or _on_gpu():  # only a scan is unrolled
            xs, weights, equations = self.prepare(inputs, first, False)
            forwards = equations(weights).forwards

            def step(states: Tensors, x: Tensors) -> tuple[Tensors, Tensors]:
                states, _ = forwards(states, x)
                return states, states[:1]

            last, (outputs,) = _scan(step, first, xs, 1)
            return outputs, last

        def timestep(t: Tensor, states: Tensors) -> Tensors:
            # prepared one by one, as all timesteps of many examples are larger than the processor's cache
            xs, weights, equations = self.prepare(inputs[t][None], states, False)
            states, _ = equations(weights).forwards(states, tuple(x[0] for x in xs))
            return states

        last = ops.fori_loop(0, ops.shape(inputs)[0], timestep, first)
        return last[0], last


def drop(x: Tensor, mask: Tensor | None) -> Tensor:
    """Multiplies by a dropout mask, if there is one."""
    return x if mask is None else x * mask


def fast(activation: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """Returns the same activation in its fastest form: XLA's tanh is faster than its sigmoid."""
    return _sigmoid if activation is keras.activations.sigmoid else activation


def kernel_gradient(left: Tensor, right: Tensor) -> Tensor:
    """Returns the gradient of a recurrent kernel: one product over all timesteps and examples."""
    return ops.matmul(ops.transpose(ops.reshape(left, (-1, left.shape[-1]))), ops.reshape(right, (-1, right.shape[-1])))


def _loop(
    equations_of: Callable[[Tensors], Equations], inputs: int, weights: int, return_sequences: bool
) -> Callable[..., Tensors]:
    """Returns the recurrence over all timesteps, with its gradient.

    The function takes the inputs of all timesteps, the weights, and the first states. It returns the outputs of all
    timesteps with `return_sequences`, otherwise the last output, and the last states.
    """

    @ops.custom_gradient
    def loop(*tensors: Tensor) -> Any:
        xs, first = tensors[:inputs], tensors[inputs + weights :]
        equations = equations_of(tensors[inputs : inputs + weights])
        last, saved = _scan(equations.forwards, first, xs, equations.saved)

        def backwards(*upstream: Tensor, **_: Any) -> Any:
            if isinstance(upstream[0], (list, tuple)):  # JAX gives one tuple, TensorFlow several arguments
                (upstream,) = upstream
            upstream, *states = upstream

            def step(later: Tensors, values: Tensors) -> tuple[Tensors, Tensors]:
                if return_sequences:
                    later = (later[0] + values[-1], *later[1:])
                    values = values[:-1]
                return equations.backwards(later, values)

            if not return_sequences:
                states[0] = states[0] + upstream
            values = (*saved, upstream) if return_sequences else saved
            earlier, gradients = _scan(step, tuple(states), values, equations.gradients, reverse=True)
            return *gradients[:inputs], *equations.weights(saved, gradients), *earlier

        outputs = ops.concatenate([saved[0][1:], last[0][None]]) if return_sequences else last[0]
        return (outputs, *last), backwards

    return loop


def _scan(
    step: Callable[[Tensors, Tensors], tuple[Tensors, Tensors]],
    first: Tensors,
    xs: Tensors,
    values: int,
    reverse: bool = False,
) -> tuple[Tensors, Tensors]:
    """Calls `step` with the states and the inputs of each timestep.

    Returns:
        The last states, and what `step` returned beside the states, shape (timesteps, ...).
    """
    if keras.backend.backend() != "tensorflow":
        return ops.scan(step, first, xs, reverse=reverse, unroll=UNROLLED if _on_gpu() else 1)
    import tensorflow as tf  # Keras's scan on TensorFlow takes several times as many operations a timestep

    known_length = xs[0].shape[0]
    length = tf.shape(xs[0])[0] if known_length is None else known_length
    outputs = [tf.TensorArray(first[0].dtype, length) for _ in range(values)]

    def body(t: Tensor, states: Tensors, outputs: list[Any]) -> Any:
        states, written = step(states, tuple(x[t] for x in xs))  # a TensorArray would copy
        outputs = [array.write(t, value) for array, value in zip(outputs, written, strict=True)]
        return t + (-1 if reverse else 1), states, outputs

    start, inside = (length - 1, lambda t: t >= 0) if reverse else (0, lambda t: t < length)
    _, last, outputs = tf.while_loop(lambda t, *_: inside(t), body, (start, tuple(first), outputs))
    stacked = [array.stack() for array in outputs]
    for values_of_one in stacked:
        values_of_one.set_shape([known_length, *values_of_one.shape[1:]])
    return last, tuple(stacked)


def _sigmoid(x: Tensor) -> Tensor:
    return 0.5 + 0.5 * ops.tanh(0.5 * x)


def _faster_here() -> bool:
    return keras.backend.backend() == "jax" or (keras.backend.backend() == "tensorflow" and not _on_gpu())


def _on_gpu() -> bool:
    return any(device.startswith(("gpu", "cuda")) for device in keras.distribution.list_devices())

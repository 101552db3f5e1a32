"""The dilated causal convolution under weight normalisation (deck: "Temporal Convolutional Network (TCN)")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

Tensor = Any


@keras.saving.register_keras_serializable(package="layers")
class CausalConv1D(keras.layers.Layer):
    """Sequences, shape (batch, timesteps, features), to (batch, timesteps, filters), from now and the past alone.

    Output t is the sum over i of input[t - dilation_rate * i] times kernel[kernel_size - 1 - i], plus a bias; before
    the first timestep lie zeros (Bai, Kolter, Koltun 2018, arXiv 1803.01271, section 3.2).

    Weight normalisation (Salimans, Kingma 2016, equation 2): kernel = g * v / ||v||, the norm over each filter, g
    starting at ||v||. `fold` gives a copy that doesn't work out the norm anew at each call.

    The authors' code draws kernels from N(0, 0.01), the default here; their weight norm then overwrites what was drawn,
    so that they in fact train from PyTorch's own start: `kernel_initializer=pytorch_uniform()`. Biases start at 0.

    `keras.ops.conv` without XLA is the fastest form on a CPU: one product over shifted copies takes 1.8 times as long
    (24 filters, 600 timesteps, dilations 1 to 128) and XLA's convolution 1.4 times.

    Args:
        filters: Size of each output.
        kernel_size: How many inputs each output sees.
        dilation_rate: How many timesteps lie from one of them to the next.
        weight_norm: Whether the kernel is g * v / ||v||, or a plain weight.
        kernel_initializer: Where v, or the plain kernel, starts.

    Raises:
        ValueError: filters, kernel_size or dilation_rate is not a positive integer.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        dilation_rate: int = 1,
        weight_norm: bool = True,
        kernel_initializer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        sizes = {"filters": filters, "kernel_size": kernel_size, "dilation_rate": dilation_rate}
        for name, size in sizes.items():
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"{name} is {size!r}; it must be a positive integer")
        self.filters, self.kernel_size, self.dilation_rate = filters, kernel_size, dilation_rate
        self.weight_norm = weight_norm
        self.kernel_initializer = keras.initializers.get(kernel_initializer or keras.initializers.RandomNormal(0, 0.01))
        self.input_spec = keras.layers.InputSpec(ndim=3)

    @property
    def receptive_field(self) -> int:
        """How many timesteps back an output sees, itself counted."""
        return 1 + (self.kernel_size - 1) * self.dilation_rate

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates v (kernel_size, features, filters), g (filters,) and the bias (filters,)."""
        shape = (self.kernel_size, input_shape[-1], self.filters)
        # in half precision the squares would vanish: the norm is worked out in full
        self.v = self.add_weight(shape, self.kernel_initializer, name="v", autocast=not self.weight_norm)
        if self.weight_norm:
            self.g = self.add_weight(
                (self.filters,), lambda shape, dtype=None: ops.sqrt(_squares(self.v)), name="g", autocast=False
            )
        self.bias = self.add_weight((self.filters,), "zeros", name="bias")

    def kernel(self) -> Tensor:
        """The kernel that inputs meet, shape (kernel_size, features, filters)."""
        if not self.weight_norm:
            return ops.convert_to_tensor(self.v)
        # the floor lets a filter of zeros be zero, and train
        scale = self.g * ops.rsqrt(ops.maximum(_squares(self.v), 1e-30))
        return ops.cast(self.v * scale, self.compute_dtype)

    def call(self, inputs: Tensor) -> Tensor:
        """Convolves."""
        kernel, taps = self.kernel(), self.kernel_size
        if inputs.shape[1] is not None:
            taps = min(taps, -(-inputs.shape[1] // self.dilation_rate))  # the others would meet padding alone
            kernel = kernel[self.kernel_size - taps :]
        padded = ops.pad(inputs, [[0, 0], [(taps - 1) * self.dilation_rate, 0], [0, 0]])
        outputs = ops.conv(
            padded, kernel, padding="valid", data_format="channels_last", dilation_rate=self.dilation_rate
        )
        return outputs + self.bias

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(batch, timesteps, features) to (batch, timesteps, filters)."""
        return (*input_shape[:-1], self.filters)

    def fold(self) -> CausalConv1D:
        """A copy without weight norm, its kernel that of now. A copy: this layer may train on, or load, unharmed."""
        folded = type(self).from_config({**self.get_config(), "weight_norm": False})
        folded.build((None, None, self.v.shape[1]))
        folded.v.assign(self.kernel())
        folded.bias.assign(self.bias)
        return folded

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this layer again."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "dilation_rate": self.dilation_rate,
            "weight_norm": self.weight_norm,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


def pytorch_uniform() -> keras.Initializer:
    """Where PyTorch's convolutions start: uniform within 1 / sqrt(kernel_size * features) of 0."""
    return keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")


def _squares(v: Tensor) -> Tensor:
    """Each filter's squared norm, shape (filters,)."""
    return ops.sum(ops.square(v), axis=(0, 1))

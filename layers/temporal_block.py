"""The residual block of the TCN (deck: "Temporal Convolutional Network (TCN)")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.causal_conv import CausalConv1D

Tensor = Any


@keras.saving.register_keras_serializable(package="layers")
class TemporalBlock(keras.layers.Layer):
    """Sequences, shape (batch, timesteps, features), to (batch, timesteps, filters), causally.

    Twice: weight-normalised causal convolution, ReLU, dropout. Then the ReLU of the sum with the inputs, which a 1×1
    convolution widens where features and filters differ (Bai, Kolter, Koltun 2018, figure 1b).

    Args:
        filters: Size of each output.
        kernel_size: How many inputs each of the two convolutions sees at each timestep.
        dilation_rate: How many timesteps lie from one of them to the next.
        dropout: The share that is dropped while training, 0 to 1.
        spatial_dropout: Drops features for all timesteps, as the paper says; else each number for itself, as the
            authors' code does.
        weight_norm: Whether the kernels are normalised.
        kernel_initializer: Where the convolutions' kernels start; `CausalConv1D` tells the choices.
        seed: Of the dropout.

    Raises:
        ValueError: filters, kernel_size or dilation_rate is not a positive integer, or dropout not a share.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        dilation_rate: int = 1,
        dropout: float = 0.0,
        spatial_dropout: bool = True,
        weight_norm: bool = True,
        kernel_initializer: Any = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments = {"dropout": dropout, "spatial_dropout": spatial_dropout, "seed": seed}
        drop = keras.layers.SpatialDropout1D if spatial_dropout else keras.layers.Dropout
        seeds = (None, None) if seed is None else (2 * seed, 2 * seed + 1)
        self.convolutions = [
            CausalConv1D(
                filters,
                kernel_size,
                dilation_rate,
                weight_norm,
                kernel_initializer,
                dtype=self.dtype_policy,
                name=f"convolution{i}",
            )
            for i in (1, 2)
        ]
        self.dropouts = [drop(dropout, seed=s, dtype=self.dtype_policy) for s in seeds]
        self.widen: keras.layers.Layer | None = None
        self.input_spec = keras.layers.InputSpec(ndim=3)

    @property
    def receptive_field(self) -> int:
        """How many timesteps back an output sees, itself counted."""
        return 1 + sum(convolution.receptive_field - 1 for convolution in self.convolutions)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Builds the convolutions, and the one on the skip where the width changes."""
        first, second = self.convolutions
        first.build(input_shape)
        second.build(first.compute_output_shape(input_shape))
        if input_shape[-1] != first.filters:
            self.widen = keras.layers.Dense(  # on each timestep: a 1×1 convolution
                first.filters,
                kernel_initializer=keras.initializers.RandomNormal(0, 0.01),
                dtype=self.dtype_policy,
                name="widen",
            )
            self.widen.build(input_shape)

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Runs the block."""
        outputs = inputs
        for convolution, dropout in zip(self.convolutions, self.dropouts, strict=True):
            outputs = dropout(ops.relu(convolution(outputs)), training=training)
        return ops.relu(outputs + (inputs if self.widen is None else self.widen(inputs)))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(batch, timesteps, features) to (batch, timesteps, filters)."""
        return self.convolutions[0].compute_output_shape(input_shape)

    def fold(self) -> TemporalBlock:
        """A copy whose weight norms are worked out once and for all: for inference."""
        folded = type(self).from_config({**self.get_config(), "weight_norm": False})
        folded.build((None, None, self.convolutions[0].v.shape[1]))
        for ours, other in zip(self.convolutions, folded.convolutions, strict=True):
            other.set_weights(ours.fold().get_weights())
        if self.widen is not None:
            folded.widen.set_weights(self.widen.get_weights())
        return folded

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this layer again."""
        convolution = self.convolutions[0].get_config()
        names = ("filters", "kernel_size", "dilation_rate", "weight_norm", "kernel_initializer")
        return {**super().get_config(), **{name: convolution[name] for name in names}, **self.arguments}

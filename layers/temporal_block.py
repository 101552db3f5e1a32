"""The residual block of the TCN (deck: "Temporal Convolutional Network (TCN)")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.causal_conv import CausalConv1D

Tensor = Any


@keras.saving.register_keras_serializable(package="layers")
class TemporalBlock(keras.layers.Layer):
    """Two causal convolutions with a residual connection.

    Each convolution is weight-normalised and followed by ReLU and dropout. The inputs are added to the result, and
    another ReLU follows. Where features and filters differ, a 1×1 convolution first brings the inputs to the number of
    filters (Bai, Kolter, Koltun 2018, arXiv 1803.01271, figure 1b).

    Input shape: (batch, timesteps, features). Output shape: (batch, timesteps, filters).

    Args:
        filters: Number of output features.
        kernel_size: Number of inputs that each convolution sees at each timestep.
        dilation_rate: Number of timesteps from one of these inputs to the next.
        dropout: Fraction of the features to drop in training, 0 to 1.
        spatial_dropout: Whether to drop a feature at all timesteps, as the paper says. If False, each number is
            dropped independently, as in the authors' code.
        weight_norm: Whether to normalise the kernels.
        kernel_initializer: Initializer of the convolutions' kernels, as in `CausalConv1D`.
        seed: Random seed of the dropout.

    Raises:
        ValueError: If `filters`, `kernel_size` or `dilation_rate` is not a positive integer, or `dropout` is not
            between 0 and 1.
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
        """The number of timesteps that an output sees, its own included."""
        return 1 + sum(convolution.receptive_field - 1 for convolution in self.convolutions)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Builds the two convolutions, and the 1×1 convolution where features and filters differ."""
        first, second = self.convolutions
        first.build(input_shape)
        second.build(first.compute_output_shape(input_shape))
        if input_shape[-1] != first.filters:
            self.widen = keras.layers.Dense(  # a dense layer at each timestep is a 1×1 convolution
                first.filters,
                kernel_initializer=keras.initializers.RandomNormal(0, 0.01),
                dtype=self.dtype_policy,
                name="widen",
            )
            self.widen.build(input_shape)

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Returns the block's outputs."""
        outputs = inputs
        for convolution, dropout in zip(self.convolutions, self.dropouts, strict=True):
            outputs = dropout(ops.relu(convolution(outputs)), training=training)
        return ops.relu(outputs + (inputs if self.widen is None else self.widen(inputs)))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (batch, timesteps, filters)."""
        return self.convolutions[0].compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Returns the layer's arguments."""
        convolution = self.convolutions[0].get_config()
        names = ("filters", "kernel_size", "dilation_rate", "weight_norm", "kernel_initializer")
        return {**super().get_config(), **{name: convolution[name] for name in names}, **self.arguments}

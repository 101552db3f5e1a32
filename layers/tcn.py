"""The temporal convolutional network (deck: "Temporal Convolutional Network (TCN)")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.temporal_block import TemporalBlock

Tensor = Any


@keras.saving.register_keras_serializable(package="layers")
class TCN(keras.layers.Layer):
    """Sequences, shape (batch, timesteps, features), to (batch, timesteps, filters), or the last one, (batch, filters).

    `TemporalBlock`s on one another, the block at level i dilated by 2^i (Bai, Kolter, Koltun 2018, arXiv 1803.01271).

    Where the last output alone is asked for, only what it rests on is computed: it sees level i's inputs 2^i timesteps
    apart, so each level drops every other timestep and convolves undilated. The numbers are the same, for 2 levels'
    work in place of all levels'.

    Args:
        filters: Size of the outputs of each level.
        kernel_size: How many inputs each convolution sees at each timestep.
        levels: How many blocks.
        return_sequences: All outputs, as in the paper, or the last one.
        dropout, spatial_dropout, weight_norm, kernel_initializer, seed: As in `TemporalBlock`.

    Raises:
        ValueError: filters, kernel_size or levels is not a positive integer, or dropout not a share.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        levels: int,
        return_sequences: bool = True,
        dropout: float = 0.0,
        spatial_dropout: bool = True,
        weight_norm: bool = True,
        kernel_initializer: Any = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(levels, int) or levels < 1:
            raise ValueError(f"levels is {levels!r}; it must be a positive integer")
        self.filters, self.return_sequences, self.seed = filters, return_sequences, seed
        self.blocks = [
            TemporalBlock(
                filters,
                kernel_size,
                2**level if return_sequences else 1,
                dropout,
                spatial_dropout,
                weight_norm,
                kernel_initializer,
                None if seed is None else seed * levels + level,
                dtype=self.dtype_policy,
                name=f"level{level}",
            )
            for level in range(levels)
        ]
        self.kernel_size = kernel_size
        self.input_spec = keras.layers.InputSpec(ndim=3)

    @property
    def receptive_field(self) -> int:
        """How many timesteps back an output sees, itself counted."""
        return 1 + 2 * (self.kernel_size - 1) * (2 ** len(self.blocks) - 1)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Builds the blocks."""
        for block in self.blocks:
            block.build(input_shape)
            input_shape = block.compute_output_shape(input_shape)

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Runs the levels."""
        outputs = inputs
        for level, block in enumerate(self.blocks):
            if level and not self.return_sequences:
                outputs = outputs[:, (ops.shape(outputs)[1] - 1) % 2 :: 2]  # the last one stays
            outputs = block(outputs, training=training)
        return outputs if self.return_sequences else outputs[:, -1]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(batch, timesteps, features) to (batch, timesteps, filters), or (batch, filters)."""
        return (*input_shape[: 2 if self.return_sequences else 1], self.filters)

    def fold(self) -> TCN:
        """A copy whose weight norms are worked out once and for all: for inference."""
        folded = type(self).from_config({**self.get_config(), "weight_norm": False})
        folded.build((None, None, self.blocks[0].convolutions[0].v.shape[1]))
        for ours, other in zip(self.blocks, folded.blocks, strict=True):
            other.set_weights(ours.fold().get_weights())
        return folded

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this layer again."""
        block = self.blocks[0].get_config()
        names = ("kernel_size", "dropout", "spatial_dropout", "weight_norm", "kernel_initializer")
        return {
            **super().get_config(),
            **{name: block[name] for name in names},
            "filters": self.filters,
            "levels": len(self.blocks),
            "return_sequences": self.return_sequences,
            "seed": self.seed,
        }

"""The temporal convolutional network (deck: "Temporal Convolutional Network (TCN)")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.temporal_block import TemporalBlock

Tensor = Any


@keras.saving.register_keras_serializable(package="layers")
class TCN(keras.layers.Layer):
    """A stack of `TemporalBlock`s. The dilation of the block at level i is 2^i.

    Source: Bai, Kolter, Koltun 2018, "An Empirical Evaluation of Generic Convolutional and Recurrent Networks for
    Sequence Modeling", arXiv 1803.01271.

    With `return_sequences=False` the layer computes only the values that the last output depends on. The last output
    sees every 2^i-th input of level i. So each level drops every other timestep and convolves without dilation. The
    result is the same, and all levels together cost less than two levels at full length.

    Input shape: (batch, timesteps, features). Output shape: (batch, timesteps, filters), or (batch, filters) with
    `return_sequences=False`.

    Args:
        filters: Number of output features of each level.
        kernel_size: Number of inputs that each convolution sees at each timestep.
        levels: Number of blocks.
        return_sequences: Whether to return all outputs, as in the paper, or the last one only.
        dropout, spatial_dropout, weight_norm, kernel_initializer, seed: As in `TemporalBlock`.
        go_backwards: Whether to read the sequence in reverse and return the reversed outputs, as in Keras's recurrent
            layers. With it, `keras.layers.Bidirectional` accepts a TCN.

    Raises:
        ValueError: If `filters`, `kernel_size` or `levels` is not a positive integer, or `dropout` is not between 0
            and 1.
    """

    # `keras.layers.Bidirectional` reads these attributes
    stateful = False
    return_state = False

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
        go_backwards: bool = False,
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
        self.kernel_size, self.go_backwards = kernel_size, go_backwards
        self.input_spec = keras.layers.InputSpec(ndim=3)

    @property
    def receptive_field(self) -> int:
        """The number of timesteps that an output sees, its own included."""
        return 1 + 2 * (self.kernel_size - 1) * (2 ** len(self.blocks) - 1)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Builds the blocks."""
        for block in self.blocks:
            block.build(input_shape)
            input_shape = block.compute_output_shape(input_shape)

    def call(self, inputs: Tensor, training: bool | None = None, initial_state: None = None) -> Tensor:
        """Returns the outputs of the last level. `initial_state` must be None: it is for `Bidirectional` only."""
        if initial_state is not None:
            raise ValueError("a TCN has no state, so initial_state must be None")
        outputs = ops.flip(inputs, 1) if self.go_backwards else inputs
        for level, block in enumerate(self.blocks):
            if level and not self.return_sequences:
                outputs = outputs[:, (ops.shape(outputs)[1] - 1) % 2 :: 2]  # keep the last timestep
            outputs = block(outputs, training=training)
        return outputs if self.return_sequences else outputs[:, -1]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (batch, timesteps, filters), or (batch, filters) without sequences."""
        return (*input_shape[: 2 if self.return_sequences else 1], self.filters)

    def get_config(self) -> dict[str, Any]:
        """Returns the layer's arguments."""
        block = self.blocks[0].get_config()
        names = ("kernel_size", "dropout", "spatial_dropout", "weight_norm", "kernel_initializer")
        return {
            **super().get_config(),
            **{name: block[name] for name in names},
            "filters": self.filters,
            "levels": len(self.blocks),
            "return_sequences": self.return_sequences,
            "seed": self.seed,
            "go_backwards": self.go_backwards,
        }

"""A layer that moves padding from the left of a sequence to its right."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="layers")
class RightPadded(keras.layers.Layer):
    """Turns sequences with zeros on the left into the same sequences with the zeros on the right.

    cuDNN's recurrent kernels accept masks of right-padded sequences only. After this layer,
    `Embedding(mask_zero=True)` makes such masks. A recurrent layer then returns what it returns for left padding.
    Each sequence should contain at least one number other than 0, since cuDNN rejects fully masked sequences.

    Input shape: (batch, timesteps), integers. Output shape: the same.
    """

    def call(self, sequences: Any) -> Any:
        """Returns the sequences with their padding on the right."""
        length = ops.shape(sequences)[1]
        # rotate each sequence to the left by its number of leading zeros
        is_padding = ops.cumsum(ops.cast(sequences != 0, "int32"), axis=1) == 0
        padding = ops.sum(ops.cast(is_padding, "int32"), axis=1, keepdims=True)
        return ops.take_along_axis(sequences, (ops.arange(length) + padding) % length, axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the input shape."""
        return input_shape

    def compute_output_spec(self, sequences: Any) -> keras.KerasTensor:
        """Returns the input's shape and dtype."""
        return keras.KerasTensor(sequences.shape, dtype=sequences.dtype)

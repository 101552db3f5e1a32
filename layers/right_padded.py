"""Padding moved from before a sequence to behind it, where masks may have it on every device."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="layers")
class RightPadded(keras.layers.Layer):
    """Sequences padded with 0 on the left, to the same ones padded on the right: integers, shape (batch, timesteps).

    cuDNN's recurrent kernels take masks of right-padded sequences only. Behind this layer
    `Embedding(mask_zero=True)` makes such masks, and a recurrent layer gives what it gives on the left-padded ones.
    A sequence should hold at least one number other than 0: cuDNN refuses empty ones.
    """

    def call(self, sequences: Any) -> Any:
        """Moves the padding."""
        length = sequences.shape[1]
        # the place of the first number that isn't 0, and from there on, around the end
        padding = ops.sum(ops.cast(ops.cumsum(ops.abs(sequences), axis=1) == 0, "int32"), axis=1, keepdims=True)
        return ops.take_along_axis(sequences, (ops.arange(length) + padding) % length, axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """As the input's."""
        return input_shape

"""The mean of an ensemble's outputs, outside of training."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("layers")
class EnsembleMean(keras.layers.Layer):
    """Averages the outputs of an ensemble's members.

    In training the outputs pass through unchanged, so that each member gets a loss of its own.

    Input shape: (…, members). Output shape: (…, members) in training, (…, 1) otherwise.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, outputs: Any, training: bool | None = None) -> Any:
        """Returns the members' outputs in training, their mean otherwise."""
        return outputs if training else ops.mean(outputs, axis=-1, keepdims=True)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the output shape outside of training."""
        return (*shape[:-1], 1)

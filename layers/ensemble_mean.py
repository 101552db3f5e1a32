"""An ensemble's members on their own in training, their mean otherwise."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("layers")
class EnsembleMean(keras.layers.Layer):
    """Members' outputs, shape (…, members), unchanged in training, so that each has a loss of its own; otherwise their
    mean, shape (…, 1)."""

    def call(self, outputs: Any, training: bool | None = None) -> Any:
        """Lets members through, or averages them."""
        return outputs if training else ops.mean(outputs, axis=-1, keepdims=True)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """As outside of training."""
        return (*shape[:-1], 1)

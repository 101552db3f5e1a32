"""Cuts windows out of a series where the model runs, so that a batch is row numbers only."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops


class CutWindows(keras.layers.Layer):
    """Row numbers, shape (batch,), to windows `series[row + offsets]`, shape (batch, len(offsets), features).

    The series lives on the device as a constant: it is no weight, and is neither trained nor saved.

    Args:
        series: float32, shape (rows, features).
        offsets: The rows of a window relative to its own, int, shape (timesteps,).
    """

    def __init__(self, series: np.ndarray, offsets: np.ndarray, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.series = ops.convert_to_tensor(series)
        self.offsets = ops.convert_to_tensor(offsets)

    def call(self, rows: Any) -> Any:
        """Gathers the windows."""
        return ops.take(self.series, ops.expand_dims(rows, 1) + self.offsets, axis=0)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(batch,) to (batch, timesteps, features)."""
        return (shape[0], *self.offsets.shape, self.series.shape[-1])

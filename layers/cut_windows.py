"""A layer that cuts windows out of a time series on the device."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops


class CutWindows(keras.layers.Layer):
    """Turns row numbers into windows of a series: `series[row + offsets]`.

    A batch then consists of row numbers only. The series stays on the device as a constant. It is not a weight: it is
    neither trained nor saved, so a model with this layer cannot be saved. Save the layers after it instead.

    Input shape: (batch,), integers. Output shape: (batch, timesteps, features), in the layer's compute dtype.

    Args:
        series: float32 array of shape (rows, features).
        offsets: Integer array of shape (timesteps,). Positions of a window's rows relative to the row number.
    """

    def __init__(self, series: np.ndarray, offsets: np.ndarray, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.series = ops.convert_to_tensor(series)
        self.offsets = ops.convert_to_tensor(offsets, dtype="int32")

    def call(self, rows: Any) -> Any:
        """Returns one window per row number."""
        indices = ops.expand_dims(ops.cast(rows, "int32"), 1) + self.offsets
        return ops.cast(ops.take(self.series, indices, axis=0), self.compute_dtype)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (batch, timesteps, features)."""
        return (shape[0], *self.offsets.shape, self.series.shape[-1])

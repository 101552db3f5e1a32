"""Training for quantiles: the pinball loss, and the error of the median."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from tables.levels import MEDIAN


class Pinball(keras.losses.Loss):
    """Is least where each output is its quantile of the target (Koenker, Bassett 1978).

    Args:
        levels: Of the quantiles.

    Shapes: targets (batch, answers); outputs (batch, answers × levels), the levels of each answer side by side.
    """

    def __init__(self, levels: Sequence[float], **kwargs: Any) -> None:
        super().__init__(name="pinball", **kwargs)
        self.levels = tuple(levels)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the loss of each example, shape (batch,)."""
        error = y_true[..., None] - _apart(y_pred, len(self.levels))
        level = ops.convert_to_tensor(self.levels, error.dtype)
        return ops.mean(ops.maximum(level * error, (level - 1) * error), axis=(-2, -1))


def median_error(levels: Sequence[float], name: str) -> keras.metrics.Metric:
    """Returns the mean absolute error of the median as a metric. Quantiles that cross change places first."""
    place = tuple(levels).index(MEDIAN)

    def error(y_true: Any, y_pred: Any) -> Any:
        return keras.losses.mean_absolute_error(y_true, ops.sort(_apart(y_pred, len(levels)))[..., place])

    return keras.metrics.MeanMetricWrapper(error, name=name)


def _apart(outputs: Any, levels: int) -> Any:
    """Returns outputs, shape (batch, answers × levels), as (batch, answers, levels)."""
    return ops.reshape(outputs, (-1, outputs.shape[-1] // levels, levels))

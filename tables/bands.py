"""Bands around forecasts, from the errors on validation: split conformal prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from foundation.user_error import UserError


@dataclass(frozen=True)
class Bands:
    """Quantiles of a model's errors, to be added to its forecasts; one for each lead time and target.

    A band between the levels `a` and `b` holds at least the share `b - a` of new values, on average, if these are
    exchangeable with those of validation (Vovk et al. 2005; Lei et al. 2018). Later years of a series are not quite, so
    measure the coverage on the test set.
    """

    levels: tuple[float, ...]
    """Ascending, between 0 and 1."""
    offsets: np.ndarray
    """What to add to a forecast, in its unit: float64, shape (lead times and targets, levels)."""

    @classmethod
    def fit(cls, truth: np.ndarray, forecast: np.ndarray, levels: Sequence[float]) -> Bands:
        """Measures the errors of forecasts.

        Args:
            truth: Values, shape (windows, …).
            forecast: Forecasts of a model that was not trained on them, the same shape.
            levels: Of the quantiles.

        Raises:
            UserError: there are too few windows for these levels, or the levels are not between 0 and 1.
        """
        if truth.shape != forecast.shape:
            raise ValueError(f"truth has shape {truth.shape} and forecast {forecast.shape}")
        ascending = tuple(sorted(float(level) for level in levels))
        if not ascending or not 0 < ascending[0] <= ascending[-1] < 1:
            raise UserError(f"the quantiles {list(levels)} must be between 0 and 1, such as 0.1,0.5,0.9")
        errors = np.sort(np.asarray(truth, np.float64) - forecast, axis=0)
        count = len(errors)
        places = [_rank(level, count) for level in ascending]
        if min(places) < 1 or max(places) > count:
            edge = min(ascending[0], 1 - ascending[-1])
            raise UserError(
                f"{count} validation windows are too few for a quantile of {edge:g}: "
                f"give at least {int(np.ceil(round(1 / edge, 6))) - 1}, or quantiles nearer to 0.5"
            )
        return cls(ascending, np.stack([errors[place - 1] for place in places], axis=-1))

    def __call__(self, forecast: np.ndarray) -> np.ndarray:
        """Returns the quantiles around forecasts, shape (windows, …, levels)."""
        return np.asarray(forecast, np.float64)[..., None] + self.offsets

    def band(self, forecast: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
        """Returns the lower and the upper end of the band between two of the levels."""
        quantiles = self(forecast)
        return quantiles[..., self.levels.index(low)], quantiles[..., self.levels.index(high)]

    def record(self) -> dict[str, Any]:
        """Returns the bands as plain values for JSON."""
        return {"levels": list(self.levels), "offsets": self.offsets.tolist()}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Bands:
        """Returns the bands that `record` gave."""
        return cls(tuple(record["levels"]), np.array(record["offsets"], np.float64))


def symmetric(truth: np.ndarray, forecast: np.ndarray, share: float) -> np.ndarray:
    """Returns the half-width of a band that holds this share of values: the quantile of the errors' size.

    Args:
        truth: Values of validation, shape (windows, …).
        forecast: Their forecasts, the same shape.
        share: Of new values that the band holds, such as 0.8.

    Raises:
        UserError: there are too few windows.
    """
    errors = np.sort(np.abs(np.asarray(truth, np.float64) - forecast), axis=0)
    place = int(np.ceil(round(share * (len(errors) + 1), 9)))
    if place > len(errors):
        raise UserError(f"{len(errors)} validation windows are too few for a band of {share:.0%}: give more")
    return errors[place - 1]


def conformalised(truth: np.ndarray, low: np.ndarray, high: np.ndarray, share: float) -> np.ndarray:
    """Returns by how much to widen a model's own band so that it holds this share (Romano et al. 2019).

    The result is negative where the model's band is too wide.

    Args:
        truth: Values of validation, shape (windows, …).
        low: The lower end of the model's bands, the same shape.
        high: The upper end.
        share: Of new values that the band holds, such as 0.8.

    Raises:
        UserError: there are too few windows.
    """
    beyond = np.sort(np.maximum(low - truth, truth - high).astype(np.float64), axis=0)
    place = int(np.ceil(round(share * (len(beyond) + 1), 9)))
    if place > len(beyond):
        raise UserError(f"{len(beyond)} validation windows are too few for a band of {share:.0%}: give more")
    return beyond[place - 1]


def _rank(level: float, count: int) -> int:
    """Returns which of the sorted errors bounds a new one on the safe side: lower ends round down, upper ends up."""
    exact = round(level * (count + 1), 9)
    if level == 0.5:
        return max(1, min(count, int(np.rint(exact))))
    return int(np.floor(exact)) if level < 0.5 else int(np.ceil(exact))

"""Bands around forecasts, from the errors on validation: split conformal prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from foundation.user_error import UserError
from tables.levels import MEDIAN, check_levels


@dataclass(frozen=True)
class Bands:
    """Quantiles of a model's errors, to be added to its forecasts; one for each lead time and target.

    A band between the levels `a` and `b` holds at least the share `b - a` of new values, on average, if these are
    exchangeable with those of validation (Vovk et al. 2005; Lei et al. 2018). Later years of a series are not quite, so
    measure the coverage on the test set.

    The forecasts may be quantiles of the model's own, one for each level. Each is then moved by a quantile of its own
    errors (conformalized quantile regression, Romano et al. 2019, theorem 2).
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
            forecast: Forecasts of a model that was not trained on them: the same shape, or (windows, …, levels).
            levels: Of the quantiles, ascending.

        Raises:
            UserError: there are too few windows for these levels, or the levels do not ascend between 0 and 1.
        """
        levels = check_levels(levels)
        own = _quantiles(forecast, truth.ndim)
        if own.shape[:-1] != truth.shape:
            raise ValueError(f"truth has shape {truth.shape} and forecast {forecast.shape}")
        errors = np.sort(np.asarray(truth, np.float64)[..., None] - own, axis=0)
        errors = np.broadcast_to(errors, (*truth.shape, len(levels)))
        places = ranks(levels, len(errors))
        return cls(levels, np.stack([errors[place, ..., n] for n, place in enumerate(places)], axis=-1))

    def __call__(self, forecast: np.ndarray) -> np.ndarray:
        """Returns the quantiles around forecasts, shape (windows, …, levels); none is below the one before it.

        Args:
            forecast: As in `fit`: shape (windows, …), or (windows, …, levels).
        """
        return np.sort(_quantiles(forecast, self.offsets.ndim) + self.offsets, axis=-1)

    def record(self) -> dict[str, Any]:
        """Returns the bands as plain values for JSON."""
        return {"levels": list(self.levels), "offsets": self.offsets.tolist()}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Bands:
        """Returns the bands that `record` gave."""
        return cls(tuple(record["levels"]), np.array(record["offsets"], np.float64))


def _quantiles(forecast: np.ndarray, dimensions: int) -> np.ndarray:
    """Returns a forecast with a last axis: of the model's own quantiles, or of length 1."""
    own = np.asarray(forecast, np.float64)
    return own if own.ndim > dimensions else own[..., None]


def ranks(levels: Sequence[float], count: int) -> list[int]:
    """Returns which of so many ascending errors bounds a new one at each level: lower ends round down, upper ends up.

    Raises:
        UserError: there are too few errors for these levels.
    """
    rounded = {-1: np.floor, 0: np.rint, 1: np.ceil}
    exact = [round(level * (count + 1), 9) for level in levels]
    places = [int(rounded[int(np.sign(level - MEDIAN))](at)) - 1 for level, at in zip(levels, exact, strict=True)]
    if min(places) < 0 or max(places) >= count:
        edge = min(levels[0], 1 - levels[-1])
        raise UserError(
            f"{count} validation windows are too few for a quantile of {edge:g}: "
            f"give at least {int(np.ceil(round(1 / edge, 6))) - 1}, or quantiles nearer to 0.5"
        )
    return places

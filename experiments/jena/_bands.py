"""The band around a network's forecasts, measured on validation, and how well it holds on the test period."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.jena._config import JenaConfig
from experiments.jena._problem import answers, in_units
from foundation.user_error import UserError
from lab.run_files import LARGEST, damaged
from tables import scores
from tables.bands import Bands, ranks
from tables.levels import MEDIAN, check_levels

if TYPE_CHECKING:
    from experiments.jena._problem import Weather
    from lab.runs import Run
    from tables.windows import Windows

LEVELS = (0.1, 0.5, 0.9)
"""Of the band of a network that forecasts no quantiles of its own."""
DAY = 86_400  # seconds
MOST = 2500
"""Windows of a split that are forecast for its band; neighbours have much the same error."""


def measure(
    config: JenaConfig, model: Callable[[np.ndarray], Any], weather: Weather
) -> tuple[dict[str, Any], dict[str, float]]:
    """Returns the band for a run's record, and its figures on the test period.

    The record has `bands` as plain values, normalised; or `no_band`, which says why validation has too few windows for
    one, and then there are no figures.

    Args:
        config: The settings.
        model: From row numbers to forecasts.
        weather: The windows.
    """
    splits = weather.splits
    levels = config.quantile_levels or LEVELS
    try:
        bands = Bands.fit(*_truth_and_forecast(config, model, splits.validation), levels)
    except UserError as too_few:
        return {"no_band": str(too_few)}, {}
    truth, forecast = _truth_and_forecast(config, model, splits.test)
    error, size = in_units(config, splits.normaliser)
    return {"bands": bands.record()}, figures(truth, bands(forecast), levels, error or "mae", size or 1.0)


def figures(
    truth: np.ndarray, quantiles: np.ndarray, levels: tuple[float, ...], error: str, size: float
) -> dict[str, float]:
    """Returns what share of values is in the band, the band's mean width, and the mean pinball loss.

    Args:
        truth: Shape (windows, answers), normalised.
        quantiles: Shape (windows, answers, levels), normalised.
        levels: Of the quantiles.
        error: What the error is called in the unit of the target, such as "mae_celsius".
        size: How large 1 is in that unit.
    """
    return {
        "coverage": scores.coverage(truth, quantiles),
        error.replace("mae", "width"): scores.width(quantiles) * size,
        error.replace("mae", "pinball"): scores.pinball(truth, quantiles, levels) * size,
    }


def check(config: JenaConfig, validation: int) -> None:
    """Checks before a training that quantiles can be trained and that their band can be measured.

    Raises:
        UserError: the network isn't trained, or validation has too few windows for these quantiles.
    """
    if config.quantile_levels and not config.epochs:
        raise UserError(
            "without epochs no quantiles are trained; leave --quantiles out: there is a band without it too"
        )
    if config.quantile_levels:
        measured = len(_measured(config, np.arange(validation)))
        try:
            ranks(config.quantile_levels, measured)
        except UserError as error:
            if measured == validation:
                raise
            raise UserError(
                f"{error}. Only every {round(validation / measured)}th of the {validation:,} windows is measured"
            ) from error


def of(run: Run, config: JenaConfig) -> Bands | None:
    """Returns a run's band, normalised, or None if it has none.

    Raises:
        UserError: its record is damaged.
    """
    record = run.metrics().get("bands")
    if record is None:
        return None
    try:
        bands = Bands.from_record(record)
        check_levels(bands.levels)
        answers = config.outputs // max(1, len(config.quantile_levels))
        if bands.offsets.shape != (answers, len(bands.levels)) or not (np.abs(bands.offsets) < LARGEST).all():
            raise ValueError("offsets")
    except (KeyError, TypeError, ValueError, UserError) as error:
        raise damaged(run.metrics_file, f"has no band that can be read ({error})") from error
    return bands


def own_quantiles(config: JenaConfig, outputs: np.ndarray) -> np.ndarray:
    """Returns a network's outputs, shape (windows, outputs), as (windows, answers), or (windows, answers, levels)."""
    return (
        np.sort(outputs.reshape(len(outputs), -1, len(config.quantile_levels))) if config.quantile_levels else outputs
    )


def central(config: JenaConfig, forecast: np.ndarray) -> np.ndarray:
    """Returns the forecasts themselves, shape (windows, answers): of quantiles, the median."""
    return forecast[..., config.quantile_levels.index(MEDIAN)] if config.quantile_levels else forecast


def _truth_and_forecast(
    config: JenaConfig, model: Callable[[np.ndarray], Any], windows: Windows
) -> tuple[np.ndarray, np.ndarray]:
    import keras

    rows = _measured(config, windows.rows)
    outputs = keras.ops.convert_to_numpy(model(rows))
    return answers(windows, rows), own_quantiles(config, outputs)


def _measured(config: JenaConfig, rows: np.ndarray) -> np.ndarray:
    """Returns the rows of the windows that a band is measured on."""
    return thinned(rows, int(DAY / config.every.total_seconds()))


def thinned(rows: np.ndarray, day: int) -> np.ndarray:
    """Returns every n-th row, so that few enough are left; all hours of the day are among them.

    Args:
        rows: The rows of windows.
        day: Rows in a day.
    """
    least = -(-len(rows) // MOST)
    return rows[:: next(n for n in itertools.count(least) if math.gcd(n, max(1, day)) == 1)]

"""Forecasts of a trained network: those of the test period, kept in the run, and one for a file of the user's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.jena import _bands
from experiments.jena._asked import Asked, unit_of
from experiments.jena._config import JenaConfig
from experiments.jena._problem import Weather
from foundation.atomic import atomic
from foundation.decimals import decimals_of

if TYPE_CHECKING:
    import pandas as pd

    from experiments.protocol import Experiment
    from lab.runs import Run

DAYS = 60  # of the test period whose forecasts are kept
SHOWN = 12  # forecasts that are printed; the file has them all
DIGITS = 4  # of a number in a forecast's file, at least
QUALITY = {"mae_celsius": " °C", "mae_unit": "", "mae": " standard deviations"}
HOUR = 3600  # seconds


def write(config: JenaConfig, model: Callable[[np.ndarray], Any], run: Run, weather: Weather) -> None:
    """Writes `forecasts.csv`: time, truth and forecast in their unit, hourly, for the first days of the test period."""
    import keras
    import pandas as pd

    series, splits = weather.series, weather.splits
    hour = max(1, int(HOUR / config.every.total_seconds()))
    rows = splits.test.rows[: DAYS * 24 * hour : hour]
    outputs = keras.ops.convert_to_numpy(model(rows))
    normalised = _bands.central(config, _bands.own_quantiles(config, outputs))[:, 0]
    ahead, target = splits.test.ahead[0], config.places[0]
    decimals = decimals_of(splits.normaliser.std[target], digits=3, least=2)
    table = pd.DataFrame(
        {
            "time": series.frame.index[rows + ahead],
            "truth": series.values[rows + ahead, target],
            "forecast": np.round(splits.normaliser.undo(normalised, target), decimals),
        }
    )
    with atomic(run.folder / "forecasts.csv") as path:
        table.to_csv(path, index=False, lineterminator="\n")


def forecast(experiment: Experiment, config: JenaConfig, run: Run, csv: str) -> str:
    """Returns what a finished run forecasts after a file's last row, and all that bears on it; draws it.

    Raises:
        UserError: the file cannot be read, or its newest window is not whole or unlike the run's training data.
    """
    from experiments.jena import _forecast_picture
    from lab.environment import load_backend
    from lab.trained_runs import introduce
    from tables.last_window import last_window

    table = config.table(csv, anchor="last")
    asked = Asked(experiment, config, run, table)
    window = last_window(table, config.lookback, skip=1 + asked.newest)
    refusals, warnings = asked.unlike(window.rows)
    if refusals:
        raise asked.refusal(refusals)
    load_backend()
    forecasts = coming(asked, window.rows.stop)
    picture = _forecast_picture.draw(asked, forecasts)
    with atomic(picture.with_suffix(".csv")) as path:
        number = f"%.{_significant(asked, forecasts)}g"
        forecasts.to_csv(path, index=False, lineterminator="\n", float_format=number)
    metrics, banded = run.metrics(), "low" in forecasts
    simulated = " (trained on SIMULATED weather)" if metrics["data"]["simulated"] else ""
    lines = [
        *_answer(asked, forecasts, simulated),
        introduce(run),
        _quality(asked),
        *([] if banded else [_no_band(run)]),
        f"The recent days and the forecast are in {picture} and {picture.stem}.csv",
        *(f"Warning: {phrase}" for phrase in (*window.phrases(), *warnings, *_odd(asked, window.rows, forecasts))),
        *(f"{table.source}: {phrase}" for phrase in table.report.told()),
    ]
    return "\n".join(lines)


def _odd(asked: Asked, window: slice, forecasts: pd.DataFrame) -> list[str]:
    """Returns what makes a forecast doubtful, though no value of its window does."""
    from tables.last_window import unchanged

    config, phrases = asked.config, unchanged(asked.table, window, asked.config.target_columns)
    if "low" in forecasts and not forecasts["forecast"].between(forecasts["low"], forecasts["high"]).all():
        phrases.append(
            f"the band doesn't hold the forecast itself: on validation {asked.run.name} was nearly always off to one "
            f"side, as after too short a training (it had {config.epochs} epochs)"
        )
    return phrases


def coming(asked: Asked, row: int) -> pd.DataFrame:
    """Returns the forecasts of one window, a row for each time and target.

    Args:
        asked: The run and the table.
        row: The row after the window.

    Returns:
        The columns time, column, forecast; `last_seen` and `days_before`, which persistence says, with the times of
        these values; and `low`, `high` and `share` of the band, if the run has one.
    """
    import pandas as pd

    rows, config = np.array([row]), asked.config
    answer = asked.answers(rows)
    times = asked.time_of(row + asked.ahead)
    seen = asked.table.times[row + asked.samples[-1]]
    table = pd.DataFrame(
        {
            "time": times.repeat(len(config.places)),
            "column": config.target_columns * len(times),
            "forecast": answer.values[0],
            "last_seen": asked.last_seen(rows)[0],
            "last_seen_time": seen,
            "days_before": asked.days_before(rows)[0],
            "days_before_time": (times - pd.to_timedelta(asked.days, "D")).repeat(len(config.places)),
        }
    )
    if answer.quantiles is None:
        return table
    low, high = answer.quantiles[0, :, 0], answer.quantiles[0, :, -1]
    return table.assign(low=low, high=high, share=answer.share)


def _significant(asked: Asked, forecasts: pd.DataFrame) -> int:
    """Returns how many digits show each number of a forecast to one decimal more than is printed."""
    numbers = forecasts.select_dtypes("number").drop(columns="share", errors="ignore").abs()
    decimals = forecasts["column"].map(asked.decimals) + 1
    shown = [f"{value:.{places}f}" for row, places in zip(numbers.to_numpy(), decimals, strict=True) for value in row]
    return max(DIGITS, *(len(text.replace(".", "").lstrip("0")) for text in shown))


def _answer(asked: Asked, forecasts: pd.DataFrame, simulated: str) -> list[str]:
    """Returns the forecasts in words; of many times, the first ones and the last."""
    several = len(asked.config.places) > 1
    shown = forecasts if len(forecasts) <= SHOWN else forecasts.iloc[[*range(SHOWN - 1), -1]]
    lines = []
    for at in shown.to_dict("records"):
        unit, name = unit_of(at["column"]), f"{at['column']}  " if several else ""
        number = f".{asked.decimals[at['column']]}f"
        line = f"{_in_words(at['time'])}  {name}{at['forecast']:{number}}{unit}"
        if "low" in at:
            line += f", with {at['share']:.0%} probability from {at['low']:{number}} to {at['high']:{number}}{unit}"
        lines.append(line + simulated)
    if len(shown) < len(forecasts):
        lines.insert(-1, f"… {len(forecasts) - len(shown)} more")
    return lines + (_persistence(asked, forecasts.iloc[0]) if len(forecasts) == 1 else [])


def _in_words(time: pd.Timestamp) -> str:
    return f"{time:%d.%m.%Y %H:%M:%S}" if time.second else f"{time:%d.%m.%Y %H:%M}"


def _persistence(asked: Asked, forecast: pd.Series) -> list[str]:
    """Returns what persistence says instead of one forecast."""
    words = {
        "last_seen": "the last value that the model sees ({time}, {hours:g} hours before)",
        "days_before": "the value exactly {hours:g} hours before ({time})",
    }
    lines, column = [], forecast["column"]
    for key, text in words.items():
        time, value = forecast[f"{key}_time"], forecast[key]
        hours = (forecast["time"] - time).total_seconds() / 3600
        if np.isfinite(value):
            says = f"{value:.{asked.decimals[column]}f}{unit_of(column)}"
            lines.append(f"Persistence says {says}, {text.format(time=_in_words(time), hours=hours)}.")
    return lines


def _quality(asked: Asked) -> str:
    """Returns how good a run is on its test period."""
    test = asked.run.metrics()["test"]
    key = next(key for key in QUALITY if key in test)
    decimals = 2 if key == "mae" else asked.error_decimals
    words = [f"{asked.run.name} is {test[key]:.{decimals}f}{QUALITY[key]} off on average"]
    if "coverage" in test:
        words.append(f"its band holds {test['coverage']:.0%} of the values")
    return f"On its test period {', and '.join(words)}."


def _no_band(run: Run) -> str:
    """Returns why a run has no band."""
    from lab.trained_runs import from_reference

    if why := run.metrics().get("no_band"):
        return f"It has no band, as {why}."
    again = "" if from_reference(run) else f"delete {run.folder}, and with the same settings "
    return f"It has no band, as it was made before runs had one: {again}make {run.name} again."

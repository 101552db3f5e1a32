"""How good a trained network has been since: its forecasts of a later file, beside persistence and other networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from experiments.jena._asked import Asked, unit_of
from foundation.user_error import UserError
from tables import bootstrap
from tables.last_window import MOSTLY_FILLED
from tables.table import Table
from tables.windows import Windows


@dataclass(frozen=True)
class Difference:
    """By how much one mean error is larger than another, with its 95 % confidence interval."""

    mean: float
    low: float
    high: float

    @property
    def decided(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Backtest:
    """A network's errors on the windows of a table, and those of persistence."""

    asked: Asked
    rows: np.ndarray
    """The row after each window."""
    errors: dict[str, np.ndarray]
    """Absolute errors of the run, by its name, and of both persistences: shape (windows, answers)."""
    inside: np.ndarray | None
    """Which values are in their band, shape (windows, answers); None if the run has no band."""
    promised: float
    """The share of values that the band should hold."""
    left_out: tuple[str, ...]
    """Which windows were left out and why, and what is unusual about the others: a phrase each."""

    @property
    def name(self) -> str:
        """The run's experiment."""
        return self.asked.run.name

    @cached_property
    def times(self) -> pd.DatetimeIndex:
        """The time of each window's first forecast."""
        return self.asked.time_of(self.rows + self.asked.ahead[0])

    def error(self, name: str) -> float:
        """Returns a mean absolute error."""
        return float(pd.Series(self.errors[name].ravel()).mean())  # without what is unknown

    @property
    def coverage(self) -> float:
        """The share of values that are in their band; NaN if the run has no band."""
        return float(self.inside.mean()) if self.inside is not None else np.nan

    def beyond(self, name: str, errors: np.ndarray | None = None) -> Difference:
        """Returns by how much an error is larger than the run's, over blocks of days.

        Args:
            name: Whose error, if it is one of this backtest's.
            errors: Or the errors of another run in the same windows.
        """
        other = self.errors[name] if errors is None else errors
        values = (other - self.errors[self.name]).mean(axis=1)
        known = np.isfinite(values)
        if not known.any():
            return Difference(np.nan, np.nan, np.nan)
        days = self.times[known].normalize().to_numpy().astype("datetime64[D]").astype(int)
        return Difference(float(values[known].mean()), *bootstrap.interval(values[known], days))

    def by_month(self) -> pd.DataFrame:
        """Returns a row for each month: its windows, the errors, and the share of values in their band."""
        return self._by(self.times.strftime("%Y-%m"), axis=1, name="month")

    def by_lead_time(self) -> pd.DataFrame:
        """Returns a row for each lead time, in rows ahead."""
        targets = len(self.asked.config.places)
        ahead = np.repeat(self.asked.ahead - self.asked.newest, targets)
        return self._by(ahead, axis=0, name="rows ahead").drop(columns="windows")

    def _by(self, keys: Sequence[object] | np.ndarray | pd.Index, axis: int, name: str) -> pd.DataFrame:
        means = {key: pd.DataFrame(errors).mean(axis=axis).to_numpy() for key, errors in self.errors.items()}
        table = pd.DataFrame(means).assign(**({} if self.inside is None else {"in band": self.inside.mean(axis=axis)}))
        grouped = table.groupby(pd.Index(keys, name=name))
        return pd.concat([grouped.size().rename("windows"), grouped.mean()], axis=1).reset_index()


def backtest(asked: Asked, rows: np.ndarray, left_out: Sequence[str] = ()) -> Backtest:
    """Returns how good a run is in windows of a table. The backend must be loaded.

    Args:
        asked: The run and the table.
        rows: The row after each window.
        left_out: Which windows are left out and why, and what is unusual about the others: a phrase each.
    """
    answers, truth = asked.answers(rows), asked.truth(rows)
    scale = np.ones(1)
    if len(asked.config.places) > 1:  # units differ
        scale = np.tile(np.array(asked.data["std"])[asked.config.places], asked.config.rows_ahead)
    persistence = dict(zip(_persistences(asked), (asked.last_seen(rows), asked.days_before(rows)), strict=True))
    unknown = [name for name, values in persistence.items() if np.isnan(values).all()]
    forecasts = {asked.run.name: answers.values, **{key: persistence[key] for key in persistence if key not in unknown}}
    told = [*left_out, *(f"{name} is not known for any window" for name in unknown)]
    errors = {name: np.abs(values - truth) / scale for name, values in forecasts.items()}
    inside = None
    if answers.quantiles is not None:
        inside = (answers.quantiles[..., 0] <= truth) & (truth <= answers.quantiles[..., -1])
    return Backtest(asked, rows, errors, inside, answers.share if answers.levels else np.nan, tuple(told))


def _persistences(asked: Asked) -> tuple[str, str]:
    """Returns what the last value seen is called, and that of the same time of day."""
    if len(asked.ahead) > 1:
        return "the last value", "the same time of the last day"
    hours = (asked.ahead[0] - asked.samples[-1]) * (asked.config.every / pd.Timedelta(hours=1))
    return f"the last value seen, {hours:g} hours before", f"the value exactly {24 * asked.days[0]} hours before"


def unit(asked: Asked) -> str:
    """Returns the unit of the errors, with a space before it."""
    columns = asked.config.target_columns
    return unit_of(columns[0]) if len(columns) == 1 else " standard deviations"


def windows(asked: Asked) -> tuple[np.ndarray, list[str]]:
    """Returns the row after each window that can be forecast and judged, and what is left out or unusual.

    Raises:
        UserError: there is none, or most of the table is unlike the run's training data.
    """
    table, config = asked.table, asked.config
    try:
        rows = Windows(
            table.values.astype(np.float32),
            config.lookback,
            None if config.horizon else config.delay,
            config.horizon,
            step=config.step,
            targets=tuple(config.places),
            breaks=table.breaks,
            filled=table.filled[:, config.places],
        ).rows
    except UserError as error:
        raise UserError(
            f"{table.source} has no window of {config.lookback} rows that is followed by a measured value within "
            f"{asked.ahead[-1] - asked.newest} rows: give a longer file, without breaks"
        ) from error
    told = []
    filled = _mostly_filled(table, config.lookback)[rows]
    if filled.any():
        told.append(
            f"{filled.sum():,} windows are left out, as over {MOSTLY_FILLED:.0%} of a column in them was filled"
        )
        rows = rows[~filled]
    told += _unlike(asked)
    odd = _odd(asked)
    strange = odd[rows] > odd[rows - config.lookback]
    if strange.any():
        worst = asked.too_far(slice(None))
        told.append(f"{strange.sum():,} windows are left out, as they hold what cannot be: {'; '.join(worst)}")
        rows = rows[~strange]
    if not len(rows):
        raise UserError(f"{table.source} has no window that wasn't mostly filled: give a file with more values")
    return rows, told


def _mostly_filled(table: Table, lookback: int) -> np.ndarray:
    """Returns for each row, and the one after the last, whether too much of a column is filled in the window before."""
    total = np.concatenate([np.zeros((1, table.filled.shape[1]), np.int64), table.filled.cumsum(axis=0)])
    shares = (total[lookback:] - total[:-lookback]) / lookback
    return np.concatenate([np.ones(lookback, bool), (shares > MOSTLY_FILLED).any(axis=1)])


def _unlike(asked: Asked) -> list[str]:
    """Returns what is unusual about the table, and which part of it is unlike the run's training data.

    Raises:
        UserError: most of it is.
    """
    count, length = len(asked.table.frame), asked.config.lookback
    stretches = [slice(max(0, min(start, count - length)), start + length) for start in range(0, count, length)]
    refused = [(stretch, phrases) for stretch in stretches if (phrases := asked.unlike(stretch)[0])]
    if len(refused) > len(stretches) / 2:
        raise asked.refusal(refused[0][1])
    unusual = asked.unlike(slice(None))[1]
    if refused:
        first, phrases = refused[0]
        times = asked.table.times[first]
        others = f"; so are {len(refused) - 1} more of {len(stretches)} such stretches" if len(refused) > 1 else ""
        unusual.append(
            f"the rows from {times[0]} to {times[-1]} are unlike the training data: {'; '.join(phrases)}{others}"
        )
    return unusual


def _odd(asked: Asked) -> np.ndarray:
    """Returns how many rows before each one, and before the end, hold values that no measurement can have."""
    places, normaliser = asked.known
    far = np.abs((asked.table.values[:, places] - normaliser.mean) / normaliser.std) > asked.far
    return np.concatenate([[0], far.any(axis=1).cumsum()])

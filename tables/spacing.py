"""Puts rows on an even grid of time: rounds times near the grid, and takes denser rows together, from the past only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from foundation.user_error import UserError
from tables.report import Report

Resample = Literal["last", "mean"]
Anchor = Literal["first", "last"]
NONE = np.timedelta64(0, "ns")
SECOND, MINUTE, DAY = (np.timedelta64(1, unit) for unit in ("s", "m", "D"))
MONTH = 365.2425 / 12  # days, on average
ENOUGH = 100_000  # rows to find a grid by
SHAKEN = 0.04  # of a step: how far from whole seconds or minutes the median may be where times are not exact
COMMON = 0.3  # of the rows that must have the same place within a step for it to be that of the grid
HALF_MINUTE, HALF_DAY = np.timedelta64(30, "s"), np.timedelta64(12, "h")
MOST = 0.9  # of the rows that must be near the grid, else the rows follow no grid


def usual_step(times: np.ndarray, name: str = "the table") -> np.timedelta64:
    """Returns the usual time from one row to the next: the median step, in whole seconds where it is longer than one.

    Args:
        times: datetime64[ns] in any order.
        name: What to call the table.

    Raises:
        UserError: there are fewer than two different times, or they are months apart.
    """
    steps = np.diff(np.sort(times))
    steps = steps[steps > np.timedelta64(0, "ns")]
    if not len(steps):
        raise UserError(f"{name} has fewer than two different times: give a series that advances")
    step = np.median(steps).astype("timedelta64[ns]")
    _refuse_months(steps, step, name)
    for unit in (MINUTE, SECOND):
        rounded = np.rint(step / unit) * unit
        if abs(step - rounded) <= SHAKEN * step:
            return rounded.astype("timedelta64[ns]")
    return step


def _refuse_months(steps: np.ndarray, step: np.timedelta64, name: str) -> None:
    """Raises a UserError if rows follow the calendar in months or years, whose lengths differ."""
    months = round(float(step / DAY) / MONTH)
    usual = steps[np.abs(steps - step) <= 0.2 * step]
    if not months or abs(step / DAY - months * MONTH) > 2.5 or np.ptp(usual) < HALF_DAY:
        return
    count, unit = (months, "month") if months % 12 else (months // 12, "year")
    apart = f"a {unit}" if count == 1 else f"{count} {unit}s"
    raise UserError(
        f"{name}: its rows are {apart} apart, and {unit}s differ in length: give rows a week or less apart, "
        f"or count the rows by dates a day apart instead, 2000-01-01, 2000-01-02, …"
    )


def span(step: np.timedelta64 | pd.Timedelta) -> str:
    """Returns a duration as short text, such as 10 min, 1 h or 1.5 d."""
    seconds = float(pd.Timedelta(step).total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and (seconds / size * 2) % 1 == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds / 60:g} min" if seconds >= 600 else f"{seconds:g} s"


@dataclass(frozen=True)
class Grid:
    """The moments `phase + n * step`, counted from 1970."""

    step: np.timedelta64
    phase: np.timedelta64 = NONE

    def number(self, times: np.ndarray) -> np.ndarray:
        """Returns the number of the first moment that is not before each time, int64."""
        since = times.astype("datetime64[ns]").astype(np.int64) - self.phase.astype("timedelta64[ns]").astype(np.int64)
        return -(-since // self.step.astype("timedelta64[ns]").astype(np.int64))

    def moment(self, numbers: np.ndarray) -> np.ndarray:
        """Returns the moments with these numbers, datetime64[ns]."""
        return np.datetime64(0, "ns") + self.phase + numbers * self.step

    def offsets(self, times: np.ndarray) -> np.ndarray:
        """Returns how far each time is from the nearest moment, as signed timedelta64[ns]."""
        since = (times - np.datetime64(0, "ns") - self.phase).astype(np.int64)
        step = self.step.astype("timedelta64[ns]").astype(np.int64)
        return ((since + step // 2) % step - step // 2).astype("timedelta64[ns]")


def near(step: np.timedelta64) -> np.timedelta64:
    """Returns how far from its place on a grid a time may be and still be rounded to it."""
    return max(0.1 * step, min(HALF_MINUTE, 0.4 * step))


def own_grid(times: np.ndarray, step: np.timedelta64) -> Grid | None:
    """Returns the grid that most of these times follow, or None where they follow none."""
    size = step.astype("timedelta64[ns]").astype(np.int64)
    times = times[:ENOUGH].astype("datetime64[ns]")
    phases, counts = np.unique(times.astype(np.int64) % size, return_counts=True)
    if counts.max() >= COMMON * len(times):
        phase = phases[counts.argmax()]
    else:  # all are shaken: the middle, in whole minutes or seconds
        angles = 2 * np.pi * (phases / size)
        middle = np.arctan2(counts @ np.sin(angles), counts @ np.cos(angles)) / (2 * np.pi) * size
        unit = (MINUTE if step >= 10 * MINUTE else SECOND if step >= 10 * SECOND else NONE + 1).astype(NONE.dtype)
        phase = np.rint(middle / unit.astype(np.int64)).astype(np.int64) * unit.astype(np.int64) % size
    grid = Grid(step, phase.astype("timedelta64[ns]"))
    return grid if (np.abs(grid.offsets(times)) <= near(step)).mean() >= MOST else None


def snapped(times: np.ndarray, grid: Grid) -> tuple[np.ndarray, int, np.timedelta64]:
    """Rounds times that are near the grid to it.

    Returns:
        The times, how many were rounded, and by how much at most.
    """
    off = grid.offsets(times)
    moved = (np.abs(off) <= near(grid.step)) & (off != NONE)
    most = np.abs(off[moved]).max() if moved.any() else NONE
    return np.where(moved, times - off, times), int(moved.sum()), most


def grid_of(times: np.ndarray, step: np.timedelta64, anchor: Anchor, own: Grid | None = None) -> Grid:
    """Returns the grid of this spacing on which the first or the last time is.

    Args:
        times: datetime64[ns], ascending.
        step: Its spacing.
        anchor: Which time is on it.
        own: The grid that most of the times follow; one that does not is no anchor.
    """
    size = step.astype("timedelta64[ns]").astype(np.int64)
    fitting = times if own is None else times[own.offsets(times) == NONE]
    at = fitting[0 if anchor == "first" else -1].astype("datetime64[ns]").astype(np.int64)
    return Grid(step, (at % size).astype("timedelta64[ns]"))


def on_grid(
    times: np.ndarray, values: np.ndarray, grid: Grid, how: Resample, circular: Sequence[int] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Takes the rows up to each moment of a grid, after the moment before it, together: nothing looks ahead.

    Args:
        times: datetime64[ns], ascending.
        values: float64, shape (rows, columns).
        grid: The moments to have a row at.
        how: "last" takes each column's last value that is not missing, "mean" their mean.
        circular: Columns of degrees, whose mean is that of their directions.

    Returns:
        The numbers of the moments that got a row, ascending; and their values.
    """
    numbers = grid.number(times)
    if len(numbers) and (np.diff(numbers) > 0).all():
        return numbers, values
    starts = np.concatenate([[0], np.flatnonzero(np.diff(numbers)) + 1])
    taken = np.empty((len(starts), values.shape[1]))
    for n in range(values.shape[1]):  # by column, so that memory stays small
        column = values[:, n]
        if how == "last":
            taken[:, n] = _last(column, starts)
        else:
            taken[:, n] = _mean(column, starts, n in circular)
    return numbers[starts], taken


def _last(column: np.ndarray, starts: np.ndarray) -> np.ndarray:
    at = np.maximum.reduceat(np.where(np.isnan(column), -1, np.arange(len(column))), starts)
    return np.where(at >= 0, column[np.maximum(at, 0)], np.nan)


def _mean(column: np.ndarray, starts: np.ndarray, circular: bool) -> np.ndarray:
    count = np.add.reduceat((~np.isnan(column)).astype(np.int64), starts)
    count = np.where(count, count, np.nan)
    if not circular:
        return np.add.reduceat(np.nan_to_num(column), starts) / count
    angle = np.deg2rad(column)
    east, north = (np.add.reduceat(np.nan_to_num(part), starts) for part in (np.sin(angle), np.cos(angle)))
    return np.where(count > 0, np.rad2deg(np.arctan2(east, north)) % 360, np.nan)


def with_short_holes(numbers: np.ndarray, values: np.ndarray, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Inserts rows of missing values where up to `longest` moments in a row have none."""
    steps = np.diff(numbers)
    repeat = np.where((steps > 1) & (steps <= longest + 1), steps, 1)
    if (repeat == 1).all():
        return numbers, values
    last_of = np.repeat(np.arange(len(numbers)), np.concatenate([repeat, [1]]))
    ahead = np.arange(len(last_of)) - np.concatenate([[0], np.cumsum(repeat)])[last_of]
    filled = values[last_of]
    filled[ahead > 0] = np.nan
    return numbers[last_of] + ahead, filled


class SparseRowsError(UserError):
    """Rows are further apart than the settings want them."""

    def __init__(self, own: np.timedelta64, wanted: np.timedelta64, name: str) -> None:
        super().__init__(
            f"{name} has a row every {span(own)}, and the settings want one every {span(wanted)}: "
            f"give a spacing of {span(own)} or more"
        )
        self.own = own


def check_spacing(own: np.timedelta64, wanted: np.timedelta64, name: str) -> None:
    """Raises a SparseRowsError if rows are further apart than the settings want them."""
    if own > (1 + SHAKEN) * wanted:
        raise SparseRowsError(own, wanted, name)


def tell_resampled(
    own: np.timedelta64, wanted: np.timedelta64, before: int, after: int, how: str, report: Report
) -> None:
    """Reports that rows were taken together."""
    kind = "last value" if how == "last" else "mean"
    report.fault(f"{before:,} rows every {span(own)} became {after:,} rows every {span(wanted)} (the {kind} of each)")

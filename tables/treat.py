"""From rows as they stand to a clean table: one clock, one order, an even grid, holes filled from the past."""

from __future__ import annotations

import numpy as np
import pandas as pd

from foundation.user_error import UserError
from tables.clock import on_one_clock
from tables.description import Description
from tables.filling import fill, shares
from tables.gather import Rows, joined
from tables.missing import Cleaner
from tables.order import in_order, oldest_first
from tables.report import Report, counted
from tables.spacing import (
    NONE,
    SHAKEN,
    Anchor,
    Grid,
    check_spacing,
    grid_of,
    on_grid,
    own_grid,
    snapped,
    span,
    tell_resampled,
    usual_step,
    with_short_holes,
)
from tables.table import Table


def treat(frame: pd.DataFrame, description: Description, *, anchor: Anchor = "first", source: str = "table") -> Table:
    """Makes a clean table of rows that are in memory, as `read` does of those of a file.

    Args:
        frame: Numbers, indexed by time; not changed.
        description: What they are; of its keys, those on time formats and files do not count.
        anchor: Which time has a place on the grid.
        source: What to call the rows.

    Raises:
        UserError: they are no series.
    """
    report = Report()
    values = frame.to_numpy(np.float64, copy=True)
    columns = [str(name) for name in frame.columns]
    cleaner = Cleaner(columns, description.marks, dict(description.ranges))
    cleaner.look(values)
    cleaner.recognise()
    cleaner.clean(values)
    cleaner.refuse_other_units(source)
    cleaner.tell(report)
    rows = Rows(frame.index.to_numpy().astype("datetime64[ns]"), values, set(), len(frame))
    return table_of([rows], columns, description, anchor, report, source)


def table_of(
    rows: list[Rows],
    columns: list[str],
    description: Description,
    anchor: Anchor,
    report: Report,
    source: str,
    time: str = "time",
) -> Table:
    """Makes a clean table of rows whose marks of missing values are already taken out.

    Args:
        rows: Those of each file, with all columns.
        columns: Names of the columns.
        description: What they are.
        anchor: Which time has a place on the grid.
        report: Is told what was found and done.
        source: What to call the rows.
        time: What to call their times.

    Raises:
        UserError: they are no series.
    """
    rows = [part for part in rows if len(part.times)]
    if not rows:
        raise UserError(f"{source} has no rows of values: give a file with measurements")
    report.facts["rows"] = sum(part.rows for part in rows)
    times, values = _in_one_order(rows, description, report)
    own = usual_step(times, source) if rows[0].step is None else rows[0].step
    wanted = own if description.spacing is None else description.spacing.to_timedelta64()
    check_spacing(own, wanted, source)
    if abs(own - wanted) <= SHAKEN * wanted:
        own = wanted
    even, moved, most = None, rows[0].moved, rows[0].most
    if rows[0].step is None and (even := own_grid(times, own)) is not None:
        times, moved, most = snapped(times, even)
    if moved:
        report.fault(f"{counted(moved, 'time')} up to {span(most)} off the even grid of {span(own)} (rounded to it)")
    grid = grid_of(times, wanted, anchor, even)
    numbers, values = _at_each_step(times, values, grid, own, description, columns, report)
    longest = int(description.fill.to_timedelta64() // wanted)
    before = len(numbers)
    numbers, values = with_short_holes(numbers, values, longest)
    breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
    if inserted := len(numbers) - before:
        report.fault(f"{counted(inserted, 'row')} missing in holes of up to {span(longest * wanted)} (inserted)")
    if len(breaks):
        hole = span((np.diff(numbers).max() - 1) * wanted)
        report.fault(f"{counted(len(breaks), 'break')} in time, the longest {hole} (no window goes across one)")
    filled = fill(values, longest, breaks)
    index = pd.DatetimeIndex(grid.moment(numbers), name=time)
    _tell(values, index, columns, wanted, filled, description, report, source)
    frame = pd.DataFrame(values, index=index, columns=columns, copy=False)
    return Table(frame, pd.Timedelta(wanted), filled, source, report)


def _in_one_order(rows: list[Rows], description: Description, report: Report) -> tuple[np.ndarray, np.ndarray]:
    """Returns the times and values of all files, ascending, each time once."""
    for part in rows:
        part.times, part.values = oldest_first(part.times, part.values, report)
        part.times = on_one_clock(part.times, part.values, part.offsets, description.time_zone, report)
        part.times, part.values = in_order(part.times, part.values, report)
    times, values, shared, contradicting = joined(rows)
    if shared:
        differ = f", {contradicting} with other values, where the first file counts" if contradicting else ""
        report.fault(f"{counted(shared, 'time')} in several files (joined{differ})")
    return times, values


def _at_each_step(
    times: np.ndarray,
    values: np.ndarray,
    grid: Grid,
    own: np.timedelta64,
    description: Description,
    columns: list[str],
    report: Report,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the numbers of the grid's steps that have rows, and their values."""
    off = int((grid.offsets(times) != NONE).sum())
    circular = [columns.index(name) for name in description.circular if name in columns]
    numbers, values = on_grid(times, values, grid, description.resample, circular)
    if grid.moment(numbers[-1:])[0] > times[-1] and len(numbers) > 1:  # the last step is not over yet
        numbers, values = numbers[:-1], values[:-1]
    if own != grid.step:
        tell_resampled(own, grid.step, report.facts["rows"], len(numbers), description.resample, report)
    elif off:
        report.fault(f"{counted(off, 'row')} between the steps of {span(grid.step)} (each counts at the next step)")
    return numbers, values


def _tell(
    values: np.ndarray,
    index: pd.DatetimeIndex,
    columns: list[str],
    wanted: np.timedelta64,
    filled: np.ndarray,
    description: Description,
    report: Report,
    source: str,
) -> None:
    """Reports what the table is and what is still missing; refuses columns without a value."""
    parts = shares(filled, columns)
    report.facts |= {"first": str(index[0]), "last": str(index[-1]), "spacing": span(wanted), "rows kept": len(index)}
    if parts:
        report.facts["filled"] = parts
        shown = ", ".join(f"{share:.2%} of {name}" for name, share in list(parts.items())[:6])
        more = f" and of {len(parts) - 6} more columns" if len(parts) > 6 else ""
        report.fault(f"filled with the last value, for at most {span(description.fill)}: {shown}{more}")
    left = np.isnan(values).mean(axis=0)
    empty = [name for name, share in zip(columns, left, strict=True) if share == 1]
    if empty:
        raise UserError(f"{source}: column {', '.join(map(repr, empty))} has no values: leave it out under `columns`")
    if left.any():
        held = ", ".join(f"{s:.2%} of {n}" for n, s in zip(columns, left, strict=True) if s)
        report.fault(f"still missing, before the first value or in longer holes: {held} (no window sees them)")

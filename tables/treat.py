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
    SHAKEN,
    Anchor,
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
    for part in rows:
        part.times, part.values = oldest_first(part.times, part.values, report)
        part.times = on_one_clock(part.times, part.values, part.offsets, description.time_zone, report)
        part.times, part.values = in_order(part.times, part.values, report)
    times, values, shared, contradicting = joined(rows)
    if shared:
        differ = f", {contradicting} with other values, where the first file counts" if contradicting else ""
        report.fault(f"{counted(shared, 'time')} in several files (joined{differ})")
    own = next((r.step for r in rows if r.step is not None), None)
    own = usual_step(times, source) if own is None else own
    wanted = own if description.spacing is None else description.spacing.to_timedelta64()
    check_spacing(own, wanted, source)
    if abs(own - wanted) <= SHAKEN * wanted:
        own = wanted
    report.facts["rows"] = sum(r.rows for r in rows)
    thinned = rows[0].step is not None
    even = None if thinned else own_grid(times, own)
    if even is not None:
        times, moved, most = snapped(times, even)
        if moved:
            report.fault(
                f"{counted(moved, 'time')} up to {span(most)} off the even grid of {span(own)} (rounded to it)"
            )
    grid = grid_of(times, wanted, anchor, even)
    off = int((grid.offsets(times) != np.timedelta64(0)).sum())
    circular = [columns.index(name) for name in description.circular if name in columns]
    before = sum(r.rows for r in rows) if thinned else len(times)
    numbers, values = on_grid(times, values, grid, description.resample, circular)
    if grid.moment(numbers[-1:])[0] > times[-1] and len(numbers) > 1:  # the last step is not over yet
        numbers, values = numbers[:-1], values[:-1]
    if own != wanted:
        tell_resampled(own, wanted, before, len(numbers), description.resample, report)
    elif off:
        report.fault(f"{counted(off, 'row')} between the steps of {span(wanted)} (each counts at the next step)")
    longest = int(description.fill.to_timedelta64() // wanted)
    before = len(numbers)
    numbers, values = with_short_holes(numbers, values, longest)
    breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
    if inserted := len(numbers) - before:
        report.fault(f"{counted(inserted, 'row')} missing in holes of up to {span(longest * wanted)} (inserted)")
    if len(breaks):
        longest_hole = (np.diff(numbers).max() - 1) * wanted
        report.fault(
            f"{counted(len(breaks), 'break')} in time, the longest {span(longest_hole)} (no window goes across one)"
        )
    filled = fill(values, longest, breaks)
    index = pd.DatetimeIndex(grid.moment(numbers), name=time)
    return _reported(values, index, columns, wanted, filled, description, report, source)


def _reported(
    values: np.ndarray,
    index: pd.DatetimeIndex,
    columns: list[str],
    wanted: np.timedelta64,
    filled: np.ndarray,
    description: Description,
    report: Report,
    source: str,
) -> Table:
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
    frame = pd.DataFrame(values, index=index, columns=columns, copy=False)
    return Table(frame, pd.Timedelta(wanted), filled, source, report)

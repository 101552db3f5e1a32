"""From files to a clean table: every fault is treated or refused, and reported."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from foundation.user_error import UserError
from tables.chunks import TextColumnError
from tables.clock import on_one_clock
from tables.description import Description
from tables.files import Part
from tables.filling import fill, shares
from tables.gather import DisorderError, Rows, Thinning, gather, joined
from tables.layout import Opened, opened
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

MEMORY = 2**30  # bytes of numbers beyond which denser rows are taken together while the file is read


def read(
    description: Description, paths: Sequence[str | Path], *, anchor: Anchor = "first", memory: int = MEMORY
) -> Table:
    """Reads files to a clean table.

    Args:
        description: What the files are.
        paths: The files: CSV, plain, .zip or .gz; several, and the members of a .zip, are joined by time.
        anchor: Which time has a place on the grid of the spacing: the first, the last (for a forecast), or midnight.
        memory: Bytes of numbers above which denser rows are taken together while the file is read.

    Returns:
        A table with a row at every step of the spacing, except in long holes.

    Raises:
        UserError: a file is no such table, in one line that says what to do.
    """
    return _read(description, paths, anchor, memory, ())


def _read(
    description: Description, paths: Sequence[str | Path], anchor: Anchor, memory: int, texts: tuple[str, ...]
) -> Table:
    try:
        return _tried(description, paths, anchor, memory, texts)
    except TextColumnError as text:
        return _read(description, paths, anchor, memory, (*texts, text.column))


def _tried(
    description: Description, paths: Sequence[str | Path], anchor: Anchor, memory: int, texts: tuple[str, ...]
) -> Table:
    report = Report()
    files, columns = opened(description, paths, report, texts)
    cleaner = Cleaner(columns, description.marks, dict(description.ranges))
    gathered = _thinned(files, columns, description, anchor, cleaner, report, memory)
    clean = gathered is not None
    rows = gathered or [_all(file, columns, report) for file in files]
    if not clean:
        for file, part in zip(files, rows, strict=True):
            cleaner.look(part.values, file.at)
        cleaner.recognise()
        for part in rows:
            cleaner.clean(part.values)
    cleaner.tell(report)
    return _table(rows, columns, description, anchor, report, files)


def read_rows(description: Description, paths: Sequence[str | Path]) -> tuple[pd.DataFrame, Report]:
    """Reads files as they stand: rows in their order, repeated times, marks of missing values, and all.

    Args:
        description: What they are; it must name the columns to read.
        paths: The files.

    Returns:
        The rows, float64, indexed by time; and the report.

    Raises:
        UserError: a file is no such table.
    """
    report = Report()
    files, columns = opened(description, paths, report)
    rows = [_all(file, columns, report) for file in files]
    times = np.concatenate([r.times + np.timedelta64(min(r.offsets, default=0), "m") for r in rows])
    values = rows[0].values if len(rows) == 1 else np.concatenate([r.values for r in rows])
    return pd.DataFrame(values, index=_index(times, files), columns=columns, copy=False), report


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
    return _table([rows], columns, description, anchor, report, [], source)


def _all(file: Opened, columns: list[str], report: Report) -> Rows:
    return gather(file.chunks(report), len(columns), file.at, file.expected)


def _thinned(
    files: list[Opened],
    columns: list[str],
    description: Description,
    anchor: Anchor,
    cleaner: Cleaner,
    report: Report,
    memory: int,
) -> list[Rows] | None:
    """Returns rows that were taken together while reading, where this saves memory and the files allow it."""
    numbers = 8 * len(columns) * sum(file.expected for file in files)
    if description.spacing is None or description.time_zone or anchor == "last" or numbers < memory:
        return None
    if any(file.at != files[0].at for file in files):
        return None
    wanted = description.spacing.to_timedelta64()
    circular = [columns.index(name) for name in description.circular if name in columns]
    try:
        while True:
            cleaner.restart()
            thinning = Thinning(wanted, description.resample, anchor, circular, cleaner)
            one_after_the_other = itertools.chain.from_iterable(file.chunks(report) for file in files)
            rows = thinning.gather(one_after_the_other, len(columns), files[0].at)
            if not cleaner.recognise():
                return [rows]
    except DisorderError:
        cleaner.restart()
        cleaner.known.clear()
        return None


def _table(
    rows: list[Rows],
    columns: list[str],
    description: Description,
    anchor: Anchor,
    report: Report,
    files: list[Opened],
    source: str = "",
) -> Table:
    source = source or _named([file.part for file in files])
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
    if not thinned and (grid := own_grid(times, own)) is not None:
        times, moved, most = snapped(times, grid)
        if moved:
            report.fault(f"{counted(moved, 'time')} up to {span(most)} off the even grid of {span(own)} (rounded to it)")
    grid = grid_of(times, wanted, anchor)
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
        report.fault(f"{counted(len(breaks), 'break')} in time, the longest {span(longest_hole)} (no window goes across one)")
    filled = fill(values, longest, breaks)
    index = _index(grid.moment(numbers), files)
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


def _named(parts: Sequence[Part]) -> str:
    names = list(dict.fromkeys(part.path.name for part in parts))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _index(times: np.ndarray, files: list[Opened]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(times, name=" ".join(files[0].layout.times.names) if files else "time")

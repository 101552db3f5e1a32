"""From files to a clean table: every fault is treated or refused, and reported."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from foundation.user_error import UserError
from tables.cells import DecimalMark
from tables.chunks import DecimalMarkError, NotInEncodingError, TextColumnError
from tables.description import Description
from tables.gather import DisorderError, Rows, Thinning, gather
from tables.layout import Opened, opened
from tables.missing import Cleaner
from tables.order import SharedTimesError
from tables.report import Report
from tables.shared_times import advice
from tables.spacing import Anchor
from tables.table import Table
from tables.treat import table_of

T = TypeVar("T")

MEMORY = 2**28  # bytes of numbers beyond which denser rows are taken together while the file is read


def read(
    description: Description, paths: Sequence[str | Path], *, anchor: Anchor = "first", memory: int = MEMORY
) -> Table:
    """Reads files to a clean table.

    Args:
        description: What the files are.
        paths: The files: CSV, plain, .zip or .gz; several, and the members of a .zip, are joined by time.
        anchor: Which time has a place on the grid of the spacing: the first, or for a forecast the last.
        memory: Bytes of numbers above which denser rows are taken together while the file is read.

    Returns:
        A table with a row at every step of the spacing, except in long holes.

    Raises:
        UserError: a file is no such table, in one line that says what to do.
    """
    return _until_it_fits(
        lambda report, files, columns: _read(report, files, columns, description, anchor, memory), description, paths
    )


def _until_it_fits(
    build: Callable[[Report, list[Opened], list[str]], T],
    description: Description,
    paths: Sequence[str | Path],
    texts: tuple[str, ...] = (),
    lenient: bool = False,
    decimal: DecimalMark | None = None,
) -> T:
    """Reads again, when a later row shows a column of text, another decimal mark or bytes in another encoding."""
    report = Report()
    files, columns = opened(description, paths, report, texts, lenient, decimal)
    if lenient:
        report.fault(f"bytes that are not {files[0].layout.dialect.encoding} (read as unknown letters)")
    try:
        return build(report, files, columns)
    except TextColumnError as text:
        return _until_it_fits(build, description, paths, (*texts, text.column), lenient, decimal)
    except DecimalMarkError as later:
        return _until_it_fits(build, description, paths, texts, lenient, later.decimal)
    except NotInEncodingError:
        return _until_it_fits(build, description, paths, texts, True, decimal)


def _read(
    report: Report, files: list[Opened], columns: list[str], description: Description, anchor: Anchor, memory: int
) -> Table:
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
    cleaner.refuse_other_units(_named(files))
    cleaner.tell(report)
    try:
        return table_of(rows, columns, description, anchor, report, _named(files), _time(files))
    except SharedTimesError as error:
        raise UserError(f"{_named(files)}: {error}; {advice(files[0].part, files[0].layout)}") from error


def read_rows(description: Description, paths: Sequence[str | Path]) -> tuple[pd.DataFrame, Report]:
    """Reads files as they stand: rows in their order, repeated times, marks of missing values, and all.

    Args:
        description: What they are.
        paths: The files.

    Returns:
        The rows, float64, indexed by time; and the report.

    Raises:
        UserError: a file is no such table.
    """
    return _until_it_fits(_as_they_stand, description, paths)


def _as_they_stand(report: Report, files: list[Opened], columns: list[str]) -> tuple[pd.DataFrame, Report]:
    rows = [_all(file, columns, report) for file in files]
    times = np.concatenate([r.times + np.timedelta64(min(r.offsets, default=0), "m") for r in rows])
    values = rows[0].values if len(rows) == 1 else np.concatenate([r.values for r in rows])
    return pd.DataFrame(values, index=pd.DatetimeIndex(times, name=_time(files)), columns=columns, copy=False), report


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


def _time(files: list[Opened]) -> str:
    return " ".join(files[0].layout.times.names)


def _named(files: list[Opened]) -> str:
    names = list(dict.fromkeys(file.part.path.name for file in files))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

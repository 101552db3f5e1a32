"""Reads a weather file with Jena's columns: as it stands, for training, or clean, for a forecast."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import tables.read
from foundation.user_error import UserError
from jena.moist_air import AIR, COMPUTABLE, with_computed
from jena.schema import CIRCULAR, COLUMNS, MISSING, RANGES, TIMESTAMP
from tables.description import Description
from tables.layout import header
from tables.order import oldest_first
from tables.read import read_rows
from tables.report import Report
from tables.spacing import Anchor, SparseRowsError
from tables.table import Table

TREATED = {"fill": "the last value before holds", "interpolate": "interpolated", "keep": "kept"}


def read(path: str | Path) -> tuple[pd.DataFrame, Report]:
    """Returns the rows of a file, unchanged and oldest first, indexed by time; and what was found about the file.

    Columns that follow from pressure, temperature and humidity are computed where the file lacks them.

    Raises:
        UserError: the file is no table, or has no such columns, or has times or numbers that cannot be read.
    """
    table, report = read_rows(_description(path), [path])
    times, values = oldest_first(table.index.to_numpy(), table.to_numpy(), report)
    rows = pd.DataFrame(np.asfortranarray(values), index=times, columns=table.columns)
    return _with_times(with_computed(rows, report, missing=MISSING[0])), report


def read_clean(path: str | Path, spacing: int, anchor: Anchor = "last") -> Table:
    """Returns the table of a file with a row every `spacing` minutes and all faults treated, from the past alone.

    Columns that follow from pressure, temperature and humidity are computed where the file lacks them; they count as
    filled where one of the three is.

    Args:
        path: The file.
        spacing: Minutes from row to row.
        anchor: Which row of the file has a place in the table: the last, for a forecast, or the first.

    Raises:
        UserError: see `tables.read.read`.
    """
    try:
        table = tables.read.read(_description(path, pd.Timedelta(minutes=spacing)), [path], anchor=anchor)
    except SparseRowsError as error:
        raise UserError(f"{error}{_profile(pd.Timedelta(error.own))}") from error
    at = {name: position for position, name in enumerate(table.columns)}
    air = table.filled[:, [at[name] for name in AIR]].any(axis=1)
    filled = np.stack([table.filled[:, at[name]] if name in at else air for name in COLUMNS], axis=1)
    return replace(table, frame=_with_times(with_computed(table.frame, table.report)), filled=filled)


def _description(path: str | Path, spacing: pd.Timedelta | None = None) -> Description:
    """Returns what a file is. Times are in the station's column, or else in whichever column has times."""
    names = header(path)
    columns = tuple(name for name in COLUMNS if name in names or name not in COMPUTABLE)
    if not set(columns) <= set(names):
        columns = COLUMNS  # so that the refusal names all that the file lacks
    return Description(
        columns=columns,
        time=(TIMESTAMP,) if TIMESTAMP in names else (),
        spacing=spacing,
        missing=MISSING,
        ranges={name: RANGES[name] for name in columns},
        circular=CIRCULAR,
    )


def _with_times(table: pd.DataFrame) -> pd.DataFrame:
    # the calendar's last digits depend on the unit of the times, and simulated weather has this one
    return table.set_axis(pd.DatetimeIndex(table.index, name=TIMESTAMP).as_unit("us"))


def spacing_of(times: pd.DatetimeIndex) -> pd.Timedelta:
    """Returns the median time from one row to the next.

    Raises:
        UserError: there are fewer than two rows, or they do not advance in time.
    """
    steps = pd.Series(np.diff(times.to_numpy()))
    if steps.empty or steps.median() <= pd.Timedelta(0):
        raise UserError("the file's times do not advance; give a series of two rows or more in time order")
    return pd.Timedelta(steps.median())


def thin(table: pd.DataFrame, minutes: int) -> pd.DataFrame:
    """Returns every n-th row from the first on, so that rows are `minutes` apart.

    Raises:
        UserError: the rows are further apart than `minutes`, or their spacing does not divide it.
    """
    spacing = spacing_of(pd.DatetimeIndex(table.index))
    every, rest = divmod(pd.Timedelta(minutes=minutes), spacing)
    if every < 1 or rest:
        apart = f"{spacing / pd.Timedelta(minutes=1):g}"
        raise UserError(
            f"the file has a row every {apart} minutes, but lookback, step and delay are for rows every {minutes}: "
            f"give settings that fit{_profile(spacing)}"
        )
    return table.iloc[:: int(every)]


def _profile(spacing: pd.Timedelta) -> str:
    hourly = spacing == pd.Timedelta(hours=1)
    return "; configs/hourly.yaml has them for hourly files: add --profile hourly" if hourly else ""


def clean(table: pd.DataFrame, *, duplicates: str, missing: str) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    """Treats repeated times (`duplicates`: drop or keep) and missing values (`missing`: fill, interpolate or keep).

    Returns:
        The table, which of its values were filled or interpolated, and a phrase about each fault.

    Raises:
        UserError: values that are not finite remain, or a column has no values at all.
    """
    faults = []
    repeated = table.index.duplicated()
    if repeated.any():
        faults.append(f"{repeated.sum()} repeated times ({'dropped' if duplicates == 'drop' else 'kept'})")
        if duplicates == "drop":
            table = table[~repeated]
    if duplicates == "drop" and not table.index.is_monotonic_increasing:
        faults.append("rows out of order (sorted)")
        table = table.sort_index()
    absent = filled = table.isna() | (table == MISSING[0])
    if absent.to_numpy().any():
        columns = ", ".join(absent.columns[absent.any()])
        faults.append(f"{int(absent.to_numpy().sum())} missing values in {columns} ({TREATED[missing]})")
        day = max(1, int(pd.Timedelta(days=1) / spacing_of(pd.DatetimeIndex(table.index))))
        if missing == "fill":
            table = table.mask(absent).ffill(limit=day)
        elif missing == "interpolate":
            table = table.mask(absent).interpolate(limit=day, limit_direction="both")
        filled = absent & (missing != "keep")
    if not np.isfinite(table.to_numpy()).all():
        column = table.columns[~np.isfinite(table.to_numpy()).all(axis=0)][0]
        raise UserError(
            f"column {column!r} has values that are not finite numbers; --missing fill holds the last value for up "
            f"to a day, longer ones must be filled in the file"
        )
    return table, filled, tuple(faults)


def describe_gaps(table: Table, treatment: str) -> tuple[str, ...]:
    """Returns a phrase about the breaks in time, if there are any. `treatment` is "skip" or "keep", see `load`."""
    if not len(table.breaks):
        return ()
    steps = np.diff(table.frame.index.to_numpy())[table.breaks - 1]
    longest = pd.Timedelta(steps.max())
    done = "windows across them left out" if treatment == "skip" else "kept"
    return (f"{len(steps)} breaks in time, the longest {longest} ({done})",)

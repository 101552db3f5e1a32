"""Reads a Jena weather file into a table: columns by name, times from the timestamps, faults reported and treated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from foundation.archive import open_member
from foundation.user_error import UserError
from jena.schema import COLUMNS, TIMESTAMP, TIMESTAMP_FORMAT

HEADER = 2**14  # bytes of the first line, at most
MISSING = -9999.0  # the station's mark for a missing value


@dataclass(frozen=True)
class Series:
    """A weather series. `table` has a row per measurement, indexed by time, with the columns of `jena.schema`."""

    table: pd.DataFrame
    spacing: pd.Timedelta
    source: str
    """The file's name, or "simulated" with its seed."""
    faults: tuple[str, ...] = ()
    """A phrase about each fault of the data and its treatment."""

    @property
    def values(self) -> np.ndarray:
        """The measurements, float64, shape (rows, 14)."""
        return self.table.to_numpy()

    @property
    def breaks(self) -> np.ndarray:
        """The positions of rows that do not follow the row before at the usual spacing, int64."""
        steps = np.diff(self.table.index.to_numpy())
        return np.flatnonzero(steps != self.spacing.to_timedelta64()) + 1

    @property
    def fingerprint(self) -> str:
        """A digest of times and values. It does not depend on the file that they were read from."""
        digest = hashlib.sha256(self.table.index.to_numpy().astype("datetime64[s]").tobytes())
        digest.update(np.ascontiguousarray(self.values).tobytes())
        return digest.hexdigest()[:16]

    @property
    def simulated(self) -> bool:
        """Whether the rows are computed, not measured."""
        return self.source.startswith("simulated")


def read(path: Path) -> pd.DataFrame:
    """Returns the unchanged rows of a CSV, plain or in a .zip or .gz, indexed by time.

    Raises:
        UserError: the file cannot be read, or lacks columns or rows, or has times or numbers that cannot be read.
    """
    try:
        with open_member(path, ".csv") as stream:
            if len(stream.readline(HEADER + 1)) > HEADER:  # pandas would take minutes for a million columns
                raise UserError(f"{path} is not a CSV file (its first line is too long); give one with Jena's columns")
            stream.seek(0)
            raw = pd.read_csv(stream)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not a CSV file ({_first_line(error)}); give one with Jena's columns") from error
    missing = [name for name in (TIMESTAMP, *COLUMNS) if name not in raw.columns]
    if missing:
        page = "; it looks like a web page" if "<" in str(raw.columns[0]) else ""
        raise UserError(
            f"{path} has no column {', '.join(map(repr, missing[:3]))}{page}; give a CSV with Jena's columns"
        )
    if raw.empty:
        raise UserError(f"{path} has a header and no rows; give a CSV with measurements")
    times = pd.to_datetime(raw[TIMESTAMP], format=TIMESTAMP_FORMAT, errors="coerce")
    if times.isna().any():
        row = int(times.isna().to_numpy().argmax())
        raise UserError(
            f"{path}, line {row + 2}: {raw[TIMESTAMP][row]!r} is not a time; write day.month.year hour:minute:second"
        )
    table = raw[list(COLUMNS)]
    for name in COLUMNS:
        if not pd.api.types.is_numeric_dtype(table[name]):
            numbers = pd.to_numeric(table[name], errors="coerce")
            row = int((numbers.isna() & table[name].notna()).to_numpy().argmax())
            raise UserError(
                f"{path}, line {row + 2}: {table[name][row]!r} in column {name!r} is not a number; correct that line"
            )
    table = table.astype(np.float64)
    table.index = pd.DatetimeIndex(times, name=TIMESTAMP)
    return table


def spacing_of(times: pd.DatetimeIndex) -> pd.Timedelta:
    """Returns the median time from one row to the next.

    Raises:
        UserError: there are fewer than two rows, or they do not advance in time.
    """
    steps = pd.Series(np.diff(times.to_numpy()))
    if steps.empty or steps.median() <= pd.Timedelta(0):
        raise UserError("the file's times do not advance; give a series of two rows or more in time order")
    return pd.Timedelta(steps.median())


def thin(table: pd.DataFrame, minutes: int, *, to_last: bool = False) -> pd.DataFrame:
    """Returns every n-th row, so that rows are `minutes` apart: from the first on or, with `to_last`, up to the last.

    Raises:
        UserError: the rows are further apart than `minutes`, or their spacing does not divide it.
    """
    spacing = spacing_of(pd.DatetimeIndex(table.index))
    wanted = pd.Timedelta(minutes=minutes)
    every, rest = divmod(wanted, spacing)
    if every < 1 or rest:
        apart = f"{spacing / pd.Timedelta(minutes=1):g}"
        profile = "; configs/hourly.yaml has them for hourly files: add --profile hourly" if apart == "60" else ""
        raise UserError(
            f"the file has a row every {apart} minutes, but lookback, step and delay are for rows every {minutes}: "
            f"give settings that fit{profile}"
        )
    return table.iloc[:: -int(every)][::-1] if to_last else table.iloc[:: int(every)]


def clean(table: pd.DataFrame, *, duplicates: str, missing: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Treats repeated times (`duplicates`: drop or keep) and missing values (`missing`: interpolate or keep).

    Returns:
        The table, and a phrase about each fault.

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
    absent = table.isna() | (table == MISSING)
    if absent.to_numpy().any():
        columns = ", ".join(absent.columns[absent.any()])
        faults.append(
            f"{int(absent.to_numpy().sum())} missing values in {columns} "
            f"({'interpolated' if missing == 'interpolate' else 'kept'})"
        )
        if missing == "interpolate":
            day = int(pd.Timedelta(days=1) / spacing_of(pd.DatetimeIndex(table.index)))
            table = table.mask(absent).interpolate(limit=day, limit_direction="both")
    if not np.isfinite(table.to_numpy()).all():
        column = table.columns[~np.isfinite(table.to_numpy()).all(axis=0)][0]
        raise UserError(
            f"column {column!r} has values that are not finite numbers; --missing interpolate fills gaps of up "
            f"to a day, longer ones must be filled in the file"
        )
    return table, tuple(faults)


def describe_gaps(series: Series, treatment: str) -> tuple[str, ...]:
    """Returns a phrase about the breaks in time, if there are any. `treatment` is "skip" or "keep", see `load`."""
    if not len(series.breaks):
        return ()
    steps = np.diff(series.table.index.to_numpy())[series.breaks - 1]
    longest = pd.Timedelta(steps.max())
    done = "windows across them left out" if treatment == "skip" else "kept"
    return (f"{len(steps)} breaks in time, the longest {longest} ({done})",)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]

"""From a Jena weather file to a clean table: columns by name, time from the timestamps, faults reported and treated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from foundation.archive import open_member
from foundation.user_error import UserError
from jena.schema import COLUMNS, TIMESTAMP, TIMESTAMP_FORMAT

MISSING = -9999.0  # what the station writes when an instrument is out


@dataclass(frozen=True)
class Series:
    """A weather series: `table` has one row a measurement, indexed by time, and the columns of `jena.schema`."""

    table: pd.DataFrame
    spacing: pd.Timedelta
    source: str
    """The file's name, or "simulated" with its seed."""
    faults: tuple[str, ...] = ()
    """What was found wrong and what was done about it, a phrase each."""

    @property
    def values(self) -> np.ndarray:
        """The measurements, float64, shape (rows, 14)."""
        return self.table.to_numpy()

    @property
    def breaks(self) -> np.ndarray:
        """Rows that don't follow the row before them at the usual spacing, as int64 positions."""
        steps = np.diff(self.table.index.to_numpy())
        return np.flatnonzero(steps != self.spacing.to_timedelta64()) + 1

    @property
    def fingerprint(self) -> str:
        """A digest of times and values: the same for the same data, whatever file it came from."""
        digest = hashlib.sha256(self.table.index.to_numpy().astype("datetime64[s]").tobytes())
        digest.update(np.ascontiguousarray(self.values).tobytes())
        return digest.hexdigest()[:16]

    @property
    def simulated(self) -> bool:
        """Whether these rows were computed rather than measured."""
        return self.source.startswith("simulated")


def read(path: Path) -> pd.DataFrame:
    """The file's rows as they stand, indexed by time: a CSV, plain or inside a .zip or .gz.

    Raises:
        UserError: the file is no such CSV: columns missing, times or numbers that can't be read, no rows.
    """
    try:
        with open_member(path, ".csv") as stream:
            raw = pd.read_csv(stream)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is no CSV file ({_first_line(error)}); give one with Jena's columns") from error
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
            f"{path}, line {row + 2}: {raw[TIMESTAMP][row]!r} is no time; write it as day.month.year hour:minute:second"
        )
    table = raw[list(COLUMNS)]
    for name in COLUMNS:
        if not pd.api.types.is_numeric_dtype(table[name]):
            numbers = pd.to_numeric(table[name], errors="coerce")
            row = int((numbers.isna() & table[name].notna()).to_numpy().argmax())
            raise UserError(
                f"{path}, line {row + 2}: {table[name][row]!r} in column {name!r} is no number; mend that line"
            )
    table = table.astype(np.float64)
    table.index = pd.DatetimeIndex(times, name=TIMESTAMP)
    return table


def spacing_of(times: pd.DatetimeIndex) -> pd.Timedelta:
    """The usual time from one row to the next.

    Raises:
        UserError: fewer than two rows, or rows that don't advance in time.
    """
    steps = pd.Series(np.diff(times.to_numpy()))
    if steps.empty or steps.median() <= pd.Timedelta(0):
        raise UserError("the file's times don't advance; give a series of two rows or more in time order")
    return pd.Timedelta(steps.median())


def thin(table: pd.DataFrame, minutes: int, *, to_last: bool = False) -> pd.DataFrame:
    """Every n-th row, so that rows lie `minutes` apart, from the first on, or up to the last.

    Raises:
        UserError: the rows lie further apart than that already, or don't divide it.
    """
    spacing = spacing_of(pd.DatetimeIndex(table.index))
    wanted = pd.Timedelta(minutes=minutes)
    every, rest = divmod(wanted, spacing)
    if every < 1 or rest:
        apart = f"{spacing / pd.Timedelta(minutes=1):g}"
        profile = "; configs/hourly.yaml has those for hourly files: add --profile hourly" if apart == "60" else ""
        raise UserError(
            f"the file has a row every {apart} minutes, and lookback, step and delay are meant for "
            f"rows every {minutes}: give settings that fit{profile}"
        )
    return table.iloc[:: -int(every)][::-1] if to_last else table.iloc[:: int(every)]


def clean(table: pd.DataFrame, *, duplicates: str, missing: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Treats repeated times (`duplicates`: drop, keep) and values of −9999 or none (`missing`: interpolate, keep).

    Returns:
        The table, and a phrase on each fault found.

    Raises:
        UserError: values that are not finite remain, or a column has none at all.
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
            f"column {column!r} has values that are no finite number; --missing interpolate fills holes of up "
            f"to a day, else mend the file"
        )
    return table, tuple(faults)


def describe_gaps(series: Series, treatment: str) -> tuple[str, ...]:
    """A phrase on the breaks in time, if there are any; `treatment` is what becomes of windows across them."""
    if not len(series.breaks):
        return ()
    steps = np.diff(series.table.index.to_numpy())[series.breaks - 1]
    longest = pd.Timedelta(steps.max())
    done = "windows across them left out" if treatment == "skip" else "read as if there were none"
    return (f"{len(steps)} breaks in time, the longest {longest} ({done})",)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]

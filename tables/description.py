"""The description of a data set, as its YAML gives it: where the file is, what its columns are, how it is split."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd

from foundation.fetch import DATA, fetch, find, sources
from foundation.user_error import UserError
from tables.clock import zone_named
from tables.spacing import Resample

DAY = pd.Timedelta(days=1)
End = float | str
"""Where a split ends: a row, below 1 a fraction of the rows, or a time."""


@dataclass(frozen=True)
class Description:
    """What a table is and how it is read; a YAML file has the same keys."""

    file: tuple[str, ...] = ()
    """Files to read: CSV, plain, .zip or .gz; several are joined by time."""
    source: tuple[str, ...] = ()
    """Names in data/sources.yaml, the same data in several packings; the first that can be had is read."""
    time: tuple[str, ...] = ()
    """Columns of the time: one, or several such as date and clock; empty to look for them."""
    time_format: str | None = None
    """The strptime format of the times; null to find it."""
    time_zone: str | None = None
    """The zone whose local time, with its summer time, the file has; null if its clock does not change."""
    targets: tuple[str, ...] = ()
    """Columns to forecast."""
    columns: tuple[str, ...] = ()
    """Columns of measurements to read; empty for all columns of numbers."""
    spacing: pd.Timedelta | None = None
    """Time from row to row, such as 10min or 1h; a number counts minutes; null for the file's own."""
    resample: Resample = "last"
    """What denser rows become: the last value up to each step, or their mean."""
    missing: tuple[str | float, ...] = ()
    """Numbers and words for a missing value, beside the usual words and the marks that are unambiguous."""
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Lowest and highest valid value of columns; all others are missing values."""
    circular: tuple[str, ...] = ()
    """Columns of degrees, such as a wind's direction: they are averaged by direction and never mixed across north."""
    fill: pd.Timedelta = DAY
    """How long the last value is held where values are missing."""
    train_end: End = 0.6
    """Where training ends: a row, below 1 a fraction of the rows, or a time."""
    validation_end: End = 0.8
    """Where validation ends and the test begins, likewise."""
    test_end: End | None = None
    """Where the test ends; null for the table's end."""
    reach_back: bool = False
    """Whether windows of validation and test may look back across the border of their split."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """Returns the columns to read, the targets among them; empty for all columns of numbers."""
        return tuple(dict.fromkeys((*self.columns, *self.targets))) if self.columns else ()

    @property
    def marks(self) -> tuple[float, ...]:
        """Returns the numbers that stand for a missing value."""
        return tuple(mark for m in self.missing if (mark := _number(m)) is not None)

    @property
    def words(self) -> frozenset[str]:
        """Returns the words that stand for a missing value."""
        return frozenset(str(m).strip() for m in self.missing if _number(m) is None)

    def paths(self, mirror: str | Path | None = None, folder: Path = DATA) -> list[Path]:
        """Returns the files to read, fetched if they have to be.

        Raises:
            UserError: neither `file` nor `source` is given, or the source cannot be had.
        """
        if self.file:
            return [Path(name) for name in self.file]
        if not self.source:
            raise UserError("the data set names neither a file nor a source: give one of them")
        for name in self.source:
            if path := find(name, folder, mirror):
                return [path]
        known = sources()
        public = [name for name in self.source if name in known and known[name].urls]
        return [fetch((public or self.source)[0], folder, mirror)]


def described(mapping: Mapping[str, Any], name: str) -> Description:
    """Returns the description that a YAML mapping gives.

    Args:
        mapping: The keys of `Description`.
        name: What to call the mapping in messages, such as its file.

    Raises:
        UserError: a key is unknown, or a value is not what it must be.
    """
    if not isinstance(mapping, Mapping):
        raise UserError(f"{name}: the description must be a mapping of keys to values, not {mapping!r}")
    known = [f.name for f in fields(Description)]
    for key in mapping:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            raise UserError(
                f"{name}: unknown key {key!r}"
                + (f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}")
            )
    values = {key: _checked(key, value, name) for key, value in mapping.items() if value is not None}
    description = Description(**values)
    listed = set(description.wanted)
    for key in ("ranges", "circular"):
        if listed and (stray := [c for c in getattr(description, key) if c not in listed]):
            raise UserError(f"{name}: {key} names {', '.join(map(repr, stray))}, which is not among `columns`")
    return description


def _checked(key: str, value: Any, name: str) -> Any:
    if key in ("file", "source", "time", "targets", "columns", "circular", "missing"):
        return _words(key, value, name)
    if key in ("spacing", "fill"):
        return duration(value, f"{name}: {key}")
    if key in ("train_end", "validation_end", "test_end"):
        return _end(key, value, name)
    if key == "ranges":
        return _ranges(value, name)
    if key == "reach_back":
        if not isinstance(value, bool):
            raise UserError(f"{name}: reach_back is {value!r} and must be true or false")
        return value
    if key == "resample" and value not in get_args(Resample):
        raise UserError(f"{name}: resample is {value!r} and must be one of {', '.join(get_args(Resample))}")
    if not isinstance(value, str):
        raise UserError(f"{name}: {key} is {value!r} and must be text")
    if key == "time_zone":
        zone_named(value)
    return value


def _words(key: str, value: Any, name: str) -> tuple[Any, ...]:
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    for item in items:
        fine = isinstance(item, (str, int, float)) if key == "missing" else isinstance(item, (str, int))
        if not fine or isinstance(item, bool):
            raise UserError(f"{name}: {key} has {item!r} and must be a name or a list of names")
    if key == "missing":
        return tuple(items)
    words = [" ".join(str(item).split()) for item in items]
    if "" in words or len(set(words)) < len(words):
        raise UserError(f"{name}: {key} has an empty or a repeated name: correct it")
    return tuple(words)


def duration(value: Any, name: str) -> pd.Timedelta:
    """Returns a duration such as 10min, 1h or 1d; a number counts minutes.

    Raises:
        UserError: it is no such duration, or not above zero.
    """
    try:
        if isinstance(value, bool):
            raise ValueError
        if isinstance(value, (int, float)):
            length = pd.Timedelta(minutes=value)
        else:
            length = pd.Timedelta(re.sub(r"d$", "D", value))  # pandas wants a capital letter for days
    except (ValueError, TypeError, OverflowError) as error:
        raise UserError(f"{name} is {value!r} and must be a duration such as 10min, 1h or 1d") from error
    if pd.isna(length) or length <= pd.Timedelta(0):
        raise UserError(f"{name} is {value!r} and must be longer than nothing")
    return length


def _end(key: str, value: Any, name: str) -> End:
    if isinstance(value, (date, datetime)):
        return str(value)
    if isinstance(value, str):
        try:
            pd.Timestamp(value)
        except ValueError as error:
            raise UserError(f"{name}: {key} is {value!r} and must be a row, a fraction below 1, or a time") from error
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value) or value <= 0:
        raise UserError(f"{name}: {key} is {value!r} and must be a row, a fraction below 1, or a time")
    return value


def _ranges(value: Any, name: str) -> dict[str, tuple[float, float]]:
    if not isinstance(value, Mapping):
        raise UserError(f"{name}: ranges is {value!r} and must give [lowest, highest] for columns by name")
    ranges = {}
    for column, limits in value.items():
        pair = [_number(limit) for limit in limits] if isinstance(limits, (list, tuple)) else []
        if len(pair) != 2 or None in pair or not pair[0] < pair[1]:  # type: ignore[operator]
            raise UserError(f"{name}: the range of {column!r} is {limits!r} and must be [lowest, highest]")
        ranges[" ".join(str(column).split())] = (float(pair[0]), float(pair[1]))  # type: ignore[arg-type]
    return ranges


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None

"""Finds the columns that hold the times of a table's rows, and reads the times from them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from foundation.user_error import UserError
from tables.dialect import Dialect
from tables.time_formats import (
    DAY_FIRST,
    EPOCHS,
    UNKNOWN,
    Shape,
    clock_format,
    have_format,
    possible,
    read_times,
    shape,
    within_bounds,
)

PARTS = {
    "year": ("year", "yyyy", "yy", "yr", "jahr", "año", "annee"),
    "month": ("month", "mm", "mo", "mon", "monat"),
    "day": ("day", "dd", "dy", "da", "tag"),
    "hour": ("hour", "hh", "hr", "hrs", "stunde", "std"),
    "minute": ("minute", "min", "mn", "mi", "mm"),
    "second": ("second", "sec", "ss"),
}
HINT = re.compile(r"date|time|datum|zeit|stamp|yyyy|fecha|epoch|unix|^ts$", re.I)
DAY = "day of an hour"  # a date beside a column of hours, 0 to 24
PARTED = "parts"


@dataclass(frozen=True)
class TimeColumns:
    """The columns of times, by position, and how they are written."""

    positions: tuple[int, ...]
    names: tuple[str, ...]
    kind: str
    """A strptime format, see `Shape`; or an epoch's unit, "parts" (a column each for year, month, day, …) or a date's
    format followed by "day of an hour"."""
    order: str
    """What comes first: day, month or year; "unknown" where the first rows do not say."""

    def named(self) -> str:
        """Returns the columns' names for messages."""
        return " and ".join(map(repr, self.names))

    def format(self) -> str | None:
        """Returns the strptime format of the cells, joined by a blank; None where they have none."""
        plain = self.kind != PARTED and not self.kind.endswith(DAY) and self.kind not in EPOCHS.values()
        return Shape(self.kind).with_order(self.order) if plain else None

    def kind_label(self) -> str:
        """Returns how the times are written, for people."""
        if self.kind == PARTED:
            return "a column for each part"
        if self.kind in EPOCHS.values():
            return f"Unix time in {self.kind}"
        return self.format() or "a date and an hour"

    def with_order(self, order: str) -> TimeColumns:
        """Returns the same columns with day, month and year in this order."""
        return replace(self, order=order)

    def text(self, cells: pd.DataFrame) -> pd.Series:
        """Returns the cells as one text a row, missing where the first of them is; shape (rows,)."""
        columns = [cells[position].str.strip() for position in self.positions]
        joined = columns[0]
        for column in columns[1:]:
            joined = joined + " " + column
        return joined.where(joined.notna() & (joined != ""))

    def read(self, cells: pd.DataFrame, text: pd.Series) -> pd.Series:
        """Returns the times, datetime64[ns], in UTC where they carry an offset; NaT where unreadable."""
        if self.kind == PARTED:
            return self._from_parts(cells)
        if self.kind.endswith(DAY):
            date = Shape(self.kind.removesuffix(DAY)).with_order(self.order)
            hours = pd.to_numeric(cells[self.positions[1]], errors="coerce")
            hours = hours.where(hours.between(0, 24))
            days = read_times(cells[self.positions[0]].str.strip(), date)
            return days + pd.to_timedelta(hours, unit="h").astype("timedelta64[ns]")
        return read_times(text, Shape(self.kind).with_order(self.order))

    def _from_parts(self, cells: pd.DataFrame) -> pd.Series:
        numbers = [pd.to_numeric(cells[position], errors="coerce") for position in self.positions]
        year, month, day, *clock = numbers
        year = year.where(year >= 100, year + np.where(year < 70, 2000, 1900))
        days = within_bounds(pd.to_datetime({"year": year, "month": month, "day": day}, errors="coerce"))
        for value, (seconds, largest) in zip(clock, ((3600, 24), (60, 59), (1, 60)), strict=False):
            value = value.where(value.between(0, largest))
            days = days + pd.to_timedelta(value * seconds, unit="s").astype("timedelta64[ns]")
        return days


def time_columns(dialect: Dialect, name: str, wanted: Sequence[str] = (), format: str | None = None) -> TimeColumns:
    """Finds the columns of times.

    Args:
        dialect: How the table is written, with its first rows.
        name: What to call the table.
        wanted: The columns' names; empty to look for them.
        format: The strptime format of the columns' cells, joined by a blank; None, or one they lack, to find it.

    Raises:
        UserError: there is no such column, or it holds no times in one format.
    """
    names = [" ".join(n.split()) for n in wanted]
    if absent := [n for n in names if n not in dialect.names]:
        raise UserError(
            f"{name} has no column {', '.join(map(repr, absent))} for the time; "
            f"it has {', '.join(filter(None, dialect.names))}: correct `time`"
        )
    positions = tuple(dialect.names.index(n) for n in names) or _likely_positions(dialect)
    if not positions:
        raise UserError(
            f"{name} has no column with times that can be recognised; it has "
            f"{', '.join(filter(None, dialect.names))}: name the column under `time`, its format under `time_format`"
        )
    columns = TimeColumns(positions, tuple(dialect.names[p] for p in positions), format or "", DAY_FIRST)
    cells = [" ".join(filter(None, row)) for row in zip(*map(dialect.column, positions), strict=True)]
    if format and have_format(pd.Series(cells, dtype=object), format):
        return columns
    if len(positions) > 2 or (len(positions) == 2 and _is_part(columns.names[0], "year")):
        return replace(columns, kind=PARTED)
    if len(positions) == 2 and not any(map(clock_format, dialect.column(positions[1]))):
        kind, order = _format(dialect.column(positions[0]), columns, name)
        return replace(columns, kind=kind + DAY, order=order)
    kind, order = _format(cells, columns, name)
    return replace(columns, kind=kind, order=order)


def _format(cells: list[str], columns: TimeColumns, name: str) -> tuple[str, str]:
    cells = [cell for cell in cells if cell]
    shapes = [s for s in map(shape, cells) if s]
    if 2 * len(shapes) <= len(cells) or not shapes:
        raise UserError(
            f"{name}: {cells[0] if cells else ''!r} in column {columns.named()} is no time in a known format: "
            f"give its format under `time_format`, such as '%d.%m.%Y %H:%M:%S'"
        )
    orders = possible(shapes)
    if not orders:
        raise UserError(
            f"{name}: column {columns.named()} has days first in some rows and months first in others: mend it"
        )
    kind = Counter(s.format for s in shapes).most_common(1)[0][0]
    return kind, UNKNOWN if len(orders) > 1 and "{" in kind else min(orders)


def _likely_positions(dialect: Dialect) -> tuple[int, ...]:
    """Returns the positions of the most likely columns of times."""
    shapes, clocks = {}, []
    for n in range(len(dialect.names)):
        cells = [cell for cell in dialect.column(n) if cell]
        kinds = [s for s in map(shape, cells) if s]
        if cells and len(kinds) > 0.9 * len(cells):
            digits = cells[0].replace(".", "").isdigit()
            if not digits or HINT.search(dialect.names[n]) or (n == 0 and kinds[0].format not in EPOCHS.values()):
                shapes[n] = Counter(kinds).most_common(1)[0][0]
        elif cells and sum(map(bool, map(clock_format, cells))) > 0.9 * len(cells):
            clocks.append(n)
    whole = [n for n, kind in shapes.items() if kind.clock]
    if whole:
        return (min(whole, key=lambda n: (not HINT.search(dialect.names[n]), n)),)
    if shapes:
        date = min(shapes)
        if clocks:
            return date, min(clocks, key=lambda n: (abs(n - date), n))
        hours = [n for n, column in enumerate(dialect.names) if _is_part(column, "hour") and _whole(dialect.column(n))]
        return (date, hours[0]) if hours else (date,)
    parts = []
    for part in PARTS:
        at = [n for n, column in enumerate(dialect.names) if n not in parts and _is_part(column, part)]
        at = [n for n in at if _whole(dialect.column(n))]
        if not at:
            break
        parts.append(at[0])
    return tuple(parts) if len(parts) >= 3 else ()


def _is_part(name: str, part: str) -> bool:
    return name.lower() in PARTS[part]


def _whole(cells: list[str]) -> bool:
    """Returns whether nearly all cells are whole numbers."""
    cells = [cell for cell in cells if cell]
    return sum(bool(re.fullmatch(r"\d+(\.0*)?", cell)) for cell in cells) > 0.9 * len(cells)

"""Finds the columns that hold the times of a table's rows, and reads the times from them."""

from __future__ import annotations

import itertools
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
    ORDERS,
    UNKNOWN,
    Shape,
    clock_format,
    have_format,
    possible,
    read_times,
    shape,
    uneven,
    within_bounds,
)

YEARDAY = "day of the year"
PARTS = {
    "year": ("year", "yyyy", "yy", "yr", "jahr", "año", "année", "annee", "anno"),
    "month": ("month", "mm", "mo", "mon", "monat", "mois", "mes", "mese"),
    YEARDAY: ("doy", "dayofyear", "yearday", "yday", "julian", "julianday", "jday"),
    "day": ("day", "dd", "dy", "da", "tag"),
    "hour": (
        *("hour", "hh", "hr", "hrs", "he", "hourending", "endinghour", "stunde", "std", "heure", "hora", "ora"),
        *("time", "uhrzeit", "zeit", "hhmm", "hrmn", "hhmmss"),
    ),
    "minute": ("minute", "min", "mn", "mi", "mm"),
    "second": ("second", "sec", "ss"),
}
NAMED = re.compile(r"(date|time|stamp|datum|zeit|punkt|stempel|fecha|data|day|tag|ts|ds|utc|gmt|local|[\W\d_])+", re.I)
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
    pairs: int = 1
    """How many of hour, minute and second a column of hours holds: 7, 0730 or 073000."""

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
            days = read_times(cells[self.positions[0]].str.strip(), date)
            return days + _time_of_day(hours, self.pairs)
        return read_times(text, Shape(self.kind).with_order(self.order))

    def parts(self) -> dict[str, int]:
        """Returns which column holds which part of a time: by name, or else from year to second."""
        named = _parts(self.names)
        numbered = zip((part for part in PARTS if part != YEARDAY), range(len(self.names)), strict=False)
        return named if len(named) == len(self.names) else dict(numbered)

    def _from_parts(self, cells: pd.DataFrame) -> pd.Series:
        one = pd.Series(1, index=cells.index)
        part = dict.fromkeys(PARTS, one) | dict.fromkeys(("hour", "minute", "second"), one - 1)
        for name, n in self.parts().items():
            part[name] = pd.to_numeric(cells[self.positions[n]], errors="coerce")
        year = part["year"].where(part["year"] >= 100, part["year"] + np.where(part["year"] < 70, 2000, 1900))
        date = pd.DataFrame({"year": year, "month": part["month"], "day": part["day"]})
        days = within_bounds(pd.to_datetime(date, errors="coerce"))
        number = part[YEARDAY]
        days = days + pd.to_timedelta(number.where(number.between(1, 366)) - 1, unit="D").astype("timedelta64[ns]")
        days = days + _time_of_day(part["hour"], self.pairs)
        for name, seconds, most in (("minute", 60, 59), ("second", 1, 60)):
            value = part[name].where(part[name].between(0, most))
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
    positions = tuple(dialect.names.index(n) for n in names) or _likely_positions(dialect, name)
    if not positions:
        raise UserError(
            f"{name} has no column with times that can be recognised; it has "
            f"{', '.join(filter(None, dialect.names))}: name the column under `time`, its format under `time_format`"
        )
    cells = [" ".join(filter(None, row)) for row in zip(*map(dialect.column, positions), strict=True)]
    try:
        if format and have_format(pd.Series(cells, dtype=object), format):
            return TimeColumns(positions, tuple(dialect.names[p] for p in positions), format, DAY_FIRST)
    except ValueError as error:
        raise UserError(f"time_format: {format!r} is no format of strptime ({error}): correct it") from error
    return _described(dialect, positions, name)


def _described(dialect: Dialect, positions: tuple[int, ...], name: str) -> TimeColumns:
    """Returns how these columns are written."""
    columns = TimeColumns(positions, tuple(dialect.names[p] for p in positions), PARTED, DAY_FIRST)
    first, *others = map(dialect.column, positions)
    if len(positions) > 2 or ("year" in _parts(columns.names) and not any(map(shape, first))):
        hour = columns.parts().get("hour")
        return columns if hour is None else replace(columns, pairs=_pairs(dialect.column(positions[hour])) or 1)
    if others and not any(map(clock_format, others[0])):
        kind, order = _format(first, columns, name)
        return replace(columns, kind=kind + DAY, order=order, pairs=_pairs(others[0]) or 1)
    cells = [" ".join(filter(None, row)) for row in zip(first, *others, strict=True)]
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


def _likely_positions(dialect: Dialect, name: str) -> tuple[int, ...]:
    """Returns the positions of the most likely columns of times."""
    candidates: list[tuple[int, ...]] = []
    dates, clocks = [], []
    whole = [n for n in range(len(dialect.names)) if _whole(dialect.column(n))]
    for n, column in enumerate(dialect.names):
        cells = [cell for cell in dialect.column(n) if cell]
        kinds = [s for s in map(shape, cells) if s]
        if cells and len(kinds) > 0.9 * len(cells):
            digits = cells[0].replace(".", "").isdigit()
            if (
                not digits
                or HINT.search(column)
                or (n == 0 and kinds[0].format not in EPOCHS.values())
                or _whole_seconds(cells)
            ):
                candidates.append((n,))
                dates += [] if Counter(kinds).most_common(1)[0][0].clock else [n]
        elif cells and sum(map(bool, map(clock_format, cells))) > 0.9 * len(cells):
            clocks.append(n)
    hours = [n for n in whole if _is_part(dialect.names[n], "hour") and _pairs(dialect.column(n))]
    candidates += itertools.product(dates, clocks + hours)
    if candidates:
        hinted = [n for n, column in enumerate(dialect.names) if HINT.search(column)]
        return min(
            candidates,
            key=lambda at: (
                *_unlikely(dialect, at, name),
                at[-1] in dates,
                at[0] not in hinted,
                at[0],
                abs(at[-1] - at[0]),
            ),
        )
    parted = [n for n in whole if n in hours or not _is_part(dialect.names[n], "hour")]
    parts = _parts([column if n in parted else "" for n, column in enumerate(dialect.names)])
    days = ("month", "day") if "month" in parts else (YEARDAY,)
    found = itertools.takewhile(parts.__contains__, ("year", *days, "hour", "minute", "second"))
    positions = tuple(parts[part] for part in found)
    years = dialect.column(positions[0]) if positions else []
    return positions if len(positions) > 2 or all(re.fullmatch(r"(1[7-9]|2[0-2])\d\d", y) for y in years if y) else ()


def _unlikely(dialect: Dialect, positions: tuple[int, ...], name: str) -> tuple[int, bool]:
    """Returns how unlikely these columns are the rows' times: by their steps, then by their names."""
    try:
        columns = _described(dialect, positions, name)
    except UserError:
        return 3, True
    cells = pd.DataFrame({n: pd.Series(dialect.column(n), dtype=object) for n in positions})
    text = columns.text(cells).dropna()
    orders = ORDERS if columns.order == UNKNOWN else [columns.order]
    share = min(uneven(columns.with_order(o).read(cells.loc[text.index], text)) for o in orders) / len(text)
    named = [bool(NAMED.fullmatch(n)) or _is_part(n, "hour") for n in columns.names]
    return (share > 0.1) + (share == 1), not all(named)


def _parts(names: Sequence[str]) -> dict[str, int]:
    """Returns which of these columns holds which part of a time, by name."""
    found: dict[str, int] = {}
    for part in PARTS:
        at = [n for n, name in enumerate(names) if n not in found.values() and _is_part(name, part)]
        if at:
            found[part] = at[0]
    return found


def _is_part(name: str, part: str) -> bool:
    return re.sub(r"\(.*?\)|\[.*?\]|[\W_]", "", name.lower()) in PARTS[part]


def _whole(cells: list[str]) -> bool:
    """Returns whether nearly all cells are whole numbers."""
    cells = [cell for cell in cells if cell]
    return sum(bool(re.fullmatch(r"\d+(\.0*)?", cell)) for cell in cells) > 0.9 * len(cells)


def _whole_seconds(cells: list[str]) -> bool:
    """Returns whether these can only be Unix times in milliseconds."""
    return all(re.fullmatch(r"1\d{9}000", cell) for cell in cells)


def _pairs(cells: list[str]) -> int:
    """Returns how many of hour, minute and second are in digits such as 7, 0730 and 073000; 0 if they are no clock."""
    cells = [cell for cell in cells if cell]
    numbers = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce")
    widths = {len(cell) for cell in cells}
    least = 2 if widths == {4} else 3 if widths == {6} else 1
    return next((pairs for pairs in range(least, 4) if _time_of_day(numbers, pairs).notna().mean() > 0.9), 0)


def _time_of_day(numbers: pd.Series, pairs: int) -> pd.Series:
    """Returns the time since midnight of digits up to 24, 2400 or 240000; NaT where they are no clock."""
    digits = numbers.where((numbers >= 0) & (numbers % 1 == 0)) * 100 ** (3 - pairs)
    hour, minute, second = digits // 10000, digits // 100 % 100, digits % 100
    seconds = (3600 * hour + 60 * minute + second).where((digits <= 240000) & (minute < 60) & (second < 60))
    return pd.to_timedelta(seconds, unit="s").astype("timedelta64[ns]")

"""Finds the format of a time as text, and reads times that are in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

DATE = (
    r"(?P<y1>\d{4})(?P<s1>[-/.])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<s2>[-/.])(?P<b>\d{1,2})(?P=s2)(?P<y2>\d{4}|\d{2})"
    r"|(?P<y4>\d{4})(?P<s4>[-/])(?P<m4>\d\d)"
    r"|(?P<mon5>[A-Za-z]{3,9}) (?P<d5>\d{1,2})(?P<s5>,? )(?P<y5>\d{4})"
    r"|(?P<d3>\d{1,2})(?P<s3>[-/. ])(?P<mon3>[A-Za-z]{3,9})(?P=s3)(?P<y3>\d{4}|\d{2})"
)
TIME = (
    r"(?P<h>\d{1,2})(?P<c>[:.])(?P<min>\d\d)(?:(?P=c)(?P<sec>\d\d)(?P<frac>[.,]\d{1,9})?)?"
    r"(?:(?P<gap>\s?)(?P<ap>[AaPp](?:\.?\s?[Mm])?\.?))?"
)
ZONE = r"Z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?\d\d)?"  # 15:00-16:00 is a span of time
PLACE = r"\[[\w/+-]+\]"  # as in 2024-01-20T00:00+01:00[Europe/Berlin]
WRITTEN = re.compile(
    rf"(?:{DATE})(?:(?P<between>\s*[T,]\s*|\s+)?(?:{TIME})(?P<zgap>\s?)(?P<zone>{ZONE})?(?:{PLACE})?)?"
)
COMPACT = re.compile(rf"(?P<date>\d{{8}})(?P<between>[T :])(?P<clock>\d{{6}}|\d{{4}})(?P<zone>{ZONE})?")
CLOCK = re.compile(TIME)
DIGITS = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
EPOCHS = {10: "s", 13: "ms", 16: "us", 19: "ns"}  # digits of a Unix time of today
FULL_MONTHS = re.compile("january|february|march|april|june|july|august|september|october|november|december", re.I)
DAY_FIRST, MONTH_FIRST, YEAR_FIRST, UNKNOWN = "day first", "month first", "year first", "unknown"
ORDERS = {DAY_FIRST: ("%d", "%m", "%y"), MONTH_FIRST: ("%m", "%d", "%y"), YEAR_FIRST: ("%y", "%m", "%d")}
MIDNIGHT = r"(?<=[T ])24(?=[:.]?00)|(?<=^\d{8})24"  # the end of a day, written as its 24th hour


@dataclass(frozen=True)
class Shape:
    """The format of one time as text; `{1}`, `{2}` and `{3}` stand for day, month and year in unknown order."""

    format: str
    orders: frozenset[str] = frozenset()
    """The orders that these can have; none where the format says it by itself."""
    clock: bool = True
    """Whether it has a time of day."""

    def with_order(self, order: str) -> str:
        """Returns the strptime format with day, month and year in this order."""
        format = self.format
        for place, part in enumerate(ORDERS[order], start=1):
            format = format.replace(f"{{{place}}}", part)
        return format


def shape(cell: str) -> Shape | None:
    """Returns the format of a time with a date, or None if the text is no such time."""
    cell = cell.strip()
    if re.fullmatch(r"\d{8,19}(\.\d*)?", cell):
        return _digits(cell.split(".")[0])
    if match := COMPACT.fullmatch(cell):
        digits = _digits(match["date"] + match["clock"])
        clock = digits.format.removeprefix("%Y%m%d") if digits else ""
        return Shape(f"%Y%m%d{match['between']}{clock}{_zone(match['zone'])}") if digits else None
    match = WRITTEN.fullmatch(cell)
    if not match:
        return None
    part = match.groupdict()
    orders: set[str] = set()
    if part["y1"]:
        date = f"%Y{part['s1']}%m{part['s1']}%d"
        if not (1 <= int(part["m1"]) <= 12 and 1 <= int(part["d1"]) <= 31):
            return None
    elif part["y4"]:
        date = f"%Y{part['s4']}%m"
        if not 1 <= int(part["m4"]) <= 12:
            return None
    elif word := part["mon3"] or part["mon5"]:
        month = "%B" if FULL_MONTHS.fullmatch(word) else "%b"
        date = f"{month} %d{part['s5']}%Y"
        if part["mon3"]:
            date = f"%d{part['s3']}{month}{part['s3']}{'%Y' if len(part['y3']) == 4 else '%y'}"
    else:
        orders = _orders(part["a"], part["b"], part["y2"], part["s2"])
        if not orders:
            return None
        date = f"{{1}}{part['s2']}{{2}}{part['s2']}{'%Y' if len(part['y2']) == 4 else '{3}'}"
    if part["h"] is None:
        return Shape(date, frozenset(orders), clock=False)
    zone = f"{part['zgap']}{_zone(part['zone'])}"
    return Shape(f"{date}{part['between'] or ''}{_clock(part)}{zone}", frozenset(orders))


def clock_format(cell: str) -> str | None:
    """Returns the format of a time of day without a date, or None if the text is none."""
    match = CLOCK.fullmatch(cell.strip())
    if not match or int(match["h"]) > 24 or int(match["min"]) > 59:
        return None
    return None if match["c"] == "." and not match["sec"] else _clock(match.groupdict())  # 0.24 is a number


def is_time(cell: str) -> bool:
    """Returns whether a cell is a date, a time of day, or both; bare digits are not."""
    if cell.isdigit():
        return False
    written = WRITTEN.fullmatch(cell) or COMPACT.fullmatch(cell)
    return bool((written and shape(cell)) or (":" in cell and clock_format(cell)))


def possible(shapes: Iterable[Shape]) -> frozenset[str]:
    """Returns the orders of day, month and year that all these times can have."""
    return frozenset(ORDERS).intersection(*(s.orders for s in shapes if s.orders))


def have_format(cells: pd.Series, format: str) -> bool:
    """Returns whether most cells have this format, and those that are times and have another can be read beside it."""
    cells = cells[cells != ""]
    exact = _exactly(cells, format).notna()
    return 2 * exact.sum() > len(cells) and bool(read_times(cells, format)[cells.map(shape).notna()].notna().all())


def read_times(cells: pd.Series, format: str) -> pd.Series:
    """Reads times as text; where they carry an offset, as UTC.

    Cells in another format than the usual one, such as a midnight without its time of day, are read by their own, if
    the usual one or they themselves say in which order day and month are.

    Returns:
        datetime64[ns] without a zone, NaT where a cell is no time.
    """
    if format in EPOCHS.values():
        numbers = pd.to_numeric(cells, errors="coerce")
        return within_bounds(pd.to_datetime(numbers, unit=cast(Any, format), errors="coerce"))
    times = _quickly(cells, format)
    if times is not None:
        return within_bounds(times)
    times = _exactly(cells, format)
    usual = next((o for o, parts in ORDERS.items() if tuple(re.findall("%[dmyY]", format)[:2]) == parts[:2]), None)
    for kind in {s for cell in cells[times.isna()].dropna().unique() if (s := shape(cell))}:
        orders = kind.orders & {usual} if usual else kind.orders
        if kind.orders and len(orders) != 1:
            continue
        rest = times.isna() & cells.notna()
        own = kind.with_order(next(iter(orders), DAY_FIRST))
        written = _plain(cells[rest].str.strip(), own)
        text = written.str.replace(MIDNIGHT, "00", regex=True)
        late = pd.to_timedelta((text != written).astype(int), unit="D")
        read = _exactly(text, own) + late
        times = times.where(~rest, read.reindex(times.index))
    return times


def _exactly(cells: pd.Series, format: str) -> pd.Series:
    return within_bounds(pd.to_datetime(cells, format=format, errors="coerce", utc="%z" in format))


def uneven(times: pd.Series) -> int:
    """Returns how many of these times are unreadable or off the usual step; all of them where most repeat."""
    read = times.dropna().to_numpy()
    steps = np.abs(np.diff(read))
    usual = np.median(steps) if len(steps) else np.timedelta64(0, "ns")
    if usual == np.timedelta64(0, "ns"):
        return len(times)
    return len(times) - len(read) + int((np.abs(steps - usual) > 0.1 * usual).sum())


def _plain(cells: pd.Series, format: str) -> pd.Series:
    """Returns times with the offsets and the halves of the day that strptime knows."""
    if "%z" in format:
        cells = cells.str.replace(f"{PLACE}$", "", regex=True)
        cells = cells.str.replace(r"(?<!\d-\d\d)([+-]\d\d)$", r"\1:00", regex=True)
    if "%p" in format:
        cells = cells.str.replace(r"([AaPp])(?:\.?\s?[Mm])?\.?$", r"\1m", regex=True)
    return cells


def offsets(cells: pd.Series) -> set[int]:
    """Returns the offsets from UTC at the end of these times, in minutes."""
    minutes = set()
    for text in cells.str.extract(rf"(?<!\d-\d\d)(Z|[+-]\d\d(?::?\d\d)?)(?:{PLACE})?\s*$")[0].dropna().unique():
        sign = -1 if text[0] == "-" else 1
        minutes.add(0 if text == "Z" else sign * (int(text[1:3]) * 60 + int(text[3:].strip(":") or 0)))
    return minutes


def _quickly(cells: pd.Series, format: str) -> pd.Series | None:
    """Reads times of one width whose parts are all numbers, several times faster than pandas; None where it cannot."""
    width = 0
    places: dict[str, int] = {}
    for part in re.findall(r"%.|.", format):
        places[part if part[0] == "%" else f"{part}{width}"] = width
        width += {"%Y": 4}.get(part, len(part))
    numbers = {part: places.pop(part) for part in ("%Y", "%m", "%d", "%H", "%M", "%S") if part in places}
    if any(part.startswith("%") for part in places) or not {"%Y", "%m", "%d"} <= numbers.keys() or cells.isna().any():
        return None
    text = cells.to_numpy(dtype=object)
    try:
        packed = np.array(text, dtype=np.bytes_)
    except UnicodeEncodeError:
        return None
    if packed.dtype.itemsize != width or not len(packed):
        return None
    letters = np.ascontiguousarray(packed).view(np.uint8).reshape(len(text), width)
    if any((letters[:, at] != ord(mark[0])).any() for mark, at in places.items()):
        return None
    iso = np.tile(np.frombuffer(b"0000-00-00T00:00:00", np.uint8), (len(text), 1))
    for part, at in zip(("%Y", "%m", "%d", "%H", "%M", "%S"), (0, 5, 8, 11, 14, 17), strict=True):
        if part in numbers:
            size = 4 if part == "%Y" else 2
            iso[:, at : at + size] = letters[:, numbers[part] : numbers[part] + size]
    try:
        return pd.Series(iso.view("S19")[:, 0].astype("datetime64[s]"), index=cells.index)
    except ValueError:
        return None


def within_bounds(times: pd.Series) -> pd.Series:
    """Returns times without their zone as datetime64[ns], NaT outside of 1700 to 2250."""
    if getattr(times.dt, "tz", None) is not None:
        times = times.dt.tz_localize(None)
    early, late = np.datetime64("1700-01-01"), np.datetime64("2250-01-01")
    return times.where((times > early) & (times < late)).astype("datetime64[ns]")


def _digits(cell: str) -> Shape | None:
    if format := DIGITS.get(len(cell)):
        year, month, day = int(cell[:4]), int(cell[4:6]), int(cell[6:8])
        hour = int(cell[8:10] or 0)
        if 1700 <= year <= 2250 and 1 <= month <= 12 and 1 <= day <= 31 and hour <= 24:
            return Shape(format, clock=len(cell) > 8)
    unit = EPOCHS.get(len(cell))
    return Shape(unit) if unit else None


def _orders(first: str, second: str, year: str, mark: str) -> set[str]:
    """Returns the orders that two numbers and a year, or a number of two digits, can have."""
    a, b, c = int(first), int(second), int(year)
    orders = set()
    if 1 <= a <= 31 and 1 <= b <= 12:
        orders.add(DAY_FIRST)
    if 1 <= a <= 12 and 1 <= b <= 31 and (mark != "." or b > 12):
        orders.add(MONTH_FIRST)
    if len(first) == len(year) == 2 and 1 <= b <= 12 and 1 <= c <= 31:
        orders.add(YEAR_FIRST)
    return orders


def _zone(text: str | None) -> str:
    return "%z" if text and text[0] in "Z+-" else text or ""


def _clock(part: dict[str, str | None]) -> str:
    mark = part["c"]
    hour = "%I" if part["ap"] else "%H"
    seconds = f"{mark}%S" if part["sec"] else ""
    fraction = f"{part['frac'][0]}%f" if part["frac"] else ""
    half = f"{part['gap']}%p" if part["ap"] else ""
    return f"{hour}{mark}%M{seconds}{fraction}{half}"

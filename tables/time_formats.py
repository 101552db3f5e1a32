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
    r"|(?P<d3>\d{1,2})(?P<s3>[-/. ])(?P<mon3>[A-Za-z]{3,9})(?P=s3)(?P<y3>\d{4}|\d{2})"
)
TIME = (
    r"(?P<h>\d{1,2})(?P<c>[:.])(?P<min>\d\d)(?:(?P=c)(?P<sec>\d\d)(?P<frac>[.,]\d{1,9})?)?"
    r"(?:(?P<gap>\s?)(?P<ap>[AaPp][Mm]))?"
)
ZONE = r"Z|UTC|GMT|[+-]\d\d:?\d\d"
WRITTEN = re.compile(rf"(?:{DATE})(?:(?P<between>\s*[T,]\s*|\s+)?(?:{TIME})(?P<zgap>\s?)(?P<zone>{ZONE})?)?")
CLOCK = re.compile(TIME)
DIGITS = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
EPOCHS = {10: "s", 13: "ms", 16: "us", 19: "ns"}  # digits of a Unix time of today
FULL_MONTHS = re.compile("january|february|march|april|june|july|august|september|october|november|december", re.I)
DAY_FIRST, MONTH_FIRST, UNKNOWN = "day first", "month first", "unknown"
MIDNIGHT = r"(?<=[T ])24(?=[:.]00)|(?<=^\d{8})24"  # the end of a day, written as its 24th hour


@dataclass(frozen=True)
class Shape:
    """The format of one time as text; `{first}` and `{second}` stand for day and month in unknown order."""

    format: str
    order: str | None = None
    """Which of two numbers is the day; None where the format says it by itself."""
    clock: bool = True
    """Whether it has a time of day."""

    def with_order(self, order: str) -> str:
        """Returns the strptime format with day and month in this order."""
        first, second = ("%d", "%m") if order == DAY_FIRST else ("%m", "%d")
        return self.format.replace("{first}", first).replace("{second}", second)


def shape(cell: str) -> Shape | None:
    """Returns the format of a time with a date, or None if the text is no such time."""
    cell = cell.strip()
    if re.fullmatch(r"\d{8,19}(\.\d*)?", cell):
        return _digits(cell.split(".")[0])
    match = WRITTEN.fullmatch(cell)
    if not match:
        return None
    part = match.groupdict()
    order = None
    if part["y1"]:
        date = f"%Y{part['s1']}%m{part['s1']}%d"
        if not (1 <= int(part["m1"]) <= 12 and 1 <= int(part["d1"]) <= 31):
            return None
    elif part["mon3"]:
        month = "%B" if FULL_MONTHS.fullmatch(part["mon3"]) else "%b"
        date = f"%d{part['s3']}{month}{part['s3']}{_year(part['y3'])}"
    else:
        first, second = int(part["a"]), int(part["b"])
        if max(first, second) > 31 or not min(first, second) or min(first, second) > 12:
            return None
        order = DAY_FIRST if part["s2"] == "." or first > 12 else MONTH_FIRST if second > 12 else UNKNOWN
        date = f"{{first}}{part['s2']}{{second}}{part['s2']}{_year(part['y2'])}"
    if part["h"] is None:
        return Shape(date, order, clock=False)
    zone = "" if part["zone"] is None else part["zgap"] + ("%z" if part["zone"][0] in "Z+-" else part["zone"])
    return Shape(f"{date}{part['between'] or ''}{_clock(part)}{zone}", order)


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
    return bool((WRITTEN.fullmatch(cell) and shape(cell)) or (":" in cell and clock_format(cell)))


def settle(shapes: Iterable[Shape]) -> str | None:
    """Returns the order of day and month that all these times can have; None where they contradict each other."""
    orders = {s.order for s in shapes} - {None}
    known = orders - {UNKNOWN}
    if len(known) > 1:
        return None
    return next(iter(known), UNKNOWN if orders else DAY_FIRST)


def read_times(cells: pd.Series, format: str, order: str) -> pd.Series:
    """Reads times as text; where they carry an offset, as UTC.

    Cells in another format than the usual one, such as a midnight without its time of day, are read by their own.

    Returns:
        datetime64[ns] without a zone, NaT where a cell is no time.
    """
    if format in EPOCHS.values():
        numbers = pd.to_numeric(cells, errors="coerce")
        return within_bounds(pd.to_datetime(numbers, unit=cast(Any, format), errors="coerce"))
    times = _quickly(cells, format)
    if times is not None:
        return within_bounds(times)
    times = within_bounds(pd.to_datetime(cells, format=format, errors="coerce", utc="%z" in format))
    for kind in {s for cell in cells[times.isna()].dropna().unique() if (s := shape(cell))}:
        rest = times.isna() & cells.notna()
        own = kind.with_order(order)
        text = cells[rest].str.strip().str.replace(MIDNIGHT, "00", regex=True)
        late = pd.to_timedelta((text != cells[rest].str.strip()).astype(int), unit="D")
        read = within_bounds(pd.to_datetime(text, format=own, errors="coerce", utc="%z" in own)) + late
        times = times.where(~rest, read.reindex(times.index))
    return times


def offsets(cells: pd.Series) -> set[int]:
    """Returns the offsets from UTC at the end of these times, in minutes."""
    minutes = set()
    for text in cells.str.extract(r"(Z|[+-]\d\d:?\d\d)\s*$")[0].dropna().unique():
        sign = -1 if text[0] == "-" else 1
        minutes.add(0 if text == "Z" else sign * (int(text[1:3]) * 60 + int(text[-2:])))
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


def _year(text: str) -> str:
    return "%Y" if len(text) == 4 else "%y"


def _clock(part: dict[str, str | None]) -> str:
    mark = part["c"]
    hour = "%I" if part["ap"] else "%H"
    seconds = f"{mark}%S" if part["sec"] else ""
    fraction = f"{part['frac'][0]}%f" if part["frac"] else ""
    half = f"{part['gap']}%p" if part["ap"] else ""
    return f"{hour}{mark}%M{seconds}{fraction}{half}"

"""Puts the times of a table on one clock that runs through: offsets, time zones, changes between summer and winter."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from foundation.user_error import UserError
from tables.report import Report, counted

HOUR = np.timedelta64(1, "h")
NIGHT = 4  # the latest hour of a day at which clocks are changed
MONTHS = (3, 4, 9, 10, 11)  # in which they are changed, north or south of the equator


def zone_named(name: str) -> ZoneInfo:
    """Returns the time zone of this name.

    Raises:
        UserError: this machine knows none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UserError(
            f"time_zone: {name!r} is no time zone that is known here: give one such as Europe/Berlin"
        ) from error


def on_one_clock(
    times: np.ndarray, values: np.ndarray, offsets: set[int], zone: str | None, report: Report
) -> np.ndarray:
    """Returns times without a zone that advance evenly through changes of the clock: a station's standard time.

    Args:
        times: datetime64[ns] in the file's order, oldest first: as written, or UTC where they carry offsets.
        values: The rows' numbers; a repeated hour with the same numbers is no change of the clock.
        offsets: The offsets from UTC that the times carry, in minutes; empty if they carry none.
        zone: The time zone of the settings.
        report: Is told what was found and done.

    Raises:
        UserError: times that cannot occur in this zone.
    """
    if offsets:
        minutes = min(offsets) if zone is None else _standard_offset(times, zone)
        report.facts["clock"] = zone_label(minutes)
        if len(offsets) > 1:
            report.fault(
                f"times with {' and '.join(zone_label(m) for m in sorted(offsets))} (all on {zone_label(minutes)})"
            )
        return times + np.timedelta64(minutes, "m")
    if zone is not None:
        return _from_wall_clock(times, zone, report)
    return _through_changes(times, values, report)


def zone_label(minutes: int) -> str:
    """Returns an offset as text, such as UTC+01:00."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _standard_offset(times: np.ndarray, zone: str) -> int:
    middle = pd.Timestamp(times[len(times) // 2], tz="UTC").tz_convert(zone_named(zone))
    return int(((middle.utcoffset() or timedelta()) - (middle.dst() or timedelta())).total_seconds() // 60)


def _from_wall_clock(times: np.ndarray, zone: str, report: Report) -> np.ndarray:
    """Turns the time of a zone, with its summer time, into the zone's standard time."""
    index, place = pd.DatetimeIndex(times), zone_named(zone)
    localised = index.tz_localize(place, ambiguous=np.ones(len(index), bool), nonexistent="NaT")
    if localised.isna().any():
        moment = index[int(localised.isna().argmax())]
        raise UserError(
            f"{moment} does not occur in {zone}, where clocks are set forward: the file's clock does not seem to "
            f"change, so leave out time_zone"
        )
    later = index.tz_localize(place, ambiguous=np.zeros(len(index), bool))
    twice = np.flatnonzero(localised != later)  # hours that occur twice
    second = np.zeros(len(index), bool)
    for rows in np.split(twice, np.flatnonzero(np.diff(times[twice]) > 12 * HOUR) + 1):
        back = np.flatnonzero(np.diff(times[rows]) <= np.timedelta64(0, "ns")) + 1
        second[rows[back[0] :] if len(back) else rows[:0]] = True
    utc = np.where(second, later.tz_convert("UTC").tz_localize(None), localised.tz_convert("UTC").tz_localize(None))
    minutes = _standard_offset(utc.astype("datetime64[ns]"), zone)
    report.facts["clock"] = f"{zone_label(minutes)}, the standard time of {zone}"
    standard = utc.astype("datetime64[ns]") + np.timedelta64(minutes, "m")
    if changes := int((np.diff(standard - times) != np.timedelta64(0, "ns")).sum()):
        report.fault(f"{counted(changes, 'change')} between summer and winter time (all on {zone_label(minutes)})")
    return standard


def _through_changes(times: np.ndarray, values: np.ndarray, report: Report) -> np.ndarray:
    """Recognises a clock that is set back by an hour in autumn, and forward in spring, and takes the changes out."""
    steps = np.diff(times)
    forward = steps[steps > np.timedelta64(0, "ns")]
    if not len(forward):
        return times
    spacing = np.median(forward)
    back = [n for n in np.flatnonzero(steps == spacing - HOUR) if _is_change(times, n)] if spacing <= HOUR else []
    back = [n for n in back if not _same_values(times, values, n, spacing)]
    ahead = [n for n in np.flatnonzero(steps == spacing + HOUR) if _is_change(times, n)]
    if not back:
        if ahead:
            moment = pd.Timestamp(times[ahead[0]]) + pd.Timedelta(spacing)
            report.doubt(
                f"an hour is missing on Sunday {moment:%Y-%m-%d} from {moment:%H:%M}, as where clocks are set forward: "
                f"if these are local times, give `time_zone`"
            )
        return times
    shift = np.zeros(len(times), np.int64)
    shift[np.array(back) + 1] += 1
    shift[np.array(ahead, np.int64) + 1] -= 1
    first = pd.Timestamp(times[(back + ahead)[0] if not ahead else min(back[0], ahead[0])])
    report.fault(
        f"{counted(len(back) + len(ahead), 'change')} between summer and winter time, the first on {first:%Y-%m-%d} "
        f"(taken out: the clock of the first row runs through)"
    )
    return times + np.cumsum(shift) * HOUR


def _is_change(times: np.ndarray, row: np.integer) -> bool:
    moment = pd.Timestamp(times[row])
    return moment.month in MONTHS and moment.weekday() == 6 and moment.hour <= NIGHT


def _same_values(times: np.ndarray, values: np.ndarray, row: np.integer, spacing: np.timedelta64) -> bool:
    count = max(1, int(HOUR / spacing))
    before, after = values[max(0, row + 1 - count) : row + 1], values[row + 1 : row + 1 + count]
    return len(before) == len(after) and bool(np.array_equal(before, after, equal_nan=True))

"""Puts a table's rows in the order of time and drops those that repeat one."""

from __future__ import annotations

import numpy as np

from foundation.user_error import UserError
from tables.report import Report, counted

ZERO = np.timedelta64(0, "ns")


class SharedTimesError(UserError):
    """Most rows have a time in common with others that have other values: they are not one series."""


def oldest_first(times: np.ndarray, values: np.ndarray, report: Report) -> tuple[np.ndarray, np.ndarray]:
    """Turns a table around whose newest row comes first; times and values keep their other order."""
    steps = np.diff(times)
    if (steps < ZERO).sum() > (steps > ZERO).sum():
        report.fault("the newest row comes first (turned around)")
        return times[::-1], values[::-1]
    return times, values


def in_order(times: np.ndarray, values: np.ndarray, report: Report) -> tuple[np.ndarray, np.ndarray]:
    """Sorts the rows by time and keeps the first of those that have the same time; the values are sorted in place.

    Raises:
        SharedTimesError: most rows have another row's time and other values.
    """
    steps = np.diff(times)
    if (steps < ZERO).any():
        places = int((steps < ZERO).sum())
        report.fault(f"rows out of order, at {counted(places, 'place')} (sorted by time)")
        order = np.argsort(times, kind="stable")
        times = times[order]
        for column in values.T:  # one at a time, so that memory stays small
            column[:] = column[order]
    repeated = np.concatenate([[False], np.diff(times) == ZERO])
    if repeated.any():
        at = np.flatnonzero(repeated)
        same = np.ones(len(at), bool)
        for column in values.T:
            one, other = column[at], column[at - 1]
            same &= (one == other) | (np.isnan(one) & np.isnan(other))
        other = np.zeros(len(times) + 1, bool)
        other[at[~same]] = True
        if 2 * (sharing := int((other[:-1] | other[1:]).sum())) > len(times):
            raise SharedTimesError(
                f"{sharing:,} of {counted(len(times), 'row')} have another row's time and other values"
            )
        if same.any():
            report.fault(f"{counted(int(same.sum()), 'row')} repeated (dropped)")
        if not same.all():
            report.fault(
                f"{counted(int((~same).sum()), 'row')} with another row's time and other values (the first one kept)"
            )
        times = times[~repeated]
        for column in values.T:
            column[: len(times)] = column[~repeated]
        values = values[: len(times)]
    return times, values

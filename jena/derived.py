"""Columns that are easier to learn from: the wind as a vector, the time of day and of year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tables.table import Table

YEAR = pd.Timedelta(days=365.2425)
SPEED, DIRECTION = "wv (m/s)", "wd (deg)"


def with_wind_and_calendar(series: Table) -> np.ndarray:
    """Returns the measurements, then the columns of `calendar`: float64, shape (rows, columns + 4).

    Where a table has the station's wind, its speed and direction are replaced by its components from the north and from
    the east, in m/s.
    """
    values = series.values.copy()
    if {SPEED, DIRECTION} <= set(series.columns):
        at, beside = series.columns.index(SPEED), series.columns.index(DIRECTION)
        angle, speed = np.deg2rad(values[:, beside]), values[:, at].copy()
        values[:, at], values[:, beside] = speed * np.cos(angle), speed * np.sin(angle)
    return np.concatenate([values, calendar(pd.DatetimeIndex(series.frame.index))], axis=1)


def calendar(times: pd.DatetimeIndex) -> np.ndarray:
    """Returns cosine and sine of the time of day, then of the time of year: float64, shape (times, 4)."""
    day = (times - times.normalize()) / pd.Timedelta(days=1)
    year = (times - pd.Timestamp(year=1970, month=1, day=1)) % YEAR / YEAR
    angles = 2 * np.pi * np.stack([day, year], axis=1)
    return np.stack([np.cos(angles), np.sin(angles)], axis=2).reshape(len(times), 4)

"""The components of the wind and the calendar, compared with values worked out by hand."""

import numpy as np
import pandas as pd

from jena.derived import DIRECTION, SPEED, calendar, with_wind_and_calendar
from jena.schema import COLUMNS, TEMPERATURE
from tables.description import Description
from tables.treat import treat


def test_wind_becomes_a_vector_and_other_columns_stay():
    values = np.arange(3 * len(COLUMNS), dtype=float).reshape(3, -1)
    speed, direction = COLUMNS.index(SPEED), COLUMNS.index(DIRECTION)
    values[:, speed], values[:, direction] = (2, 3, 4), (0, 90, 225)
    times = pd.date_range("2010-01-01", periods=3, freq="h")
    seen = with_wind_and_calendar(treat(pd.DataFrame(values, times, list(COLUMNS)), Description()))
    np.testing.assert_allclose(seen[:, speed], [2, 0, -np.sqrt(8)], atol=1e-12)
    np.testing.assert_allclose(seen[:, direction], [0, 3, -np.sqrt(8)], atol=1e-12)
    others = [i for i in range(len(COLUMNS)) if i not in (speed, direction)]
    np.testing.assert_array_equal(seen[:, others], values[:, others])
    assert TEMPERATURE in others
    np.testing.assert_array_equal(seen[:, len(COLUMNS) :], calendar(times))


def test_a_day_has_24_hours_and_a_year_365_days():
    times = pd.to_datetime(["1970-01-01 00:00", "2010-06-01 06:00", "2010-06-01 12:00", "2010-06-01 18:00"])
    np.testing.assert_allclose(calendar(times)[:, :2], [[1, 0], [0, 1], [-1, 0], [0, -1]], atol=1e-9)
    middays = calendar(pd.to_datetime(["2009-01-01", "2009-07-02", "2012-01-01", "2016-01-01"]))[:, 2:]
    np.testing.assert_allclose(middays, [[1, 0], [-1, 0], [1, 0], [1, 0]], atol=0.02)

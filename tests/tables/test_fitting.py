"""Windows are drafted so that each split has some, or what stands in their way is named."""

import numpy as np
import pandas as pd
import pytest

from tables.fitting import fitting
from tests.tables.table_files import START, lines, plain

HOLES = [20 * n + k for n in range(60) for k in range(4)]  # four of each twenty hours


def dated(moments):
    return lines("date,T", [f"{t:%Y-%m-%d %H:%M},{n}" for n, t in enumerate(moments)])


def values(rows, missing):
    return ["" if n in missing else n for n in range(rows)]


FILES = {
    "nothing is missing": (plain(400), {}, (12, 4, "")),
    "breaks leave runs of 16 hours": (
        dated(pd.date_range(START, periods=1200, freq="1h").delete(HOLES)), {"fill": "1h"}, (6, 2, ""),
    ),
    "breaks leave runs of two hours": (
        dated(pd.date_range(START, periods=1200, freq="1h").delete(list(range(0, 1200, 3)))), {"fill": "30min"},
        (60, 24, "a break in time comes every 2 rows: give a file without breaks, or a `spacing` above 1 h"),
    ),
    "working days": (
        dated(pd.bdate_range(START, periods=300)), {},
        (12, 4, "a break in time comes every 5 rows, at weekends: count the rows by dates a day apart instead"),
    ),
    "every other target is filled": (
        plain(400, values=values(400, range(1, 400, 2))), {},
        (60, 24, "50% of T is missing or filled: give a `spacing` above 1 h, or other columns"),
    ),
    "six rows": (plain(6), {}, (1, 1, "6 rows are too few: give a longer file")),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_windows_that_fit_or_what_is_in_their_way(load, name):
    content, keys, (lookback, horizon, obstacle) = FILES[name]
    most = (lookback, horizon) if obstacle else (12, 4)
    back, ahead, why = fitting(load(content, **keys), ["T"], 0.6, 0.8, *most)
    assert (back, ahead) == (lookback, horizon)
    assert why.startswith(obstacle)
    assert bool(why) == bool(obstacle)


def test_the_spacing_it_asks_for_helps(load):
    steps = np.random.default_rng(0).exponential(1, 1200)
    content = dated(START + pd.to_timedelta(np.cumsum(steps).round(2), unit="h"))
    assert "of T is missing or filled" in fitting(load(content), ["T"], 0.6, 0.8, 60, 40)[2]
    assert fitting(load(content, spacing="5h"), ["T"], 0.6, 0.8, 24, 12) == (24, 12, "")

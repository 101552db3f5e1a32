"""Rows in any order come out in the order of time, once each, and the report says so."""

import numpy as np
import pytest

from foundation.user_error import UserError
from tests.tables.table_files import lines, times

ROWS = [f"{t},{i}" for i, t in enumerate(times("%Y-%m-%d %H:%M:%S", 96))]
DAY, HALF = 24, 48


@pytest.mark.parametrize(
    ("rows", "phrase"),
    [
        (ROWS, ""),
        (ROWS[::-1], "the newest row comes first (turned around)"),
        (ROWS[HALF:] + ROWS[:HALF], "rows out of order, at 1 place (sorted by time)"),
        (ROWS[:HALF] + ROWS[DAY:], "24 rows repeated (dropped)"),
        (ROWS[:HALF][::-1] + ROWS[HALF:][::-1], "the newest row comes first (turned around)"),
    ],
)
def test_rows_come_in_order(load, rows, phrase):
    table = load(lines("date,T", rows))
    assert table.frame["T"].tolist() == list(range(96))
    assert not table.filled.any()
    assert any(phrase in fault for fault in [*table.report.faults, *[""] * (not phrase)])
    assert bool(table.report.faults) == bool(phrase)


def test_of_many_rows_with_one_time_the_first_in_the_file_stays(load):
    order = np.random.default_rng(1).permutation(np.concatenate([np.arange(500), np.repeat(np.arange(0, 500, 7), 2)]))
    moments = times("%Y-%m-%d %H:%M:%S", 500)
    table = load(lines("date,T", [f"{moments[n]},{row}" for row, n in enumerate(order)]))
    assert table.frame["T"].tolist() == [np.flatnonzero(order == n)[0] for n in range(500)]


def test_of_two_values_at_a_time_the_first_one_stays(load):
    table = load(lines("date,T", [*ROWS[:10], ROWS[5].replace(",5", ",77"), *ROWS[10:]]))
    assert table.frame["T"].tolist() == list(range(96))
    assert any("1 row with another row's time and other values (the first one kept)" in f for f in table.report.faults)


DAYS = times("%Y-%m-%d", 48)  # 24 times each
CITIES = [
    f"{t},{city},{n + i / 7:.2f}"
    for i, t in enumerate(times("%Y-%m-%d", 300, "1D"))
    for n, city in ((15, "Rome"), (1, "Oslo"))
]


@pytest.mark.parametrize(
    ("header", "rows", "words"),
    [
        ("date,city,T", CITIES, "600 of 600 rows have another row's time and other values; 'city' tells them apart"),
        ("date,city,T", sorted(CITIES, key=lambda row: row[11:15]), "'city' tells them apart: give one file for each"),
        (
            "date,slot,T",
            [f"{t},{i % 24 + 1},{i}" for i, t in enumerate(DAYS)],
            "'slot' tells them.*under `time` after 'date'",
        ),
        (
            "date,slot,T",
            [f"{t},H{i % 24 + 1},{i}" for i, t in enumerate(DAYS)],
            "48 of 48 rows.*'slot' tells them apart",
        ),
        ("date,T,p", [f"{t},{i / 7:.3f},{i / 9:.3f}" for i, t in enumerate(DAYS)], "one row for each time"),
    ],
)
def test_a_table_of_several_series_is_refused_by_what_tells_them_apart(load, header, rows, words):
    with pytest.raises(UserError, match=words) as refusal:
        load(lines(header, rows))
    assert str(refusal.value).startswith("table.csv: ")

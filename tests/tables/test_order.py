"""Rows in any order come out in the order of time, once each, and the report says so."""

import numpy as np
import pytest

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
    order = np.random.default_rng(0).permutation(np.repeat(np.arange(500), 3))
    moments = times("%Y-%m-%d %H:%M:%S", 500)
    table = load(lines("date,T", [f"{moments[n]},{row}" for row, n in enumerate(order)]))
    assert table.frame["T"].tolist() == [np.flatnonzero(order == n)[0] for n in range(500)]


def test_of_two_values_at_a_time_the_first_one_stays(load):
    table = load(lines("date,T", [*ROWS[:10], ROWS[5].replace(",5", ",77"), *ROWS[10:]]))
    assert table.frame["T"].tolist() == list(range(96))
    assert any("1 row with another row's time and other values (the first one kept)" in f for f in table.report.faults)

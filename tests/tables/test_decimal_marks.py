"""The decimal mark is found from the numbers that settle it, wherever they are; where none does, the report says so."""

import pytest

from tables import files
from tables.cells import NONE, STRONG, WEAK, decimal_mark
from tests.tables.table_files import lines, times


def table_of(header, rows, separator):
    return lines(header, [separator.join([t, *row]) for t, row in zip(times("%Y-%m-%d %H:%M", 60), rows, strict=True)])


@pytest.mark.parametrize(
    ("cells", "separator", "mark", "evidence", "words"),
    [
        (["987", "1013"], ";", ".", NONE, ""),
        (["10.06", "1,100"], ";", ".", STRONG, ""),
        (["10,06", "1.100"], ";", ",", STRONG, ""),
        (["1.234.567", "1.100"], ";", ",", STRONG, ""),
        (["1'302.5"], ";", ".", STRONG, ""),
        (["0,125", "1,250"], ";", ",", STRONG, ""),
        (["987", "1.013"], ";", ".", WEAK, "'1.013' is read as 1.013; if that is wrong, write 1013 in the file"),
        (["987", "1,013"], ",", ".", WEAK, "'1,013' is read as 1013; if that is wrong, write 1.013 in the file"),
        (["5", "1,250"], ";", ",", WEAK, "'1,250' is read as 1.25; if that is wrong, write 1250 in the file"),
        (["+0100,1", "-0112,1"], ",", ",", STRONG, "separates the columns too: '+0100,1' is read as 100.1"),
        (["+0100,1", "-0112,1", "39.5"], ",", ".", STRONG, "both '.' and ',' occur"),
        (["1,5", "2,5", "39.5"], ";", ",", STRONG, "both '.' and ',' occur"),
    ],
)
def test_the_mark_of_a_tables_numbers(cells, separator, mark, evidence, words):
    found = decimal_mark(cells, separator)
    assert (found.mark, found.evidence) == (mark, evidence)
    assert words in found.doubt
    assert bool(words) == bool(found.doubt)


@pytest.mark.parametrize(
    ("separator", "cells", "values", "sure"),
    [
        (";", ("10,06", "1.100"), (10.06, 1100), True),
        (",", ('"1,100"', "10.06"), (1100, 10.06), True),
        (",", ('"1,013"', "79"), (1013, 79), False),
        (";", ("1.013", "79"), (1.013, 79), False),
    ],
)
def test_thousands_set_apart_are_told_from_decimals(load, separator, cells, values, sure):
    table = load(table_of(separator.join(["date", "a", "b"]), [cells] * 59 + [("7", "8")], separator))
    assert table.values[0].tolist() == list(values)
    assert any("decimal mark" in doubt for doubt in table.report.doubts) != sure


@pytest.mark.parametrize("head", [2**18, 500])
@pytest.mark.parametrize(
    ("later", "value", "mark", "sure"),
    [("0,125", 0.125, ",", True), ("1,250", 1.25, ",", False), ("1.234.567", 1234567, ",", True)],
)
def test_the_mark_of_numbers_that_come_late(load, monkeypatch, head, later, value, mark, sure):
    monkeypatch.setattr(files, "HEAD", head)
    rows = [f"{t};{later if i >= 250 else i}" for i, t in enumerate(times("%Y-%m-%d %H:%M", 300))]
    table = load(lines("date;Q", rows))
    assert table.frame["Q"].iloc[249:251].tolist() == [249, value]
    assert table.report.facts["decimal mark"] == mark
    assert any("decimal mark" in doubt for doubt in table.report.doubts) != sure


def test_a_later_number_settles_what_the_first_ones_leave_open(load, monkeypatch):
    monkeypatch.setattr(files, "HEAD", 500)
    rows = [f"{t};{'2.250,5' if i == 250 else '1.013'}" for i, t in enumerate(times("%Y-%m-%d %H:%M", 300))]
    table = load(lines("date;Q", rows))
    assert table.frame["Q"].iloc[249:251].tolist() == [1013, 2250.5]
    assert not table.report.doubts

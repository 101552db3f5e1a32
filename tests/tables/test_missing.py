"""Marks of missing values are found where they are unambiguous, listed or asked about; impossible values are told."""

import numpy as np
import pytest

from tables.missing import Cleaner
from tables.report import Report
from tests.tables.table_files import lines, times

RNG = np.random.default_rng(0)
WIND = RNG.gamma(2, 1, 200).round(2)
TEMPERATURE = (10 * np.sin(np.arange(200) / 30)).round(2)


def table_of(values, name="T"):
    return lines(f"date,{name}", [f"{t},{v}" for t, v in zip(times("%Y-%m-%d %H:%M:%S", 200), values, strict=True)])


def with_marks(values, mark, count=10):
    values = [*values]
    values[50 : 50 + count] = [mark] * count
    return values


@pytest.mark.parametrize(
    "mark", ["-9999", "-9999.99", "-999", "-200", "NA", "-", "", "1e30", "1e308", "inf", "-inf", "9999.9", "?"]
)
@pytest.mark.parametrize("values", [WIND, TEMPERATURE], ids=["wind", "temperature"])
def test_marks_that_nothing_measures_are_missing(load, mark, values):
    table = load(table_of(with_marks(values, mark)))
    assert table.filled[50:60, 0].all()
    assert table.filled.sum() == 10
    assert (table.frame["T"].iloc[50:60] == values[49]).all()
    assert any("10" in fault and "T" in fault for fault in table.report.faults)


def test_a_mark_that_could_be_measured_is_kept_and_asked_about(load):
    flux = RNG.uniform(-180, 700, 200).round(1)
    table = load(table_of(with_marks(flux, "-200")))
    assert (table.frame["T"].iloc[50:60] == -200).all()
    assert any(
        "-200 in T, 10 times, may stand for a missing value (kept): list it under `missing`" in d
        for d in table.report.doubts
    )


def test_a_listed_mark_is_missing_wherever_it_is(load):
    flux = RNG.uniform(-180, 700, 200).round(1)
    table = load(table_of(with_marks(flux, "-200")), missing=[-200])
    assert table.filled.sum() == 10
    assert not table.report.doubts


def test_a_value_of_that_size_among_others_is_a_measurement(load):
    values = with_marks(RNG.uniform(-300, 700, 200).round(1), "-99", 1)
    table = load(table_of(values))
    assert not table.filled.any()
    assert not table.report.doubts


def test_words_of_the_settings_are_missing(load):
    assert load(table_of(with_marks(WIND, "trace")), missing=["trace"]).filled.sum() == 10


def test_values_outside_their_range_are_missing(load):
    values = with_marks(TEMPERATURE, "75")
    table = load(table_of(values), ranges={"T": [-60, 60]})
    assert table.filled.sum() == 10
    assert any("values outside -60 to 60: 10 in T" in fault for fault in table.report.faults)


def test_a_column_of_nothing_but_marks_is_named(load):
    from foundation.user_error import UserError

    rows = [f"{t},{v},-9999" for t, v in zip(times("%Y-%m-%d %H:%M:%S", 200), WIND, strict=True)]
    with pytest.raises(UserError, match="column 'snow' has no values: leave it out under `columns`"):
        load(lines("date,wind,snow", rows))


@pytest.mark.parametrize(
    ("mark", "values"), [("999", WIND), ("99.0", WIND), ("85", WIND), ("-1", 200 + WIND), ("-1", 1000 + WIND)]
)
def test_a_value_that_is_repeated_and_far_from_all_others_is_asked_about(load, mark, values):
    table = load(table_of(with_marks(values, mark)))
    assert (table.frame["T"].iloc[50:60] == float(mark)).all()
    asked = f"{float(mark):g} in T, 10 times, may stand for a missing value (kept): list it under `missing`"
    assert [doubt.startswith(asked) for doubt in table.report.doubts] == [True]


@pytest.mark.parametrize(
    ("values", "count"),
    [
        (WIND, 1),  # not repeated
        (np.arange(200) * 1.8, 10),  # among the others: degrees
        (np.arange(200) % 50, 10),  # no farther than the others are apart
    ],
)
def test_a_value_that_may_be_one_of_many_is_not_asked_about(load, values, count):
    assert not load(table_of(with_marks(values, "99", count))).report.doubts


@pytest.mark.parametrize("keys", [{"missing": [99]}, {"ranges": {"T": [0, 60]}}])
def test_a_value_that_the_settings_decide_about_is_not_asked_about(load, keys):
    table = load(table_of(with_marks(WIND, "99")), **keys)
    assert table.filled.sum() == 10
    assert not table.report.doubts


def test_pumps_that_rest_are_not_asked_about(load):
    assert not load(table_of(with_marks(1000 + WIND, "0", 90))).report.doubts


@pytest.mark.parametrize("order", [1, -1])
def test_a_far_value_is_counted_over_all_parts_of_a_file(order):
    report = Report()
    cleaner = Cleaner(["T"])
    parts = [WIND, np.array([99, *WIND, 99, np.nan]), np.array([99.0]), WIND + 5]
    for part in parts[::order]:
        cleaner.look(part[:, None])
    cleaner.tell(report)
    assert ["99 in T, 3 times" in doubt for doubt in report.doubts] == [True]


def test_a_far_value_is_none_if_another_part_of_the_file_comes_near():
    report = Report()
    cleaner = Cleaner(["T"])
    for part in (np.array([99, *WIND, 99]), np.linspace(0, 98, 50)):
        cleaner.look(part[:, None])
    cleaner.tell(report)
    assert not report.doubts

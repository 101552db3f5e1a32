"""Marks of missing values are found where they are unambiguous, listed or asked about; impossible values are told."""

import numpy as np
import pytest

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

"""Real tables: the air of an Italian city, and Jena's weather bit for bit as it stands."""

import numpy as np
import pandas as pd
import pytest

from jena.schema import COLUMNS, TIMESTAMP, TIMESTAMP_FORMAT
from tables.description import Description, described
from tables.draft import draft
from tables.last_window import Familiar
from tables.normalise import Normaliser
from tables.read import read, read_rows
from tables.splits import split

HOURLY = "jena/jena_climate_2009_2016_hourly.csv.zip"
TEN_MINUTES = "jena/jena_climate_2009_2011_10min.csv.zip"


def test_the_air_of_an_italian_city(real):
    path = real("tables/AirQualityUCI.csv")
    table = read(Description(), [path])
    facts = table.report.facts
    assert (facts["separator"], facts["decimal mark"]) == ("semicolons", ",")
    assert facts["time"] == "Date, Time as %d/%m/%Y %H.%M.%S"
    assert table.spacing == pd.Timedelta("1h")
    assert (table.times[0], table.times[-1]) == (pd.Timestamp("2004-03-10 18:00"), pd.Timestamp("2005-04-04 14:00"))
    assert table.frame.shape == (9357, 13)
    text = path.read_text().splitlines()[1:]
    for column, position in (("CO(GT)", 2), ("T", 12), ("AH", 14)):
        cells = np.array([float(line.split(";")[position].replace(",", ".")) for line in text])
        measured = cells != -200
        np.testing.assert_array_equal(table.frame[column][measured], cells[measured])
        assert not table.filled[measured, table.columns.index(column)].any()
    assert np.nanmin(table.values[:, 2:]) > -3  # no -200 is left


def test_its_public_form_with_empty_columns_and_rows_reads_the_same(real, tmp_path):
    path = real("tables/AirQualityUCI.csv")
    lines = path.read_text().splitlines()
    public = tmp_path / "public.csv"
    public.write_bytes(("\r\n".join([f"{line};;" for line in lines] + [";" * 16] * 114) + "\r\n").encode())
    pd.testing.assert_frame_equal(read(Description(), [public]).frame, read(Description(), [path]).frame)


def test_its_windows_have_no_missing_sample_and_no_filled_target(real):
    table = draft([real("tables/AirQualityUCI.csv")]).table
    assert "NMHC(GT)" not in table.columns
    splits = split(table, ["T"], train_end=0.6, validation_end=0.8, lookback=48, horizon=24)
    assert len(splits.training) > 3000
    for windows in (splits.training, splits.validation, splits.test):
        assert np.isfinite(windows.samples(windows.rows)).all()
        assert not table.filled[windows.rows[:, None] + windows.ahead, table.columns.index("T")].any()


@pytest.mark.parametrize("name", [HOURLY, TEN_MINUTES])
def test_jenas_rows_as_they_stand_are_the_lectures_bit_for_bit(real, name):
    path = real(name)
    frame, report = read_rows(Description(columns=COLUMNS, time=(TIMESTAMP,)), [path])
    expected = pd.read_csv(path)
    times = pd.to_datetime(expected[TIMESTAMP], format=TIMESTAMP_FORMAT).to_numpy()
    assert frame.to_numpy().tobytes() == expected[list(COLUMNS)].to_numpy().tobytes()
    assert (frame.index.to_numpy() == times.astype("datetime64[ns]")).all()
    assert list(frame.columns) == list(COLUMNS)
    assert report.faults == []


def test_jenas_hours_are_the_ten_minute_rows_up_to_each_hour(real):
    ten = read(Description(columns=COLUMNS), [real(TEN_MINUTES)])
    hours = read(Description(columns=COLUMNS, spacing=pd.Timedelta("1h")), [real(TEN_MINUTES)])
    shared = hours.frame.index.intersection(ten.frame.index)
    assert len(shared) > 17_000
    measured = ~ten.filled[ten.times.get_indexer(shared)].any(axis=1)
    pd.testing.assert_frame_equal(hours.frame.loc[shared[measured]], ten.frame.loc[shared[measured]])


def test_jenas_repeated_day_and_missing_wind_are_told(real):
    table = read(described({"columns": list(COLUMNS), "spacing": 60, "circular": ["wd (deg)"]}, "test"), [real(HOURLY)])
    text = "; ".join(table.report.faults)
    assert "24 rows repeated (dropped)" in text
    assert "values of -9999: 3 in wv (m/s), 4 in max. wv (m/s) (counted as missing)" in text
    assert np.nanmin(table.frame["wv (m/s)"]) >= 0
    assert len(table.breaks) == 1


def test_jenas_later_years_are_familiar_but_for_a_wind_that_was_never_there(real):
    table = read(Description(columns=COLUMNS), [real(HOURLY)])
    training, later = table.values[:33_334], table.values[33_334:]
    known = Familiar.fit(COLUMNS, training, Normaliser.fit(training), 120)
    refused = [row for row in range(120, len(later), 29) if known.refusals(later[row - 120 : row])]
    gust = np.flatnonzero(later[:, COLUMNS.index("wv (m/s)")] > 25)
    assert len(refused) > 0
    assert all(any(row - 120 <= at < row for at in gust) for row in refused)
    fahrenheit = later[-120:] * np.where(np.isin(COLUMNS, ["T (degC)"]), 1.8, 1)
    assert known.refusals(fahrenheit)

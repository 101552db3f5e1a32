"""The columns of times are found among others, whichever way a table spreads its times over them."""

import pandas as pd
import pytest

from foundation.user_error import UserError
from tables.description import Description
from tables.read import read_rows
from tests.tables.table_files import START, lines

HOURS = [START + i * pd.Timedelta("1h") for i in range(48)]


def of(header, cells, moments=HOURS):
    """A table with a column T that counts the rows, after the cells that a function gives for a time."""
    return lines(f"{header},T", [f"{cells(t)},{i}" for i, t in enumerate(moments)])


def ending(t, format="%Y-%m-%d"):
    """The day of the hour that begins at a time, and the hour's number from 1 to 24."""
    return f"{t:{format}},{t.hour + 1}"


@pytest.mark.parametrize("name", ["HE", "Ora", "Hora", "Heure", "Hour Ending", "Hour (PST)", "hour_ending"])
def test_a_date_with_hours_from_1_to_24(load, name):
    table = load(of(f"Date,{name}", ending))
    assert table.times[0] == START + pd.Timedelta("1h")
    assert table.times[23] == START + pd.Timedelta("1D")
    assert table.frame["T"].tolist() == list(range(48))


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Date,Time", "{:%Y-%m-%d,%H%M}"),
        ("Date,Hour (PST)", "{:%-m/%-d/%Y,%H%M}"),
        ("date,time", "{:%Y%m%d,%H%M%S}"),
        ("date,time", "{:%Y%m%d,%-H%M%S}"),
        ("Year,DOY,HHMM", "{:%Y,%-j,%-H%M}"),
        ("Year,Month,Day,Time", "{:%Y,%m,%d,%H%M}"),
    ],
)
def test_a_clock_of_digits(load, header, cells):
    table = load(of(header, cells.format))
    assert table.columns == ["T"]
    assert table.times[0] == START
    assert table.times[47] == START + pd.Timedelta("47h")


def test_a_clock_of_digits_ends_a_day_with_2400(load):
    table = load(of("Date,Hour", lambda t: f"{t:%Y-%m-%d},{t.hour + 1:02}00"))
    assert table.times[23] == START + pd.Timedelta("1D")


@pytest.mark.parametrize(
    ("header", "cells", "first"),
    [
        ("time,sunrise", "{0:%Y-%m-%d},{0:%Y-%m-%d}T07:{1:02}", "2024-01-20"),
        ("sunrise,time", "{0:%Y-%m-%d}T07:{1:02},{0:%Y-%m-%d}", "2024-01-20"),
        ("Date,Last_Update", "{0:%Y-%m-%d},2024-02-01 05:22:00", "2024-01-20"),
        ("start,end,reading", "2024-01-01T00:00,2024-02-01T00:00,{0:%Y-%m-%d}T06:00", "2024-01-20 06:00"),
        ("Date,Time", "{0:%Y-%m-%d},07:00", "2024-01-20 07:00"),
        ("Date,sunset", "{0:%Y-%m-%d},16:{1:02}", "2024-01-20"),
        ("Date,sunset,Time", "{0:%Y-%m-%d},16:{1:02},07:00", "2024-01-20 07:00"),
    ],
)
def test_a_column_of_a_usual_name_or_with_even_steps_is_the_time(load, header, cells, first):
    days = [START + i * pd.Timedelta("1D") for i in range(48)]
    table = load(of(header, lambda t: cells.format(t, 50 - (t - START).days), days))
    assert table.spacing == pd.Timedelta("1D")
    assert table.times[0] == pd.Timestamp(first)


def test_a_time_beside_its_date_is_the_time(load):
    table = load(of("Date,obs_time", "{0:%Y-%m-%d},{0:%Y-%m-%d %H:%M}".format))
    assert table.spacing == pd.Timedelta("1h")


@pytest.mark.parametrize(
    ("names", "rows", "first", "last"),
    [
        ("Year,Month", [f"{1958 + n // 12},{n % 12 + 1}" for n in range(24)], "1958-01-01", "1959-12-01"),
        ("Month,Year", [f"{n % 12 + 1},{1958 + n // 12}" for n in range(24)], "1958-01-01", "1959-12-01"),
        ("Year,DOY", [f"{2023 + n // 365},{n % 365 + 1}" for n in range(425)], "2023-01-01", "2024-02-29"),
    ],
)
@pytest.mark.parametrize("given", [True, False])
def test_a_year_with_a_month_or_a_day_of_the_year(tmp_path, names, rows, first, last, given):
    path = tmp_path / "table.csv"
    path.write_text(lines(f"{names},CO2", [f"{row},{i}" for i, row in enumerate(rows)]))
    frame, _ = read_rows(Description(time=tuple(names.split(","))) if given else Description(), [path])
    assert frame.index[0] == pd.Timestamp(first)
    assert frame.index[-1] == pd.Timestamp(last)
    assert list(frame.columns) == ["CO2"]


def test_a_year_alone(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(lines("year,spots", [f"{1800 + i},{i}" for i in range(24)]))
    frame, _ = read_rows(Description(), [path])
    assert frame.index[[0, 23]].tolist() == [pd.Timestamp("1800-01-01"), pd.Timestamp("1823-01-01")]


@pytest.mark.parametrize(
    "cells",
    [
        "{:%Y-%m-%d %H:%M:%S+00}",
        "{:%Y-%m-%d %H:%M:%S.000+01}",
        "{:%Y-%m-%dT%H:%M:%S+01:00[Europe/Berlin]}",
        "{:%Y%m%dT%H%M%SZ}",
        "{:%Y%m%d %H%M%S}",
        "{:%Y%m%d:%H%M}",
        '"{:%b %d, %Y %H:%M}"',
        '"{:%B %-d, %Y %-I:%M:%S %p}"',
    ],
)
def test_a_time_in_one_column(load, cells):
    table = load(of("x", cells.format))
    assert table.times[[0, 47]].tolist() == [START, START + pd.Timedelta("47h")]
    assert table.frame["T"].tolist() == list(range(48))


def test_spans_of_time_are_not_read_as_offsets(load):
    with pytest.raises(UserError, match="no column with times that can be recognised"):
        load(of("time", lambda t: f"{t:%Y-%m-%d %H:%M}-{t + pd.Timedelta('1h'):%H:%M}"))


@pytest.mark.parametrize("offset", ["+01", "+0100", "+01:00[Europe/Berlin]", "Z"])
def test_a_midnight_without_its_time_has_no_offset(load, offset):
    table = load(of("time", lambda t: f"{t:%Y-%m-%d}" if t == START else f"{t:%Y-%m-%d %H:%M}{offset}"))
    assert table.report.facts["clock"] == ("UTC+00:00" if offset == "Z" else "UTC+01:00")


@pytest.mark.parametrize(("morning", "evening"), [("a", "p"), (" a.m.", " p.m."), ("am", "pm"), (" A. M.", " P. M.")])
def test_halves_of_the_day(load, morning, evening):
    table = load(of("Date,Time", lambda t: f"{t:%m/%d/%y,%-I:%M}{morning if t.hour < 12 else evening}"))
    assert table.times[[0, 13]].tolist() == [START, START + pd.Timedelta("13h")]


@pytest.mark.parametrize("mark", ["-", "/"])
def test_a_year_and_a_month_in_one_column(tmp_path, mark):
    path = tmp_path / "table.csv"
    path.write_text(lines("Month,passengers", [f"{1949 + n // 12}{mark}{n % 12 + 1:02},{n}" for n in range(24)]))
    frame, _ = read_rows(Description(), [path])
    assert frame.index[[0, 23]].tolist() == [pd.Timestamp("1949-01-01"), pd.Timestamp("1950-12-01")]


def test_unix_time_in_milliseconds_needs_no_name(load):
    table = load(of("x", lambda t: f"{int(t.timestamp())}000"))
    assert table.times[0] == START
    assert table.spacing == pd.Timedelta("1h")

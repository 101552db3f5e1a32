"""Times: unambiguous formats are found, others asked for; summer time is recognised where it is one."""

import numpy as np
import pandas as pd
import pytest

from foundation.user_error import UserError
from tests.tables.table_files import lines, plain, times

BERLIN = "Europe/Berlin"
APRIL, MARCH, START_DAY = pd.Timestamp("2023-04-06"), pd.Timestamp("2024-03-01"), pd.Timestamp("2024-01-20")


def local(start, rows, step="10min", zone=BERLIN):
    """The wall clock of a zone, beside the time that runs through."""
    through = pd.date_range(start, periods=rows, freq=step, tz="UTC")
    return through.tz_convert(zone).tz_localize(None), through.tz_localize(None)


def written(moments, values=None):
    values = range(len(moments)) if values is None else values
    return lines("date,T", [f"{t:%d.%m.%Y %H:%M:%S},{v}" for t, v in zip(moments, values, strict=True)])


@pytest.mark.parametrize("step", ["10min", "30min", "1h"])
def test_the_hour_that_comes_twice_in_autumn_is_recognised(load, step):
    wall, _ = local("2023-10-28 12:00", 200, step)
    table = load(written(wall))
    assert table.frame["T"].tolist() == list(range(200))
    assert table.times[0] == wall[0]
    assert not len(table.breaks)
    assert any("1 change between summer and winter time, the first on 2023-10-29" in f for f in table.report.faults)


def test_a_year_of_local_time_runs_through(load):
    wall, _ = local("2023-01-15", 9000, "1h")
    table = load(written(wall))
    assert table.frame["T"].tolist() == list(range(9000))
    assert (np.diff(table.times) == np.timedelta64(1, "h")).all()
    assert any("2 changes" in fault for fault in table.report.faults)


def test_the_zone_of_the_settings_makes_it_standard_time(load):
    wall, utc = local("2023-01-15", 9000, "1h")
    table = load(written(wall), time_zone=BERLIN)
    pd.testing.assert_index_equal(table.times, utc + pd.Timedelta("1h"), check_names=False, exact=False)
    assert table.frame["T"].tolist() == list(range(9000))


def test_with_a_zone_the_second_of_two_hours_is_found_beside_holes(load):
    wall, utc = local("2023-10-28 20:00", 100)
    keep = np.ones(100, bool)
    keep[[20, 25, 33]] = False
    table = load(written(wall[keep], np.arange(100)[keep]), time_zone=BERLIN)
    measured = ~table.filled[:, 0]
    assert table.times[measured].tolist() == (utc + pd.Timedelta("1h"))[keep].tolist()


def test_a_repeated_hour_with_the_same_values_is_no_change_of_the_clock(load):
    moments = pd.date_range("2023-10-29 00:00", periods=36, freq="10min")
    again = list(range(18)) + list(range(12, 36))
    table = load(written(moments[again], again))
    assert table.frame["T"].tolist() == list(range(36))
    assert any("6 rows repeated (dropped)" in fault for fault in table.report.faults)


def test_times_that_go_back_by_an_hour_on_another_day_are_no_change_of_the_clock(load):
    moments = pd.date_range("2023-06-13 00:00", periods=36, freq="10min")
    again = list(range(18)) + list(range(12, 36))
    table = load(written(moments[again], np.arange(42)))
    assert len(table.frame) == 36
    assert any("6 rows with another row's time and other values (the first one kept)" in f for f in table.report.faults)


def test_an_hour_missing_in_spring_is_a_doubt(load):
    wall, _ = local("2024-03-30 12:00", 200)
    table = load(written(wall))
    assert any("an hour is missing on Sunday 2024-03-31 from 02:00" in doubt for doubt in table.report.doubts)


def test_a_time_that_a_zone_lacks_is_refused(load):
    moments = pd.date_range("2024-03-30 12:00", periods=200, freq="10min")
    with pytest.raises(UserError, match=r"2024-03-31 02:00:00 does not occur in Europe/Berlin.*leave out time_zone"):
        load(written(moments), time_zone=BERLIN)


def test_offsets_that_change_are_put_on_one_clock(load):
    through = pd.date_range("2023-10-28 12:00", periods=60, freq="1h", tz="UTC")
    rows = [f"{t.tz_convert(BERLIN).isoformat()},{i}" for i, t in enumerate(through)]
    table = load(lines("date,T", rows))
    assert table.frame["T"].tolist() == list(range(60))
    assert table.times[0] == pd.Timestamp("2023-10-28 13:00")
    assert any("UTC+01:00 and UTC+02:00 (all on UTC+01:00)" in fault for fault in table.report.faults)


def test_utc_is_put_on_the_standard_time_of_a_zone(load):
    table = load(lines("date,T", [f"{t}Z,{i}" for i, t in enumerate(times("%Y-%m-%dT%H:%M:%S"))]), time_zone=BERLIN)
    assert table.times[0] == pd.Timestamp("2024-01-20 01:00")


def test_an_unknown_zone_is_refused(load):
    with pytest.raises(UserError, match="'Europe/Jena' is no time zone"):
        load(plain(), time_zone="Europe/Jena")


@pytest.mark.parametrize(("order", "step"), [("%d/%m/%Y %H:%M", "1h"), ("%m/%d/%Y %H:%M", "1h")])
def test_day_and_month_are_told_apart_by_even_steps(load, order, step):
    start = pd.Timestamp("2024-03-01")
    table = load(lines("date,T", [f"{t},{i}" for i, t in enumerate(times(order, 72, step, start))]))
    assert table.times[0] == start
    assert table.frame["T"].tolist() == list(range(72))


def test_day_and_month_are_told_apart_by_a_later_row(load):
    start = pd.Timestamp("2024-01-01")
    table = load(lines("date,T", [f"{t},{i}" for i, t in enumerate(times("%m/%d/%Y %H:%M", 600, "1h", start))]))
    assert table.times[-1] == start + pd.Timedelta("599h")


def test_a_format_in_the_settings_decides(load):
    content = lines(
        "date,T", [f"{t},{i}" for i, t in enumerate(times("%d/%m/%Y %H:%M", 24, start=pd.Timestamp("2024-03-01")))]
    )
    assert load(content, time_format="%d/%m/%Y %H:%M").times[0] == pd.Timestamp("2024-03-01")
    assert load(content, time_format="%m/%d/%Y %H:%M").times[0] == pd.Timestamp("2024-01-03")


@pytest.mark.parametrize(
    "format",
    [
        "%m/%d/%Y %I:%M %p",  # its 169th row is the first that says which is the month
        "%d.%m.%Y %H:%M",
        "%Y%m%d%H%M",
    ],
)
def test_times_in_another_format_than_that_of_the_settings_are_read_by_their_own(load, format):
    content = lines("date,T", [f"{t},{i}" for i, t in enumerate(times(format, 300, start=APRIL))])
    table = load(content, time_format="%Y-%m-%d %H:%M")
    assert table.times[0] == APRIL
    assert table.frame["T"].tolist() == list(range(300))


def test_unix_time_is_read_where_the_settings_have_another_format(load):
    content = lines("date,T", [f"{1680811200 + 3600 * i},{i}" for i in range(24)])
    assert load(content, time_format="%Y-%m-%d %H:%M").times[0] == pd.Timestamp("2023-04-06 20:00")


def test_a_format_of_the_settings_that_is_none_is_refused(load):
    with pytest.raises(UserError, match="time_format: '%Q' is no format of strptime"):
        load(plain(), time_format="%Q")


def test_an_ambiguous_time_is_not_read_as_day_first_because_the_settings_have_another_format(load):
    content = lines("date,T", [f"{t},{i}" for i, t in enumerate(times("%d/%m/%Y %H:%M", 24, start=MARCH))])
    with pytest.raises(UserError, match=r"'01/03/2024 00:00' have day or month first"):
        load(content, time_format="%Y-%m-%d %H:%M")


def test_a_single_ambiguous_time_among_others_is_refused(load):
    rows = [f"{t},{i}" for i, t in enumerate(times("%Y-%m-%d %H:%M", 48, start=MARCH))]
    with pytest.raises(UserError, match=r"line 6: '01/03/2024 04:00' in column 'date' is no time like the others"):
        load(lines("date,T", [*rows[:4], "01/03/2024 04:00,4", *rows[5:]]))


@pytest.mark.parametrize(
    ("format", "step"),
    [
        ("%y-%m-%d %H:%M", "1h"),
        ("%y/%m/%d", "1D"),
        ("%d-%m-%y %H:%M", "1h"),
        ("%m/%d/%y %H:%M", "1h"),
        ("%d.%m.%y %H:%M", "1h"),
        ("%y.%m.%d", "1D"),
    ],
)
def test_a_year_of_two_digits_has_the_place_that_gives_even_steps(load, format, step):
    table = load(lines("date,T", [f"{t},{i}" for i, t in enumerate(times(format, 96, step, START_DAY))]))
    assert table.times[0] == START_DAY
    assert table.spacing == pd.Timedelta(step)
    assert table.frame["T"].tolist() == list(range(96))


def test_a_year_of_two_digits_whose_place_no_row_tells_is_asked_for(load):
    content = lines("date,T", [f"{t},{i}" for i, t in enumerate(times("%y-%m-%d %H:%M", 24, start=START_DAY))])
    with pytest.raises(UserError, match=r"day or year first.*'%d-%m-%y %H:%M' or '%y-%m-%d %H:%M'"):
        load(content)
    assert load(content, time_format="%y-%m-%d %H:%M").times[0] == START_DAY


def test_days_first_in_some_rows_and_months_first_in_others_are_refused(load):
    with pytest.raises(UserError, match="days first in some rows and months first in others"):
        load(lines("date,T", [f"{a},{i}" for i, a in enumerate(["13/01/2024", "01/13/2024"] * 9)]))


def test_the_24th_hour_is_the_next_midnight(load):
    rows = [f"{START_DAY:%d.%m.%Y} {hour:02}:00,{hour}" for hour in range(1, 25)]
    table = load(lines("date,T", rows))
    assert table.times[-1] == START_DAY + pd.Timedelta("1D")

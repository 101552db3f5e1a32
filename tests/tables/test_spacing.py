"""Rows are put on the settings' spacing by their times, never by counting, and never from the future."""

import numpy as np
import pandas as pd
import pytest

from foundation.user_error import UserError
from tables.description import Description
from tables.read import read
from tables.spacing import span
from tests.tables.table_files import START, lines, plain


def at(moments, values=None, name="T"):
    values = range(len(moments)) if values is None else values
    return lines(f"date,{name}", [f"{t:%Y-%m-%d %H:%M:%S},{v}" for t, v in zip(moments, values, strict=True)])


def every(step, rows=300, start=START):
    return pd.date_range(start, periods=rows, freq=step)


def test_ten_minute_rows_become_hourly_ones(load):
    table = load(at(every("10min", 301)), spacing="1h")
    assert table.frame["T"].tolist() == list(range(0, 301, 6))
    assert any(
        "301 rows every 10 min became 51 rows every 1 h (the last value of each)" in f for f in table.report.faults
    )


def test_a_row_missing_in_the_middle_shifts_nothing(load):
    keep = np.delete(np.arange(300), 100)
    table = load(at(every("10min")[keep], keep), spacing="1h")
    assert table.frame["T"].tolist() == list(range(0, 300, 6))
    assert not table.filled.any()


def test_a_missing_row_on_the_step_gives_the_last_value_before_it(load):
    keep = np.delete(np.arange(300), 102)
    table = load(at(every("10min")[keep], keep), spacing="1h")
    assert table.frame["T"].iloc[17] == 101


@pytest.mark.parametrize(("step", "spacing"), [("5min", "10min"), ("7min", "10min"), ("15min", "1h"), ("30min", "1h")])
def test_rows_of_any_spacing_become_those_of_the_settings(load, step, spacing):
    moments = every(step)
    table = load(at(moments), spacing=spacing)
    assert table.spacing == pd.Timedelta(spacing)
    assert not len(table.breaks)
    for moment, value in zip(table.times[:-1], table.frame["T"].iloc[:-1], strict=True):
        assert value == np.flatnonzero(moments <= moment)[-1]


@pytest.mark.parametrize(("step", "spacing"), [("15min", "10min"), ("30min", "10min"), ("1h", "10min")])
def test_rows_that_are_too_far_apart_are_refused(load, step, spacing):
    with pytest.raises(
        UserError, match=f"has a row every {span(pd.Timedelta(step))}, and the settings want one every 10 min"
    ):
        load(at(every(step)), spacing=spacing)


def test_times_around_the_grid_are_rounded_to_it(load):
    shake = pd.to_timedelta(np.random.default_rng(1).integers(-20, 21, 300), unit="s")
    table = load(at(every("10min") + shake))
    assert table.frame["T"].tolist() == list(range(300))
    assert table.times.tolist() == every("10min").tolist()
    assert any("up to 20 s off the even grid of 10 min (rounded to it)" in fault for fault in table.report.faults)


def test_shaken_times_become_hourly_ones_without_a_shift(load):
    shake = pd.to_timedelta(np.random.default_rng(1).integers(-20, 21, 301), unit="s")
    table = load(at(every("10min", 301) + shake), spacing="1h")
    assert table.frame["T"].tolist() == list(range(0, 301, 6))


def test_a_clock_that_is_off_keeps_its_minutes(load):
    table = load(at(every("1h", 48, START + pd.Timedelta("30min"))))
    assert table.times[0].minute == 30
    assert table.frame["T"].tolist() == list(range(48))
    assert not table.report.faults


def test_for_a_forecast_the_last_row_has_a_place(load):
    table = load(at(every("10min", 300)), spacing="1h", anchor="last")
    assert table.times[-1] == every("10min", 300)[-1]
    assert table.frame["T"].iloc[-1] == 299


def test_a_mean_is_that_of_the_rows_since_the_step_before(load):
    table = load(at(every("10min", 301)), spacing="1h", resample="mean")
    assert table.frame["T"].iloc[1:].tolist() == [6 * n - 2.5 for n in range(1, 51)]


def test_a_mean_of_directions_does_not_go_the_wrong_way_round(load):
    directions = np.tile([350, 10, 355, 5, 0, 0], 50)
    table = load(at(every("10min"), directions, "wd (deg)"), spacing="1h", resample="mean", circular=["wd (deg)"])
    apart = np.abs((table.frame["wd (deg)"] + 180) % 360 - 180)
    assert len(apart) == 50
    assert apart.iloc[1:].max() < 1e-6


def test_short_holes_get_rows_and_long_ones_are_breaks(load):
    keep = np.r_[0:50, 60:100, 400:500]
    table = load(at(every("10min", 500)[keep], keep), fill="2h")
    assert len(table.frame) == 200
    assert table.filled[50:60, 0].all()
    assert table.breaks.tolist() == [100]
    text = "; ".join(table.report.faults)
    assert "10 rows missing in holes of up to 2 h (inserted)" in text
    assert "1 break in time, the longest 2 d" not in text
    assert "1 break in time, the longest" in text


def test_a_large_file_is_taken_together_while_it_is_read_and_gives_the_same(tmp_path):
    rng = np.random.default_rng(0)
    moments = every("1min", 40_000)
    moments = (moments + pd.to_timedelta(rng.integers(-3, 4, 40_000), unit="s"))[rng.random(40_000) > 0.02]
    values = np.where(rng.random(len(moments)) < 0.01, -9999, rng.normal(10, 5, len(moments)).round(2))
    content = "".join(f"{t:%Y-%m-%d %H:%M:%S},{v},{n}\n" for n, (t, v) in enumerate(zip(moments, values, strict=True)))
    (tmp_path / "a.csv").write_text("date,T,n\n" + content)
    halves = [tmp_path / "b.csv", tmp_path / "c.csv"]
    middle = content.index("\n", len(content) // 2) + 1
    for half, part in zip(halves, (content[:middle], content[middle:]), strict=True):
        half.write_text("date,T,n\n" + part)
    for how in ("last", "mean"):
        description = Description(spacing=pd.Timedelta("10min"), resample=how)
        small, whole = (read(description, [tmp_path / "a.csv"], memory=memory) for memory in (0, 2**30))
        pd.testing.assert_frame_equal(small.frame, whole.frame, rtol=1e-12)
        np.testing.assert_array_equal(small.filled, whole.filled)
        assert small.report.faults == whole.report.faults
        assert small.report.record() == whole.report.record()
        pd.testing.assert_frame_equal(read(description, halves, memory=0).frame, small.frame)


def test_a_large_file_out_of_order_is_read_whole_instead(tmp_path):
    rows = at(every("1min", 3000)).splitlines()
    (tmp_path / "a.csv").write_text("\n".join([rows[0], *rows[1500:], *rows[1:1500]]) + "\n")
    table = read(Description(spacing=pd.Timedelta("10min")), [tmp_path / "a.csv"], memory=0)
    assert table.frame["T"].tolist() == list(range(0, 3000, 10))


def test_a_duration_as_text():
    assert [span(pd.Timedelta(t)) for t in ("20s", "10min", "1h", "90min", "36h", "1D", "7min")] == [
        "20 s", "10 min", "1 h", "1.5 h", "1.5 d", "1 d", "7 min",
    ]  # fmt: skip


def test_an_even_table_is_left_as_it_is(load):
    table = load(plain(48))
    assert table.report.faults == []
    assert table.report.doubts == []


def test_a_first_row_off_the_grid_shifts_nothing(load):
    moments = [START + pd.Timedelta("3min"), *every("10min", 100, START + pd.Timedelta("10min"))]
    table = load(at(moments))
    assert table.frame["T"].tolist() == list(range(1, 101))
    assert all(moment.minute % 10 == 0 for moment in table.times)


def test_shaken_minutes_are_rounded_too(load):
    shake = pd.to_timedelta(np.random.default_rng(1).integers(-20, 21, 300), unit="s")
    table = load(at(every("1min") + shake))
    assert table.frame["T"].tolist() == list(range(300))


@pytest.mark.parametrize(
    ("step", "words"),
    [("MS", "a month apart"), ("ME", "a month apart"), ("QS", "3 months apart"), ("YS", "a year apart")],
)
@pytest.mark.parametrize("keys", [{}, {"spacing": "31d"}])
def test_rows_that_follow_the_calendar_in_months_are_refused(load, step, words, keys):
    with pytest.raises(UserError, match=rf"{words}, and .* differ in length: give .* or count the") as refusal:
        load(at(every(step, 40, pd.Timestamp("1949-01-01")).delete(7)), **keys)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("days", [28, 30, 31, 365])
def test_rows_that_are_even_in_days_are_no_months(load, days):
    table = load(at(every(f"{days}D", 40)))
    assert (table.spacing, table.frame["T"].tolist()) == (pd.Timedelta(days=days), list(range(40)))

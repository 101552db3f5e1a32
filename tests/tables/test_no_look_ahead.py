"""What a window shows depends on nothing later than its last row, and no target was filled."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tables.description import Description
from tables.filling import fill
from tables.splits import split
from tables.treat import treat

ROWS = 240
TIMES = pd.date_range("2024-01-20", periods=ROWS, freq="10min")


@st.composite
def series(draw):
    """Rows with holes of values and of rows, some times off the grid, some twice, some out of order."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = rng.normal(0, 5, (ROWS, 3)).round(2)
    for _ in range(draw(st.integers(0, 6))):
        start, length, column = rng.integers(ROWS), rng.integers(1, 40), rng.integers(3)
        values[start : start + length, column] = np.nan
    keep = rng.random(ROWS) > draw(st.sampled_from([0, 0.05, 0.3]))
    keep[:2] = True
    for _ in range(draw(st.integers(0, 2))):
        start = rng.integers(2, ROWS)
        keep[start : start + rng.integers(1, 60)] = False
    values[0] = 0
    times = TIMES + pd.to_timedelta(rng.integers(-20, 21, ROWS) * draw(st.booleans()), unit="s")
    return pd.DataFrame(values, index=times, columns=["a", "b", "wd"])[keep]


settings_ = st.builds(
    Description,
    spacing=st.sampled_from([pd.Timedelta("10min"), pd.Timedelta("30min"), None]),
    resample=st.sampled_from(["last", "mean"]),
    fill=st.sampled_from([pd.Timedelta("30min"), pd.Timedelta("3h")]),
    circular=st.sampled_from([(), ("wd",)]),
)


@given(series(), settings_, st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_changing_later_values_leaves_earlier_rows_unchanged(frame, description, seed):
    rng = np.random.default_rng(seed)
    before = treat(frame, description)
    cut = frame.index[rng.integers(2, len(frame))]
    later = frame.index > cut + pd.Timedelta("20s")
    changed = frame.copy()
    changed[later] = np.where(rng.random(changed[later].shape) < 0.3, np.nan, rng.normal(0, 5, changed[later].shape))
    after = treat(changed, description)
    rows = before.times <= cut
    np.testing.assert_array_equal(before.values[rows], after.values[after.times <= cut])
    np.testing.assert_array_equal(before.filled[rows], after.filled[after.times <= cut])


@given(series(), settings_, st.booleans(), st.integers(0, 5))
@settings(max_examples=100, deadline=None)
def test_windows_show_the_past_and_their_targets_were_measured(frame, description, whole_horizon, delay):
    table = treat(frame, description)
    if len(table.frame) < 60:
        return
    ahead = {"horizon": delay + 1} if whole_horizon else {"delay": delay}
    ends = {"train_end": 0.6, "validation_end": 0.8, "lookback": 4, "step": 2}
    try:
        splits = split(table, ["a", "b"], **ends, **ahead)
    except Exception as refusal:
        assert "hold no window" in str(refusal)
        return
    measured = ~table.filled[:, :2] & np.isfinite(table.values[:, :2])
    for windows in (splits.training, splits.validation, splits.test):
        samples, answers = windows.samples(windows.rows), windows.answers(windows.rows)
        assert np.isfinite(samples).all()
        assert np.isfinite(answers).all()
        rows = windows.rows[:, None] + windows.ahead
        assert measured[rows].all()
        assert (windows.rows[:, None] + windows.offsets).max() < rows.min(axis=1).max() + 1
        expected = splits.normaliser(table.values)[rows][:, :, :2]
        np.testing.assert_array_equal(answers if whole_horizon else answers[:, None], expected)


@given(st.integers(0, 2**32 - 1), st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_filling_holds_the_last_value_for_the_limit(seed, limit):
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((80, 2)) < 0.5, np.nan, rng.normal(size=(80, 2)))
    breaks = np.sort(rng.choice(np.arange(1, 80), 3, replace=False))
    mended = values.copy()
    filled = fill(mended, limit, breaks)
    for column in range(2):
        held, since = np.nan, limit + 1
        for row in range(80):
            if row in breaks:
                held = np.nan
            if not np.isnan(values[row, column]):
                held, since = values[row, column], 0
                assert not filled[row, column]
                continue
            since += 1
            expected = held if since <= limit else np.nan
            np.testing.assert_equal(mended[row, column], expected)
            assert filled[row, column] == np.isfinite(expected)


def test_a_hole_before_a_jump_shows_nothing_of_it():
    values = np.r_[np.zeros(100), np.full(50, np.nan), np.full(90, 100.0)]
    table = treat(pd.DataFrame({"T": values}, index=TIMES), Description())
    assert (table.frame["T"].iloc[:150] == 0).all()
    assert table.filled[100:150, 0].all()


def test_a_hole_longer_than_a_day_is_filled_for_a_day():
    values = np.r_[np.zeros(20), np.full(200, np.nan), np.ones(20)]
    table = treat(pd.DataFrame({"T": values}, index=TIMES), Description())
    assert table.filled[:, 0].sum() == 144
    assert np.isnan(table.frame["T"].iloc[164:220]).all()


def test_a_direction_is_not_filled_across_south():
    values = np.r_[np.full(100, 350.0), np.full(10, np.nan), np.full(130, 10.0)]
    table = treat(pd.DataFrame({"wd": values}, index=TIMES), Description(circular=("wd",)))
    assert set(table.frame["wd"]) == {350.0, 10.0}

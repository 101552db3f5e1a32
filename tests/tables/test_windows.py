"""The windowed generator against the deck's, written plainly here, one window at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.user_error import UserError
from tables.windows import Windows

SERIES = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)


def deck_windows(data, lookback, delay, min_index, max_index, step):
    """Each window and target in time order: row by row, index by index."""
    for row in range(min_index + lookback, max_index - delay):
        samples = [data[i] for i in range(row - lookback, row, step)]
        yield row, np.array(samples), data[row + delay][1]


protocols = st.tuples(
    st.integers(1, 40), st.integers(0, 30), st.integers(0, 50), st.integers(150, 400), st.integers(1, 9)
)


@given(protocols)
@settings(max_examples=60, deadline=None)
def test_windows_are_the_decks(protocol):
    lookback, delay, low, high, step = protocol
    step = min(step, lookback)
    windows = Windows(SERIES, lookback, delay, None, low, high, targets=(1,), step=step, batch_size=7)
    expected = list(deck_windows(SERIES, lookback, delay, low, high, step))
    rows = np.concatenate(list(windows.batches()))
    np.testing.assert_array_equal(rows, [row for row, _, _ in expected])
    np.testing.assert_array_equal(windows.samples(rows), np.array([samples for _, samples, _ in expected]))
    np.testing.assert_array_equal(windows.answers(rows)[:, 0], [target for _, _, target in expected])
    assert windows.samples(rows).shape[1] == len(windows.offsets)


@given(protocols)
@settings(max_examples=30, deadline=None)
def test_no_window_or_target_leaves_its_split(protocol):
    lookback, delay, low, high, step = protocol
    step = min(step, lookback)
    windows = Windows(SERIES, lookback, delay, None, low, high, targets=(1,), step=step)
    touched = windows.rows[:, None] + np.array([-lookback, delay])
    assert touched.min() == low
    assert touched.max() == high - 1


def test_without_max_index_the_last_row_is_a_target():
    windows = Windows(SERIES, 10, 5)
    assert windows.rows[-1] + 5 == len(SERIES) - 1


def test_an_epoch_has_every_window_once_and_a_short_last_batch():
    windows = Windows(SERIES, 10, 5, shuffle=True, batch_size=50)
    batches = list(windows.batches(epoch=3))
    assert [len(batch) for batch in batches] == [50] * 7 + [35]
    assert sorted(np.concatenate(batches)) == list(windows.rows)


def test_epochs_of_counted_steps_pass_over_every_window_before_any_comes_again():
    windows = Windows(SERIES, 10, 5, shuffle=True, batch_size=50)
    drawn = np.concatenate([rows for epoch in range(9) for rows in windows.batches(epoch, steps=4)])
    count = len(windows)
    assert len(drawn) == 9 * 4 * 50
    for first in range(0, len(drawn) - count + 1, count):
        assert sorted(drawn[first : first + count]) == list(windows.rows)


def test_draws_come_from_seed_and_epoch_alone():
    def epoch(seed, number):
        return np.concatenate(list(Windows(SERIES, 10, 5, shuffle=True, seed=seed).batches(number, steps=2))).tolist()

    assert epoch(1, 5) == epoch(1, 5)
    assert epoch(1, 5) != epoch(1, 6)
    assert epoch(1, 5) != epoch(2, 5)


@given(st.sets(st.integers(1, 399), max_size=8))
@settings(max_examples=40, deadline=None)
def test_no_window_spans_a_break(breaks):
    lookback, delay = 12, 6
    expected = [
        row
        for row in range(lookback, len(SERIES) - delay)
        if not any(row - lookback < cut <= row + delay for cut in breaks)
    ]
    windows = Windows(SERIES, lookback, delay, breaks=np.array(sorted(breaks), np.int64))
    assert windows.rows.tolist() == expected


def test_a_split_too_short_for_a_window_is_a_mistake():
    with pytest.raises(UserError, match="hold no window of lookback 300 and delay 144"):
        Windows(SERIES, 300, 144)


def test_what_stands_in_the_way_of_windows_is_counted():
    filled = np.zeros((60, 1), bool)
    filled[[1, 7, 50]] = True
    data = np.zeros((60, 1), "float32")
    data[[3, 11]] = np.nan
    with pytest.raises(UserError, match=r"a missing value or a filled target \(they have 4, 2 and 2\)"):
        Windows(data, 5, horizon=3, max_index=24, breaks=np.array([5, 10, 15, 20, 30]), filled=filled)


@pytest.mark.parametrize(
    "keys", [{"lookback": 10**20, "delay": 1}, {"lookback": 5, "horizon": 10**20}, {"lookback": 5, "delay": 10**20}]
)
def test_windows_larger_than_any_series_are_refused_at_once(keys):
    with pytest.raises(UserError, match="hold no window"):
        Windows(SERIES, **keys)


def test_a_step_longer_than_the_window_is_refused():
    with pytest.raises(UserError, match="no whole step of 1000 rows fits into a lookback of 7"):
        Windows(SERIES, 7, 1, step=1000)


@given(st.integers(1, 30), st.integers(1, 20), st.integers(1, 5), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_horizon_is_the_next_rows(lookback, horizon, step, reach_back):
    step = min(step, lookback)
    windows = Windows(SERIES, lookback, None, horizon, 100, 200, step=step, targets=(2, 0), reach_back=reach_back)
    first = 100 if reach_back else 100 + lookback
    assert windows.rows.tolist() == list(range(first, 200 - horizon + 1))
    answers = windows.answers(windows.rows)
    assert answers.shape == (len(windows), horizon, 2)
    for row, answer in zip(windows.rows, answers, strict=True):
        np.testing.assert_array_equal(answer, SERIES[row : row + horizon][:, [2, 0]])


def test_a_horizon_of_all_columns_is_the_series_itself():
    windows = Windows(SERIES, 5, horizon=4, targets=(0, 1, 2))
    np.testing.assert_array_equal(windows.answers(windows.rows[:2])[1], SERIES[6:10])


def test_windows_that_reach_back_have_every_target_of_the_split_once():
    windows = Windows(SERIES, 20, 7, None, 100, 200, reach_back=True)
    assert (windows.rows + 7).tolist() == list(range(100, 200))


@pytest.mark.parametrize("step", [1, 3, 6])
def test_windows_with_a_missing_sample_or_an_unknown_target_are_left_out(step):
    rng = np.random.default_rng(0)
    data = np.where(rng.random((300, 2)) < 0.01, np.nan, 1).astype(np.float32)
    filled = rng.random((300, 1)) < 0.05
    windows = Windows(data, 19, horizon=3, step=step, targets=(1,), filled=filled)
    expected = [
        row
        for row in range(19, 298)
        if np.isfinite(data[row - 19 : row : step]).all()
        and np.isfinite(data[row : row + 3, 1]).all()
        and not filled[row : row + 3].any()
    ]
    assert windows.rows.tolist() == expected


@pytest.mark.parametrize("keys", [{}, {"delay": 1, "horizon": 2}, {"horizon": 0}, {"delay": -1}])
def test_windows_need_a_delay_or_a_horizon(keys):
    with pytest.raises(UserError, match=r"give one of them|must be 1 or more"):
        Windows(SERIES, 5, **keys)

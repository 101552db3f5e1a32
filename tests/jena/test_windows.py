"""The generator of windows, compared with a plain version of the deck's, one window at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.user_error import UserError
from jena.windows import Windows

SERIES = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)


def deck_windows(data, lookback, delay, min_index, max_index, step):
    """Yields each row with its window and target, in the order of time."""
    for row in range(min_index + lookback, max_index - delay):
        samples = [data[i] for i in range(row - lookback, row, step)]
        yield row, np.array(samples), data[row + delay][1]


protocols = st.tuples(
    st.integers(1, 40), st.integers(0, 30), st.integers(0, 50), st.integers(150, 400), st.integers(1, 9)
)


@given(protocols)
@settings(max_examples=60, deadline=None)
def test_windows_are_those_of_the_deck(protocol):
    lookback, delay, low, high, step = protocol
    windows = Windows(SERIES, lookback, delay, low, high, step=step, batch_size=7)
    expected = list(deck_windows(SERIES, lookback, delay, low, high, step))
    rows = np.concatenate(list(windows.batches()))
    np.testing.assert_array_equal(rows, [row for row, _, _ in expected])
    np.testing.assert_array_equal(windows.samples(rows), np.array([samples for _, samples, _ in expected]))
    np.testing.assert_array_equal(windows.targets(rows)[:, 0], [target for _, _, target in expected])
    assert windows.samples(rows).shape[1] == len(windows.offsets)


@given(protocols)
@settings(max_examples=30, deadline=None)
def test_no_window_or_target_leaves_its_split(protocol):
    lookback, delay, low, high, step = protocol
    windows = Windows(SERIES, lookback, delay, low, high, step=step)
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


def test_epochs_of_counted_steps_use_every_window_before_any_is_used_again():
    windows = Windows(SERIES, 10, 5, shuffle=True, batch_size=50)
    drawn = np.concatenate([rows for epoch in range(9) for rows in windows.batches(epoch, steps=4)])
    count = len(windows)
    assert len(drawn) == 9 * 4 * 50
    for first in range(0, len(drawn) - count + 1, count):
        assert sorted(drawn[first : first + count]) == list(windows.rows)


def test_batches_depend_only_on_seed_and_epoch():
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


def test_a_split_too_short_for_a_window_is_an_error():
    with pytest.raises(UserError, match="have no window of lookback 300 and delay 144"):
        Windows(SERIES, 300, 144)

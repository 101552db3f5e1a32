"""Windows on streams of text against the paper's, written plainly here, one symbol at a time."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from foundation.user_error import UserError
from sequences.streams import Streams
from sequences.task import UNSCORED


def plain_windows(symbols, count, history, scored):
    """Each window: for each stream what is shown, and what is to be predicted after the warming up."""
    length = len(symbols) // count
    streams = [symbols[i * length : (i + 1) * length] for i in range(count)]
    for start in range(0, length - 1, scored):
        if start + history >= length - 1:
            continue
        stop = min(start + history + scored, length - 1)
        yield (
            [stream[start:stop] for stream in streams],
            [[stream[i + 1] for i in range(start + history, stop)] for stream in streams],
        )


protocols = st.tuples(st.integers(2, 300), st.integers(1, 6), st.integers(0, 12), st.integers(1, 12))


@given(protocols)
@settings(max_examples=150, deadline=None)
def test_windows_are_the_paper_s(protocol):
    length, count, history, scored = protocol
    assume(length // count - 1 - history > 0)
    symbols = list(range(100, 100 + length))
    streams = Streams(np.array(symbols, np.uint16), count, history, scored)
    found, expected = list(streams.windows()), list(plain_windows(symbols, count, history, scored))
    assert len(found) == len(expected) == len(streams)
    for (x, y), (shown, wanted) in zip(found, expected, strict=True):
        assert (x.dtype, y.dtype) == (np.int32, np.int32)
        assert (x.shape, y.shape) == ((count, history + scored), (count, scored))
        padding = history + scored - len(shown[0])
        assert x.tolist() == [row + [0] * padding for row in shown]
        assert y.tolist() == [row + [UNSCORED] * padding for row in wanted]
    x, y = streams.whole()
    assert x.tolist() == [row for x, _ in found for row in x.tolist()]
    assert y.tolist() == [row for _, y in found for row in y.tolist()]


@given(protocols)
@settings(max_examples=60, deadline=None)
def test_each_symbol_after_the_first_history_is_predicted_once(protocol):
    length, count, history, scored = protocol
    assume(length // count - 1 - history > 0)
    _, y = Streams(np.arange(length), count, history, scored).whole()
    own = length // count
    expected = [i * own + j for i in range(count) for j in range(history + 1, own)]
    assert sorted(y[y != UNSCORED].tolist()) == expected


@pytest.mark.parametrize(("length", "fits"), [(41, False), (42, True), (81, True)])
def test_a_text_too_short_for_a_window_is_a_mistake(length, fits):
    if fits:
        assert len(Streams(np.zeros(length, int), 1, 40, 40)) == 1
    else:
        with pytest.raises(UserError, match="41 symbols is too short for 1 streams"):
            Streams(np.zeros(length, int), 1, 40, 40)
    with pytest.raises(UserError, match="too short"):
        Streams(np.zeros(0, int), 3, 0, 1)


def test_the_windows_of_penn_treebank_by_hand():
    """929,589 words in 16 streams: 58,099 each, (58,099 − 1 − 40) / 40 = 1,451.45 windows."""
    assert len(Streams(np.zeros(929_589, np.uint8), 16, 40, 40)) == 1_452

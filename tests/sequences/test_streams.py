"""Windows of streams, compared with a plain version of the paper's, one symbol at a time."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from foundation.user_error import UserError
from sequences.streams import Streams
from sequences.task import UNSCORED


def plain_windows(symbols, count, context, targets):
    """Each window: the inputs and the targets of each stream."""
    length = len(symbols) // count
    streams = [symbols[i * length : (i + 1) * length] for i in range(count)]
    for start in range(0, length - 1, targets):
        if start + context >= length - 1:
            continue
        stop = min(start + context + targets, length - 1)
        yield (
            [stream[start:stop] for stream in streams],
            [[stream[i + 1] for i in range(start + context, stop)] for stream in streams],
        )


protocols = st.tuples(st.integers(2, 300), st.integers(1, 6), st.integers(0, 12), st.integers(1, 12))


@given(protocols)
@settings(max_examples=150, deadline=None)
def test_windows_are_those_of_the_paper(protocol):
    length, count, context, targets = protocol
    assume(length // count - 1 - context > 0)
    symbols = list(range(100, 100 + length))
    streams = Streams(np.array(symbols, np.uint16), count, context, targets)
    windows, expected = list(streams.windows()), list(plain_windows(symbols, count, context, targets))
    assert len(windows) == len(expected) == len(streams)
    for (x, y), (shown, wanted) in zip(windows, expected, strict=True):
        assert (x.dtype, y.dtype) == (np.int32, np.int32)
        assert (x.shape, y.shape) == ((count, context + targets), (count, targets))
        padding = context + targets - len(shown[0])
        assert x.tolist() == [row + [0] * padding for row in shown]
        assert y.tolist() == [row + [UNSCORED] * padding for row in wanted]
    x, y = streams.whole()
    assert x.tolist() == [row for x, _ in windows for row in x.tolist()]
    assert y.tolist() == [row for _, y in windows for row in y.tolist()]


@given(protocols)
@settings(max_examples=60, deadline=None)
def test_each_symbol_after_the_first_context_is_predicted_once(protocol):
    length, count, context, targets = protocol
    assume(length // count - 1 - context > 0)
    _, y = Streams(np.arange(length), count, context, targets).whole()
    own = length // count
    expected = [i * own + j for i in range(count) for j in range(context + 1, own)]
    assert sorted(y[y != UNSCORED].tolist()) == expected


@pytest.mark.parametrize(("length", "fits"), [(41, False), (42, True), (81, True)])
def test_a_text_too_short_for_a_window_is_an_error(length, fits):
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

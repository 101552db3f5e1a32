"""Copy memory, compared with its definition one symbol at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sequences import copy_memory


@given(st.integers(1, 60), st.integers(1, 70), st.integers(1, 40), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_the_targets_are_the_symbols_after_the_pause(length, training, batch_size, seed):
    task = copy_memory.load(length=length, training=training, validation=3, test=2, batch_size=batch_size, seed=seed)
    batches = [*task.training(0), *task.validation, *task.test]
    assert task.steps_per_epoch == len(batches) - 2
    for x, y in batches:
        assert (x.dtype, y.dtype) == (np.float32, np.int32)
        for shown, wanted in zip(x[..., 0].tolist(), y.tolist(), strict=True):
            symbols = shown[:10]
            assert set(symbols) <= {1, 2, 3, 4, 5, 6, 7, 8}
            assert shown == symbols + [0] * (length - 1) + [9] * 11
            assert wanted == [0] * (length + 10) + symbols


@pytest.mark.parametrize("length", [1, 7, 500, 1_000])
def test_without_memory_the_loss_is_ten_ln_eight_over_the_positions(length):
    task = copy_memory.load(length=length, training=1, validation=50, test=1)
    _, y = task.validation[0]
    likely = np.zeros((length + 20, 10))  # the best probabilities of a model without memory
    likely[:-10, 0] = 1
    likely[-10:, 1:9] = 1 / 8
    losses = [-np.log(likely[position, symbol]) for wanted in y for position, symbol in enumerate(wanted)]
    assert np.mean(losses) == pytest.approx(10 * np.log(8) / (length + 20), rel=1e-12)
    assert task.baseline == pytest.approx(np.mean(losses), rel=1e-12)


def test_all_symbols_are_equally_frequent():
    _, y = copy_memory.load(length=1, training=1, test=1, validation=10_000).validation[0]
    assert np.bincount(y[:, -10:].ravel())[1:] / 1e5 == pytest.approx(np.full(8, 1 / 8), abs=0.005)


def test_the_default_sizes_are_those_of_the_paper():
    task = copy_memory.load()
    assert task.counts == {"examples": {"training": 10_000, "validation": 1_000, "test": 1_000}}
    assert next(task.training(0))[0].shape == (32, 1_020, 1)
    assert task.baseline == pytest.approx(0.0204, abs=5e-5)
    assert (task.inputs, task.outputs) == (1, copy_memory.CODES) == (1, copy_memory.SYMBOLS + 2)

"""The adding problem, compared with its definition one sequence at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.user_error import UserError
from sequences import adding


@given(st.integers(2, 50), st.integers(1, 100), st.integers(1, 40), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_the_target_is_the_sum_of_the_two_marked_numbers(length, training, batch_size, seed):
    task = adding.load(length=length, training=training, validation=3, test=2, batch_size=batch_size, seed=seed)
    batches = [*task.training(0), *task.validation, *task.test]
    assert task.steps_per_epoch == len(batches) - 2
    assert sum(len(x) for x, _ in batches) == training + 5
    for x, y in batches:
        assert x.dtype == y.dtype == np.float32
        assert (x.shape[1:], y.shape[1:]) == ((length, 2), (1,))
        for sequence, target in zip(x, y, strict=True):
            marked = [number for number, mark in sequence if mark == 1]
            assert len(marked) == 2
            assert {mark for _, mark in sequence} <= {0, 1}
            assert all(0 <= number < 1 for number, _ in sequence)
            assert target[0] == pytest.approx(sum(marked))


def test_any_two_places_are_marked_equally_often():
    x, _ = adding.load(length=10, training=1, test=1, validation=20_000).validation[0]
    places = x[..., 1].sum(axis=0)
    assert places == pytest.approx(np.full(10, 4_000), abs=4 * np.sqrt(20_000 * 0.2 * 0.8))
    halves = x[:, :5, 1].sum(axis=1)  # both in one half: 2 · (5 · 4) / (10 · 9) of them
    assert np.mean(halves != 1) == pytest.approx(4 / 9, abs=0.02)


def test_always_predicting_one_has_a_loss_of_a_sixth():
    task = adding.load(length=5, training=50_000, validation=1, test=1)
    sums = np.concatenate([y for _, y in task.training(0)])
    assert np.mean((sums - 1) ** 2) == pytest.approx(1 / 6, abs=0.005)
    assert task.baseline == 1 / 6


def test_the_default_sizes_are_those_of_the_paper():
    task = adding.load()
    assert task.counts == {"examples": {"training": 50_000, "validation": 1_000, "test": 1_000}}
    assert task.steps_per_epoch == 1_563
    assert next(task.training(0))[0].shape == (32, 600, 2)


def test_a_sequence_too_short_for_two_marks_is_an_error():
    with pytest.raises(UserError, match="length 1 is too short for two marked numbers"):
        adding.load(length=1)

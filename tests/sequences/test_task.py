"""Properties of every task: epochs, digests, metrics."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequences import adding, copy_memory
from sequences.task import fingerprint, shuffled


@given(st.integers(1, 200), st.integers(1, 50), st.integers(0, 5), st.integers(0, 5))
def test_an_epoch_has_every_row_once(count, batch_size, seed, epoch):
    batches = list(shuffled(count, batch_size, seed, epoch))
    assert sorted(np.concatenate(batches)) == list(range(count))
    assert {len(rows) for rows in batches[:-1]} <= {batch_size}
    again = list(shuffled(count, batch_size, seed, epoch))
    assert all((a == b).all() for a, b in zip(batches, again, strict=True))


@pytest.mark.parametrize("load", [adding.load, copy_memory.load])
def test_batches_depend_only_on_seed_and_epoch(load):
    def epoch(seed, number):
        task = load(length=20, training=100, validation=10, test=10, seed=seed)
        return task.fingerprint, [(x.tolist(), y.tolist()) for x, y in task.training(number)]

    assert epoch(1, 5) == epoch(1, 5)
    assert epoch(1, 5)[0] == epoch(1, 6)[0] != epoch(2, 5)[0]
    assert epoch(1, 5)[1] != epoch(1, 6)[1]


@pytest.mark.parametrize("load", [adding.load, copy_memory.load])
def test_parts_share_no_examples(load):
    task = load(length=20, training=64, validation=64, test=64)
    x = np.concatenate([*(x for x, _ in task.training(0)), task.validation[0][0], task.test[0][0]])
    assert len(np.unique(x.reshape(len(x), -1), axis=0)) == 3 * 64


def test_a_metric_follows_from_the_loss():
    def score(metric, loss):
        task = adding.load(length=2, training=1, validation=1, test=1)
        return type(task)(**{**vars(task), "metric": metric}).score(loss)

    assert score("perplexity", np.log(10_000)) == pytest.approx(10_000)
    assert score("bpc", np.log(32)) == pytest.approx(5)  # 32 equally likely symbols: five bits
    assert score("nll", 8.1) == 8.1


def test_a_fingerprint_depends_on_values_dtype_and_shape():
    zeros = np.zeros((2, 3), np.int32)
    different = [zeros, zeros + 1, zeros.T, zeros.astype(np.float32), zeros.ravel()]
    assert len({fingerprint(array) for array in different}) == len(different)
    assert fingerprint(zeros) == fingerprint(np.zeros((4, 3), np.int32)[::2])


def test_a_record_is_json_and_a_description_names_the_data():
    task = adding.load(length=30, training=70, validation=20, test=10, seed=3)
    assert json.loads(json.dumps(task.record))["counts"]["examples"] == {"training": 70, "validation": 20, "test": 10}
    text = "\n".join(task.describe())
    for words in ("adding", "training 70", "3 batches", "(32, 30, 2)", "mse", "0.1667", "seed 3"):
        assert words in text

"""The experiments on recurrence: what they compute, and what the command line says about them."""

import dataclasses
import json
import re

import numpy as np
import pytest

from experiments import loading
from experiments.recurrence import _gradients, _store_and_recall, _unrolled_picture
from experiments.recurrence._gradient_networks import examples
from foundation.user_error import UserError
from lab.settings import resolve
from recurrence.lstm import LSTM
from recurrence.simple_rnn import SimpleRNN


def settings(name, *flags, profiles=()):
    return resolve(name, loading.experiment(name).Config, profiles, flags)


def test_the_command_line_says_what_a_picture_shows_and_when_it_is_complete(forks, tmp_path):
    printed = forks.succeed(tmp_path, "run", "recurrence/unrolled")
    (folder,) = (tmp_path / "recurrence/unrolled").iterdir()
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["summary"] in printed
    assert "recurrence/unrolled is complete" in forks.succeed(tmp_path, "run", "recurrence/unrolled")
    assert re.search(r"^recurrence/unrolled +complete", forks.succeed(tmp_path, "list"), re.MULTILINE)
    assert forks.succeed(tmp_path, "compare", "recurrence").count("\n") == 1
    for words, error in (
        (("forecast", str(folder), "--csv", "any.csv"), "error: runs of recurrence can't forecast\n"),
        (("data", "recurrence"), "error: this group has no data of its own to show\n"),
    ):
        assert forks.command(tmp_path, *words) == (2, "", error)


@pytest.mark.parametrize("seed", range(4))
def test_simple_rnn_falls_a_million_times_more_than_lstm(seed):
    config = settings("recurrence/vanishing_gradient")
    assert config.timesteps == 200
    rng = np.random.default_rng(seed)
    sequences, _ = examples(rng, 8, config.timesteps + 1, marked=0)
    head = rng.standard_normal(config.units)
    falls = [
        _gradients.fall(_gradients.along(recurrence, head, sequences))
        for recurrence in (
            SimpleRNN.initialise(2, config.units, rng, recurrent_scale=config.small),
            LSTM.initialise(2, config.units, rng),
            LSTM.initialise(2, config.units, rng, forget_bias=config.open_bias),
        )
    ]
    assert falls[0] >= 1e6 * falls[1]
    assert falls[1] >= 1e6 * falls[2]


def test_the_gradient_along_time_is_that_of_a_changed_state():
    # the prediction's derivative by the state at t, by finite differences of a run that starts there
    rng = np.random.default_rng(0)
    rnn, head = SimpleRNN.initialise(2, 4, rng), rng.standard_normal(4)
    sequences, _ = examples(rng, 1, 6, marked=0)
    states = rnn.forward(sequences).h
    steps = 1e-6 * np.eye(4)
    ahead = [rnn.forward(sequences[0, 1:], states[0, 0] + step).h[-1] @ head for step in steps]
    behind = [rnn.forward(sequences[0, 1:], states[0, 0] - step).h[-1] @ head for step in steps]
    slope = np.linalg.norm((np.array(ahead) - behind) / 2e-6) / np.linalg.norm(head)
    assert _gradients.along(rnn, head, sequences)[0] == pytest.approx(slope, rel=1e-6)


def test_a_gradient_beyond_numbers_is_one_line():
    rnn = SimpleRNN(np.zeros((2, 2)), 10 * np.eye(2), np.zeros(2))  # at rest, each timestep makes it ten times larger
    assert _gradients.along(rnn, np.ones(2), np.zeros((1, 101, 2)))[0] == pytest.approx(1e100)
    with pytest.raises(UserError, match="over 400 timesteps a gradient grows beyond what a number can hold"):
        _gradients.along(rnn, np.ones(2), np.zeros((1, 401, 2)))


def test_clipping_bounds_the_norm_and_keeps_the_direction():
    config = dataclasses.replace(
        settings("recurrence/vanishing_gradient", profiles=["quick"]), training_steps=100, units=16, descent_updates=10
    )
    found = _gradients.descend(config, config.clip_norm)
    assert found["norm"].max() > config.clip_norm
    assert found["applied"].max() <= config.clip_norm * (1 + 1e-12)
    free = _gradients.descend(config, None)
    assert (free["applied"] == free["norm"]).all()
    gradient = {"U": np.array([[3.0, 0.0]]), "b": np.array([4.0])}
    assert _gradients.clipped(gradient, 1.0)["U"] == pytest.approx(np.array([[0.6, 0.0]]))
    assert _gradients.clipped(gradient, 6.0)["b"] == pytest.approx(np.array([4.0]))


def test_the_gates_are_the_keras_network_s():
    import keras

    config = settings("recurrence/gates", "--units", "3", "--timesteps", "12")
    keras.utils.set_random_seed(0)
    network = _store_and_recall.build(12, 3)
    sequences, _ = _store_and_recall.examples(
        np.random.default_rng(0), 4, 12, config.store_chance, config.recall_chance
    )
    trace, answers = _store_and_recall.through_numpy(network, sequences)
    assert answers == pytest.approx(keras.ops.convert_to_numpy(network(sequences)), abs=1e-5)
    by_hand = np.mean([trace.f[b, t] for b in range(4) for t in range(12) if sequences[b, t, 1]])
    assert _store_and_recall.gate_means(trace)["forget gate"]["then"] == pytest.approx(by_hand)


def test_an_answer_is_the_number_stored_last():
    config = settings("recurrence/gates")
    sequences, answers = _store_and_recall.examples(
        np.random.default_rng(0), 5, config.timesteps, config.store_chance, config.recall_chance
    )
    for (numbers, stores, recalls), answer in zip(sequences.transpose(0, 2, 1), answers[..., 0], strict=True):
        for t in range(config.timesteps):
            stored = [numbers[s] for s in range(t + 1) if stores[s]]
            assert answer[t] == (stored[-1] if recalls[t] and stored else 0)


def test_the_unrolled_numbers_add_up():
    rnn = SimpleRNN.initialise(1, 2, np.random.default_rng(0))
    trace = rnn.forward([[0.5], [-1.0]])
    assert np.tanh(_unrolled_picture.sums(rnn, trace)) == pytest.approx(trace.h)

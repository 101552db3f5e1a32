"""The paper's tasks and models as a user runs them, and what they are trained and judged on."""

import dataclasses
import itertools
import json

import keras
import numpy as np
import pandas as pd
import pytest
import yaml

from experiments import catalogue, loading
from experiments.sequences import _problem, _scores
from experiments.sequences._table import MODELS
from lab.settings import entry, resolve
from sequences import copy_memory
from sequences.task import UNSCORED

SMALL = ["--length", "12", "--units", "4", "--layers", "2", "--epochs", "2", "--steps-per-epoch", "3"]
PLAIN = ["--jit-compile", "false", "--batch-size", "8", "--evaluation-batch", "500"]


def build(name, *flags):
    module = loading.experiment(name)
    return module.build(resolve(name, module.Config, [], flags))


def tcn(inputs, units, kernel, levels, outputs):
    weights = sum(kernel * width * units + 2 * units for width in (inputs, *[units] * (2 * levels - 1)))
    return weights + (inputs + 1) * units + (units + 1) * outputs


def lstm(inputs, units, layers, outputs):
    return sum(4 * units * (width + units + 1) for width in (inputs, *[units] * (layers - 1))) + (units + 1) * outputs


def gru(inputs, units, layers, outputs):
    each = (3 * units * (width + units) + 6 * units for width in (inputs, *[units] * (layers - 1)))
    return sum(each) + (units + 1) * outputs


def rnn(inputs, units, layers, outputs):
    return sum(units * (width + units + 1) for width in (inputs, *[units] * (layers - 1))) + (units + 1) * outputs


PARAMETERS = {
    ("adding", "tcn"): 70_369,
    ("adding", "lstm"): lstm(2, 130, 1, 1),
    ("adding", "gru"): gru(2, 151, 1, 1),
    ("adding", "rnn"): rnn(2, 263, 1, 1),
    ("copy_memory", "tcn"): 12_530,
    ("copy_memory", "lstm"): lstm(1, 50, 1, 10),
    ("copy_memory", "gru"): gru(1, 62, 1, 10),
    ("copy_memory", "rnn"): rnn(1, 106, 1, 10),
    ("jsb_chorales", "tcn"): tcn(88, 150, 3, 2, 88),
    ("jsb_chorales", "lstm"): lstm(88, 200, 2, 88),
    ("jsb_chorales", "gru"): gru(88, 163, 2, 88),
    ("jsb_chorales", "rnn"): rnn(88, 287, 2, 88),
    ("nottingham", "tcn"): tcn(88, 150, 6, 4, 88),
    ("nottingham", "lstm"): lstm(88, 500, 1, 88),
    ("nottingham", "gru"): gru(88, 520, 1, 88),
    ("nottingham", "rnn"): rnn(88, 915, 1, 88),
    **{
        (task, model): count
        for task in ("sequential_mnist", "permuted_mnist")
        for model, count in {
            "tcn": 66_910,
            "lstm": lstm(1, 130, 1, 10),
            "gru": gru(1, 150, 1, 10),
            "rnn": rnn(1, 258, 1, 10),
        }.items()
    },
}


@pytest.mark.parametrize(("task", "model"), PARAMETERS, ids="-".join)
def test_a_model_has_the_parameters_that_its_layers_need(task, model):
    network = build(f"sequences/{task}", "--model", model)
    assert network.count_params() == PARAMETERS[task, model]


@pytest.mark.parametrize(
    ("task", "model", "size"),
    [("adding", m, 70e3) for m in ("tcn", "lstm", "gru", "rnn")]
    + [("sequential_mnist", m, 70e3) for m in ("tcn", "lstm", "gru", "rnn")]
    + [("jsb_chorales", m, 300e3) for m in ("gru", "rnn")]
    + [("nottingham", m, 1e6) for m in ("gru", "rnn")],
)
def test_models_have_the_paper_s_size(task, model, size):
    assert PARAMETERS[task, model] == pytest.approx(size, rel=0.05)


def test_every_task_has_all_four_models_and_each_of_its_keys_is_a_setting():
    for name in catalogue.names("sequences"):
        assert set(entry(name).models) == {"tcn", "lstm", "gru", "rnn"}
        for model in entry(name).models:
            config = resolve(name, loading.experiment(name).Config, [], ["--model", model])
            assert (config.model, config.kernel_size is None) == (model, model != "tcn")


def test_flags_win_over_the_model_s_own_settings():
    config = resolve(
        "sequences/adding", loading.experiment("sequences/adding").Config, [], ["--model=gru", "--units", "7"]
    )
    assert (config.units, config.clip_norm) == (7, 5)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", catalogue.names("sequences"))
def test_the_optimizer_learns_at_the_rate_of_the_settings(name, model):
    config = resolve(name, loading.experiment(name).Config, [], ["--model", model])
    optimizer = _problem.optimizer(config, steps=10)
    optimizer.build([])
    assert float(optimizer.learning_rate) == pytest.approx(config.learning_rate)
    assert type(optimizer).__name__.lower() == config.optimizer


def test_the_forget_gate_starts_at_its_bias():
    network = build("sequences/jsb_chorales", "--model", "lstm", "--units", "3")
    for layer in network.layers:
        if isinstance(layer, keras.layers.LSTM):
            assert layer.get_weights()[2].tolist() == [0] * 3 + [10] * 3 + [0] * 6


def naive(kind, targets, answers):
    """The mean loss over what is scored, position by position."""
    found = []
    for where in itertools.product(*map(range, answers.shape[:-1])):
        target, answer = targets[where], answers[where].astype(float)
        if kind == "mse":
            found.append((target[0] - answer[0]) ** 2)
        elif kind == "cross_entropy" and target != UNSCORED:
            found.append(np.log(np.exp(answer).sum()) - answer[target])
        elif kind == "frame_nll" and UNSCORED not in target:
            chance = 1 / (1 + np.exp(-answer))
            found.append(-np.log(np.where(target == 1, chance, 1 - chance)).sum())
    return np.mean(found)


@pytest.mark.parametrize("kind", ["mse", "cross_entropy", "frame_nll"])
def test_losses_count_what_is_scored_and_nothing_else(kind):
    rng = np.random.default_rng(0)
    batches = []
    for count in (2, 3):
        answers = rng.normal(size=(count, 1) if kind == "mse" else (count, 4, 5)).astype("float32")
        if kind == "mse":
            targets = rng.normal(size=(count, 1)).astype("float32")
        elif kind == "cross_entropy":
            targets = rng.integers(0, 5, (count, 4)).astype("int32")
            targets[0, 1:] = UNSCORED
        else:
            targets = rng.integers(0, 2, (count, 4, 5)).astype("float32")
            targets[0, 1:] = UNSCORED
        batches.append((targets, answers))
    score = _scores.Score(kind, "score")
    for targets, answers in batches:
        assert float(_scores.Loss(kind)(targets, answers)) == pytest.approx(naive(kind, targets, answers), rel=1e-5)
        score.update_state(targets, answers)
    whole = [np.concatenate(arrays) for arrays in zip(*batches, strict=True)]
    assert float(score.result()) == pytest.approx(naive(kind, *whole), rel=1e-5)


def test_a_model_without_memory_scores_the_baseline():
    task = copy_memory.load(length=30, training=8, validation=64, test=8)
    (_, y), answers = task.validation[0], np.full((64, 50, 10), -30.0, "float32")
    answers[:, :-10, 0] = 30
    answers[:, -10:, 1:9] = 0
    assert float(_scores.Loss("cross_entropy")(y, answers)) == pytest.approx(task.baseline, rel=1e-4)


def test_short_epochs_go_through_one_pass_after_the_other():
    module = loading.experiment("sequences/copy_memory")
    config = resolve("sequences/copy_memory", module.Config, [], ["--length", "2", "--batch-size", "3000"])
    task = module.load(config)
    assert task.steps_per_epoch == 4
    passes = [y for number in range(3) for _, y in task.training(number)]
    problem = _problem.problem(config, task, steps=3)
    found = [y for epoch in range(4) for _, y in problem.training(epoch)]
    assert all(np.array_equal(a, b) for a, b in zip(found, passes, strict=True))


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], (313, 10)),
        (["--steps-per-epoch", "100"], (100, 10)),
        (["--budget-steps", "500"], (313, 2)),
        (["--budget-steps", "20"], (20, 1)),
    ],
)
def test_a_budget_cuts_epochs(flags, expected):
    module = loading.experiment("sequences/copy_memory")
    config = resolve("sequences/copy_memory", module.Config, [], ["--epochs", "10", *flags])
    assert _problem.schedule(config, copy_memory.load(length=2)) == expected


def test_runs_and_their_table(forks, tmp_path):
    for model in ("tcn", "lstm"):
        kernel = ["--kernel-size", "3"] if model == "tcn" else []
        printed = forks.succeed(tmp_path, "run", "sequences/adding", "--model", model, *SMALL, *PLAIN, *kernel)
        assert f"{model}, " in printed
        assert "BUDGETED: 6 of " in printed
    for folder in (tmp_path / "sequences/adding").iterdir():
        metrics = json.loads((folder / "metrics.json").read_text())
        assert (metrics["steps"], metrics["epochs"]) == (6, 2)
        assert metrics["validation"]["mse"] == pytest.approx(
            pd.read_csv(folder / "history.csv")["val_mse"].min(), rel=1e-4
        )
    printed = forks.succeed(tmp_path, "compare", "sequences")
    table = pd.read_csv(tmp_path / "sequences/comparison/table.csv")
    assert table["model"].tolist() == ["tcn", "lstm"]
    assert set(table["verdict"]) == {"not decided"}
    assert table["training"].str.startswith("budgeted: 6 of ").all()
    assert "5.8e-05" in printed


def test_minutes_are_a_budget_too(forks, tmp_path):
    run = ["run", "sequences/copy_memory", *SMALL, *PLAIN, "--kernel-size", "3", "--budget-minutes", "0.0001"]
    assert "BUDGETED: 3 of " in forks.succeed(tmp_path, *run)
    (folder,) = (tmp_path / "sequences/copy_memory").iterdir()
    assert yaml.safe_load((folder / "settings.yaml").read_text())["settings"]["budget_minutes"] == 0.0001


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("run sequences/adding --model cnn", "--model"),
        ("run sequences/adding --length 1", "too short for two"),
        ("run sequences/adding --kernel-size null --length 9", "--kernel-size"),
        ("run sequences/copy_memory --model gru --kernel 3", "did you mean --kernel-size?"),
    ],
)
def test_a_mistake_gets_one_line(forks, tmp_path, line, words):
    done = forks.command(tmp_path, *line.split())
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_the_baseline_is_the_best_constant_answer():
    rng = np.random.default_rng(0)
    parts = {
        "mse": (rng.random((40, 1)).astype("float32"), lambda y: np.full_like(y, y.mean())),
        "cross_entropy": (
            np.where(rng.random((8, 5)) < 0.2, UNSCORED, rng.integers(3, size=(8, 5))).astype("int32"),
            lambda y: np.broadcast_to(np.log([(y == k).sum() for k in range(3)]), (*y.shape, 3)),
        ),
        "frame_nll": (
            (rng.random((4, 6, 3)) < 0.3).astype("float32"),
            lambda y: np.broadcast_to(np.log(y.mean((0, 1)) / (1 - y.mean((0, 1)))), y.shape),
        ),
    }
    for loss, (targets, best) in parts.items():
        task = dataclasses.replace(copy_memory.load(length=2), loss=loss, metric="loss")
        least = float(_scores.Loss(loss)(targets, best(targets).astype("float32")))
        assert _problem.constant(task, [(targets, targets)]) == pytest.approx(least, rel=1e-5)
        worse = best(targets).astype("float32") + rng.normal(0, 0.1, best(targets).shape[-1]).astype("float32")
        assert float(_scores.Loss(loss)(targets, worse)) > least

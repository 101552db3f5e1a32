"""Each benchmark runs in seconds with `--quick`, and its table adds up."""

import importlib.util
import math
import tempfile
from functools import cache
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES
from tests.benchmarks.commands import command, number, tables

PYTORCH = importlib.util.find_spec("torch") is not None


@cache
def run(name, hide_pytorch=False):
    """Returns the rows that a benchmark prints, and the whole output. It must not write to the results."""
    with tempfile.TemporaryDirectory() as folder:
        variables = {"LAB_RESULTS": f"{folder}/results"}
        if hide_pytorch:
            Path(folder, "sitecustomize.py").write_text("import sys; sys.modules['torch'] = None\n")
            variables["PYTHONPATH"] = folder
        done = command(name, "--quick", **variables)
        assert done.returncode == 0, done.stderr
        assert not Path(folder, "results").exists()
    (rows,) = tables(done.stdout)
    return rows, done.stdout


def same(ratio, dividend, divisor):
    """Checks a printed ratio of two printed numbers; each has three digits."""
    assert number(dividend) > 0
    assert number(divisor) > 0
    assert number(ratio) == pytest.approx(number(dividend) / number(divisor), rel=0.02)


def labels(rows, *columns):
    return [tuple(row[column] for column in columns) for row in rows]


def check_start(rows):
    assert labels(rows, "python -m experiments") == [
        ("list",),
        ("--help",),
        ("run --help",),
        ("run jena/gru --help",),
    ]
    assert all(0 < number(row["seconds"]) < 60 for row in rows)


def check_windows(rows):
    keras, deck, _ = rows
    assert labels(rows, "input") == [
        ("keras.utils.timeseries_dataset_from_array",),
        ("the deck's generator",),
        ("tables.windows",),
    ]
    for row in rows:
        assert number(row["windows per s"]) == pytest.approx(128_000 / number(row["ms per batch"]), rel=0.02)
        same(row["speed / Keras's"], keras["ms per batch"], row["ms per batch"])
        same(row["speed / the deck's"], deck["ms per batch"], row["ms per batch"])


def check_gru_step(rows):
    expected = [
        ("ours", "XLA, cuts its windows"),
        ("ours", "XLA"),
        ("ours", "XLA, only cuts windows"),
        ("Keras", "XLA"),
        ("Keras", "no XLA, as the deck"),
    ]
    assert labels(rows, "layer", "step") == expected + [("PyTorch", "nn.GRU")] * PYTORCH
    for row in rows:
        same(row["time / ours"], row["ms"], rows[0]["ms"])


def check_lstm_step(rows):
    assert labels(rows, "code") == [("ours",), ("the deck's",)]
    for row in rows:
        same(row["time / ours"], row["ms"], rows[0]["ms"])


def check_tcn_step(rows):
    tasks = ("sequences/adding", "sequences/copy_memory")
    frameworks = ("ours", "PyTorch")[: 1 + PYTORCH]
    assert labels(rows, "task", "framework") == [(task, framework) for task in tasks for framework in frameworks]
    for task in tasks:
        ours, *others = (row for row in rows if row["task"] == task)
        for row in (ours, *others):
            same(row["time / ours"], row["ms"], ours["ms"])


def check_rivals(rows):
    cells = [(model, threads) for model in ("lstm", "gru", "rnn", "tcn") for threads in ("1", "2")]
    assert labels(rows, "model", "threads") == cells
    for row in rows:
        assert number(row["ours (ms)"]) > 0
        if PYTORCH:
            same(row["ours / PyTorch"], row["ours (ms)"], row["PyTorch (ms)"])


def check_epoch(rows):
    assert labels(rows, "code", "runs at once") == [("the deck's", "1"), ("ours", "1")]
    for row in rows:
        same(row["time / the deck's"], row["s"], rows[0]["s"])


def check_jena_epochs(rows):
    (row,) = rows
    assert row["experiment"] == "jena/dense"
    same(row["ours / the deck's"], row["ours, s"], row["the deck's, s"])


def check_reviews(rows):
    (row,) = rows
    assert row["source"].startswith("simulated")
    assert number(row["reviews"]) == 5000
    assert number(row["s"]) > 0
    assert 0.02 < number(row["peak GB"]) < 0.5


def check_run_memory(rows):
    (row,) = rows
    assert row["python -m experiments"].startswith("run jena/gru ")
    assert 0.2 < number(row["peak GB"]) < 8


def check_tcn_memory(rows):
    (row,) = rows
    levels, kernel = int(row["levels"]), 8
    # each level has two convolutions, and its dilation is twice that of the level below
    assert int(row["receptive field"]) == 1 + 2 * (kernel - 1) * sum(2**level for level in range(levels))
    same(row["step / kept"], row["step, MB"], row["kept for the gradient, MB"])


def check_cost(rows):
    (row,) = rows
    assert (row["task"], row["model"]) == ("text8", "lstm")
    # two streams share 90 million characters; their windows start 320 apart, and the first 80 are only read
    assert number(row["steps per epoch"]) == math.ceil((90_000_000 / 2 - 1 - 80) / 320)
    seconds = number(row["epochs"]) * number(row["steps per epoch"]) * number(row["s per step"])
    same(row["days"], str(seconds), "86400")
    assert number(row["parameters"]) > 0
    assert 0.2 < number(row["peak GB"]) < 8


CHECKS = {
    "start": check_start,
    "windows": check_windows,
    "gru_step": check_gru_step,
    "lstm_step": check_lstm_step,
    "tcn_step": check_tcn_step,
    "rivals": check_rivals,
    "epoch": check_epoch,
    "jena_epochs": check_jena_epochs,
    "reviews": check_reviews,
    "run_memory": check_run_memory,
    "tcn_memory": check_tcn_memory,
    "cost": check_cost,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_runs_in_seconds(name):
    rows, _ = run(name)
    CHECKS[name](rows)


@pytest.mark.slow
def test_without_pytorch_the_other_rows_remain():
    rows, printed = run("tcn_step", hide_pytorch=PYTORCH)
    assert "PyTorch is left out: it is not installed (pip install torch)" in printed
    assert labels(rows, "framework") == [("ours",), ("ours",)]

"""The IMDB experiments as a user runs them, on simulated reviews."""

import argparse
import io
import json
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest

from experiments import catalogue, loading
from experiments.commands import classify
from experiments.imdb import RecurrentConfig, _problem
from lab.settings import resolve
from tests.experiments.commands import ROOT, environment

SMALL = [
    *("--source", "simulated", "--words", "60", "--length", "30", "--embedding", "4", "--epochs", "2"),
    *("--steps-per-epoch", "3", "--batch-size", "16", "--jit-compile", "false"),
]
RECURRENT = [name for name in catalogue.names("imdb") if issubclass(loading.experiment(name).Config, RecurrentConfig)]


@pytest.mark.slow
def test_a_run_from_training_to_a_sentence(forks, tmp_path):
    run = ["run", "imdb/lstm", *SMALL, "--units", "4"]
    printed = forks.succeed(tmp_path, *run)
    assert "always the same answer: " in printed
    (folder,) = (tmp_path / "imdb/lstm").iterdir()
    assert str(folder.relative_to(tmp_path)) in printed
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == {
        *("settings.yaml", "environment.json", "history.csv", "loss.png", "metrics.json", "best.weights.h5"),
        "words.json",
    }
    metrics = json.loads((folder / "metrics.json").read_text())
    best = pd.read_csv(folder / "history.csv")["val_accuracy"]
    assert metrics["validation"]["accuracy"] == pytest.approx(best.max(), abs=1e-6)
    assert metrics["best_epoch"] == best.argmax() + 1
    assert metrics["data"]["reviews"] == {"training": 3200, "validation": 800, "test": 1000}
    assert "is complete" in forks.succeed(tmp_path, *run)
    assert "accuracy 0." in forks.succeed(tmp_path, "list")

    said = forks.succeed(tmp_path, "classify", "imdb/lstm", "--text", "“The plot was gripping”—said Henstridge…")
    verdict, unknown, _, who, record, little = said.splitlines()
    assert verdict.split(",")[0] in ("positive", "negative")
    assert 0.5 <= float(verdict.split()[3]) <= 1
    assert "SIMULATED" in verdict
    assert unknown.endswith(": said, henstridge")
    assert f"{metrics['test']['accuracy']:.1%}" in record
    assert f"{folder.name} answered" in who
    assert little == "It was trained for only 6 of 2,000 steps; make imdb/lstm trains it in full."
    for text, words in (
        ("", "no word"),
        ("... !!!", "no word"),
        ("Дивный фильм", "none of the text's words"),
        ("caf\udce9", "no valid text"),
    ):
        done = forks.command(tmp_path, "classify", str(folder), "--text", text)
        assert (done.returncode, done.stderr.count("\n"), words in done.stderr) == (2, 1, True), done

    texts = ["The plot was gripping", "Дивный", "A dull plot"]
    (tmp_path / "texts.txt").write_text("\n\n".join(texts))
    for words in (["--text", *texts], ["--file", "texts.txt"]):
        done = forks.command(tmp_path, "classify", str(folder), *words)
        assert done.returncode == 2
        assert done.stdout.startswith(f"The plot was gripping\n{verdict.split(',')[0]}")
        assert "\n\nA dull plot\n" in done.stdout
        assert "none of the text's words" in done.stderr
        assert done.stderr.endswith("1 of 3 texts could not be classified\n")

    forks.succeed(tmp_path, "run", "imdb/conv1d", *SMALL, "--kernel-size", "3")
    printed = forks.succeed(tmp_path, "compare", "imdb")
    assert "| imdb/lstm" in printed
    assert "SIMULATED" in printed
    assert "validation accuracy" in printed
    done = forks.command(tmp_path, "forecast", str(folder), "--csv", "weather.csv")
    assert done == (2, "", "error: runs of imdb can't forecast\n")


def test_the_data_are_shown(forks, tmp_path):
    printed = forks.succeed(tmp_path, "data", "imdb", "--source", "simulated")
    assert "4,000 reviews to train and 1,000 to test on" in printed
    assert " one: " in printed
    assert "\n- " in printed
    assert (tmp_path / "imdb/data/lengths.png").is_file()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("run imdb/lstm --words 3", "--words"),
        ("run imdb/conv1d --source simulated --length 30", "imdb/conv1d can't be built with these settings"),
        ("run imdb/lstm --validation-split 1", "--validation-split"),
        ("run imdb/lstm --source simulated --validation-split 0.9999", "leaves no review on one side"),
        ("run imdb/lstm --csv reviews.csv", "--csv"),
        ("data imdb --csv reviews.csv", "--csv"),
        ("classify imdb/lstm --text good", "no complete run"),
        ("classify imdb/lstm", "no complete run"),
        ("classify imdb/hierarchical_attention", "give --text 'A great film', --file FILE, or lines on stdin"),
        ("classify imdb/hierarchical_attention --file nowhere.txt", "No such file"),
    ],
)
def test_a_mistake_gets_one_line(forks, tmp_path, line, words):
    done = forks.command(tmp_path, *line.split())
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_bytes_on_stdin_that_are_no_text_stop_nothing(monkeypatch):
    piped = io.TextIOWrapper(io.BytesIO(b"caf\xe9 good\n\nbad\n"), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", piped)
    texts = classify._texts(argparse.Namespace(text=None, file=None))
    assert list(texts) == ["caf\ufffd good", "bad"]


@pytest.mark.parametrize("name", RECURRENT)
def test_masking_passes_over_padding(name):
    module = loading.experiment(name)
    settings = {"words": 50, "embedding": 4, "units": 3}
    flags = [word for key, value in settings.items() for word in (f"--{key}", str(value))]
    short, long = (
        module.build(resolve(name, module.Config, [], [*flags, "--mask", "--length", str(length)])) for length in (6, 9)
    )
    long.set_weights(short.get_weights())
    codes = np.random.default_rng(0).integers(1, 50, (5, 6)).astype(np.int32)
    codes[2, :4] = 0
    padded = np.pad(codes, ((0, 0), (3, 0)))
    outputs = (keras.ops.convert_to_numpy(model(rows)) for model, rows in ((short, codes), (long, padded)))
    np.testing.assert_allclose(*outputs, atol=1e-6)


@pytest.mark.parametrize("name", RECURRENT)
def test_without_masking_padding_is_a_word_like_any_other(name):
    module = loading.experiment(name)
    network = module.build(resolve(name, module.Config, [], ["--length", "9", "--words", "50", "--units", "3"]))
    assert not [layer for layer in network.layers if getattr(layer, "mask_zero", False)]
    for layer in network.layers:
        for cell in (layer, getattr(layer, "forward_layer", layer)):
            if isinstance(cell, keras.layers.LSTM | keras.layers.GRU):
                assert (cell.activation.__name__, cell.recurrent_activation.__name__) == ("tanh", "sigmoid")
                assert (cell.recurrent_dropout, cell.unroll, cell.use_bias) == (0, False, True)


def test_an_epoch_has_every_training_review_once_in_an_order_of_its_own():
    config = resolve("imdb/lstm", loading.experiment("imdb/lstm").Config, [], ["--source", "simulated"])
    problem = _problem.problem(loading.experiment("imdb/lstm"), config, _problem.read(config))
    first, again, second = (list(problem.training(epoch)) for epoch in (0, 0, 1))
    assert len(first) == problem.steps_per_epoch == 25
    assert all(np.array_equal(x, u) and np.array_equal(y, v) for (x, y), (u, v) in zip(first, again, strict=True))
    codes = [np.concatenate([x for x, _ in epoch]) for epoch in (first, second)]
    assert not np.array_equal(*codes)
    assert sorted(map(bytes, codes[0])) == sorted(map(bytes, codes[1]))
    training, validation = (len(x) for x in (codes[0], problem.validation[0]))
    assert (training, validation) == (3200, 800)


@pytest.mark.slow
def test_a_network_that_comes_with_the_project_answers_at_once(tmp_path):
    """Without the reviews, without a run: what a fresh set-up has."""
    good, bad = "A wonderful film. I loved the music.", "A terrible film. I was bored."
    words = ["classify", "imdb/hierarchical_attention"]
    done = subprocess.run(
        [sys.executable, "-m", "experiments", *words],
        cwd=ROOT,
        env=environment(tmp_path, LAB_DATA_MIRROR=str(tmp_path)),
        input=f"{good}\n{bad}\n",
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "error: " in done.stderr) == (0, False), done.stderr
    first, second, about = done.stdout.split("\n\n")
    assert first.startswith(f"{good}\npositive, with probability 0.9") and "wonderful" in first.splitlines()[-1]
    assert second.startswith(f"{bad}\nnegative, with probability 0.9") and "terrible" in second.splitlines()[-1]
    assert "It comes with the project" in about and "results/pretrained/imdb" in about

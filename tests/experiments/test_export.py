"""Exported networks give a run's answers without this project, from the data in their own units."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from experiments import loading
from imdb.reviews import Reviews
from lab import export
from lab.runs import Run
from lab.settings import resolve
from layers.word_codes import WordCodes

MEAN, STD = np.linspace(-3, 900, 18), np.linspace(1, 12, 18)


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """Returns a run of an experiment with random weights, and its settings."""

    def make(name, *flags):
        experiment = loading.experiment(name)
        config = resolve(name, experiment.Config, [], flags)
        keras.utils.set_random_seed(0)
        network = experiment.network(config)
        run = Run(tmp_path / name / "seed0-00000000")
        run.folder.mkdir(parents=True)
        for layer in network.weights:
            layer.assign(layer + keras.random.normal(layer.shape, stddev=0.05))
        network.save_weights(run.weights_file)
        columns = network.input_shape[-1]
        record = {"mean": MEAN[:columns].tolist(), "std": STD[:columns].tolist()}
        monkeypatch.setattr(Run, "metrics", lambda run: {"data": record})
        return experiment, config, run

    return make


SMALL = ["--lookback", "144", "--step", "6", "--units", "3"]
WEATHER = {
    "jena/gru": [*SMALL, "--targets", '["T (degC)", "p (mbar)"]', "--horizon", "2", "--quantiles", "0.1,0.5,0.9"],
    "jena/best": [*SMALL, "--members", "2"],
    "jena/hierarchical_attention": SMALL[:4],
}
REVIEWS = ["--source", "simulated", "--words", "60", "--length", "20", "--embedding", "4", "--units", "3"]


@pytest.mark.parametrize(("name", "kind"), [*((name, "onnx") for name in WEATHER), ("jena/gru", "keras")])
def test_weather_goes_in_as_measured_and_comes_out_in_degrees(finished, tmp_path, name, kind):
    pytest.importorskip("tf2onnx" if kind == "onnx" else "keras")
    experiment, config, run = finished(name, *WEATHER[name])
    exported = loading.group(name).export(experiment, config, run)
    path = tmp_path / f"network.{kind}"
    assert export.write(exported, kind, path) <= 1e-5
    assert [file.name for file in tmp_path.glob("*network*")] == [path.name]
    network = experiment.network(config)
    run.load_weights(network)
    columns = exported.inputs.shape[-1]
    window = exported.inputs[:1]
    own = network.predict((window - MEAN[:columns]) / STD[:columns], verbose=0)[0, 0] * STD[1] + MEAN[1]
    if kind == "onnx":
        import onnxruntime

        answer = onnxruntime.InferenceSession(path).run(None, {"windows": window})[0][0, 0]
    else:
        answer = keras.saving.load_model(path).predict(window, verbose=0)[0, 0]
    assert answer == pytest.approx(own, abs=1e-5 * max(1, abs(own)))


@pytest.mark.parametrize(
    "name",
    [
        "imdb/lstm",
        *(pytest.param(n, marks=pytest.mark.slow) for n in ("imdb/reversed_lstm", "imdb/hierarchical_attention")),
    ],
)
def test_words_go_in_as_ranks(finished, tmp_path, name):
    pytest.importorskip("tf2onnx")
    exported = loading.group(name).export(*finished(name, *REVIEWS))
    assert export.write(exported, "onnx", tmp_path / "network.onnx") <= 1e-5
    assert exported.answers.std() > 0


def test_a_saved_model_answers_too(finished, tmp_path):
    exported = loading.group("jena").export(*finished("jena/dense", *SMALL))
    assert export.write(exported, "saved_model", tmp_path / "network") <= 1e-5
    assert (tmp_path / "network/saved_model.pb").is_file()


@pytest.mark.slow
def test_a_keras_file_of_keras_s_layers_needs_nothing_of_this_project(finished, tmp_path):
    exported = loading.group("jena").export(*finished("jena/gru", *SMALL))
    assert export.of_this_project(exported.model) == []
    export.write(exported, "keras", tmp_path / "network.keras")
    np.save(tmp_path / "questions.npy", exported.inputs)
    code = (
        "import keras, numpy as np; network = keras.saving.load_model('network.keras', compile=False);"
        "np.save('answers.npy', network.predict(np.load('questions.npy'), verbose=0))"
    )
    left = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=left, check=True, capture_output=True)
    np.testing.assert_allclose(np.load(tmp_path / "answers.npy"), exported.answers, rtol=1e-5, atol=1e-5)


def test_layers_that_only_this_project_has_are_named(finished):
    exported = loading.group("imdb").export(*finished("imdb/lstm", *REVIEWS))
    assert export.of_this_project(exported.model) == ["WordCodes"]


def test_a_model_of_a_text_is_asked_more_than_its_context(finished, tmp_path):
    small = ["--model", "gru", "--units", "3", "--embedding", "3", "--symbols", "9", "--context", "12"]
    exported = loading.group("sequences").export(*finished("sequences/char_ptb", *small))
    assert exported.answers.shape == (export.QUESTIONS, export.TIMESTEPS, 9)
    assert exported.about == "inputs (batch, any), int32; the answer is (batch, any, 9)"
    assert export.write(exported, "keras", tmp_path / "network.keras") <= 1e-5


@pytest.mark.parametrize(
    ("kind", "files", "named"),
    [
        ("onnx", ["thesis.tex"], "is a folder"),
        ("saved_model", ["thesis.tex"], "holds other files"),
        ("saved_model", ["saved_model.pb", "thesis.tex"], "holds other files"),
        ("saved_model", ["assets"], "holds other files"),
    ],
)
def test_a_folder_of_something_else_is_left_alone(finished, tmp_path, kind, files, named):
    (tmp_path / "mine").mkdir()
    for file in files:
        (tmp_path / "mine" / file).touch()
    exported = loading.group("jena").export(*finished("jena/dense", *SMALL))
    with pytest.raises(export.UserError, match=named):
        export.write(exported, kind, tmp_path / "mine")
    assert {file.name for file in (tmp_path / "mine").iterdir()} == set(files)


def test_a_saved_model_is_replaced_but_no_file(finished, tmp_path):
    exported = loading.group("jena").export(*finished("jena/dense", *SMALL))
    for _ in range(2):
        export.write(exported, "saved_model", tmp_path / "network")
    (tmp_path / "file").touch()
    with pytest.raises(export.UserError, match="is a file"):
        export.write(exported, "saved_model", tmp_path / "file")


def test_other_answers_are_an_error_and_no_file(finished, tmp_path):
    exported = loading.group("jena").export(*finished("jena/dense", *SMALL))
    wrong = export.Exported(exported.model, exported.inputs, exported.answers + 0.1, "")
    with pytest.raises(export.UserError, match="its answers differ by 0"):
        export.write(wrong, "keras", tmp_path / "network.keras")
    assert not list(tmp_path.glob("*.keras"))


@pytest.mark.parametrize("reverse", [False, True])
def test_codes_are_those_of_padded_reviews(reverse):
    rng = np.random.default_rng(0)
    reviews = [rng.integers(1, 90, length) for length in (1, 5, 9)]
    wanted = Reviews.join(reviews, [0] * 3).padded(60, 10, reverse=reverse)
    size = 9 if reverse else 10
    ranks = np.zeros((3, size), int)
    for row, review in zip(ranks, reviews, strict=True):
        row[size - len(review) :] = review[::-1] if reverse else review
    codes = WordCodes(60, "after" if reverse else "before")(ranks)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(codes), wanted)


def test_a_network_that_comes_with_the_project_is_not_written_beside_its_run(forks, tmp_path):
    done = forks.command(tmp_path, "export", "jena/ridge", "--format", "keras")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "jena/ridge/network.keras").is_file()

"""The five language tasks: what their models see, their sizes, and texts that are missing."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import yaml

from experiments import loading
from foundation import fetch
from lab.settings import resolve
from tests.experiments.commands import ROOT, environment
from tests.sequences import test_characters, test_passages, test_words

TASKS = {"word_ptb": 13e6, "char_ptb": 3e6, "text8": 5e6, "wikitext103": None, "lambada": None}
MODELS = ("tcn", "lstm", "gru", "rnn")
SMALL = ["--units", "7", "--embedding", "5", "--context", "3", "--targets", "4", "--symbols", "80"]
RUN = ["--batch-size", "2", "--evaluation-batch", "8", "--epochs", "2", "--steps-per-epoch", "4", "--layers", "2"]
PROGRAM = """
import sys
from pathlib import Path
from foundation import fetch
fetch.DATA, fetch.SOURCES = Path(sys.argv[1]), Path(sys.argv[1]) / "sources.yaml"
from experiments.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


def build(task, *flags):
    module = loading.experiment(f"sequences/{task}")
    return module.build(resolve(f"sequences/{task}", module.Config, [], flags))


def run(data, results, *words):
    """A command on the texts in `data` alone."""
    known = yaml.safe_load(fetch.SOURCES.read_text("utf-8"))
    bare = {name: {"what": entry["what"], "licence": "any", "urls": []} for name, entry in known.items()}
    (data / "sources.yaml").write_text(yaml.safe_dump(bare))
    line = [sys.executable, "-c", PROGRAM, str(data), *words]
    return subprocess.run(line, cwd=ROOT, env=environment(results), capture_output=True, text=True, timeout=300)


@pytest.fixture
def texts(tmp_path):
    """A data folder with a small file of each text."""
    data = tmp_path / "data"
    (data / "text").mkdir(parents=True)
    test_words.write_penn(data)
    test_words.write_wikitext(data)
    test_characters.write_text8(data, test_characters.prose(2_000))
    test_passages.write(data)
    return data


@pytest.mark.slow
def test_what_cannot_be_had_is_told_and_keeps_nothing_else_from_running(texts, tmp_path):
    for name in ("ptb.train.txt", "lambada-dataset.tar.gz"):
        (texts / "text" / name).unlink()
    words = ["sequences/word_ptb", "sequences/lambada", "sequences/text8", "--kernel-size", "2", *SMALL, *RUN]
    done = run(texts, tmp_path / "results", "run", *words)
    assert done.returncode == 2
    missing, no_file, last = done.stderr.splitlines()
    assert missing.startswith("error: sequences/word_ptb needs data that are missing: the training part (")
    assert no_file.startswith("error: text/lambada-dataset.tar.gz cannot be fetched: ")
    assert last == "error: 2 of 3 experiments could not finish: sequences/word_ptb, sequences/lambada"
    assert len(list((tmp_path / "results").glob("sequences/text8/*/metrics.json"))) == 1


def test_more_symbols_than_the_settings_allow(texts, tmp_path):
    done = run(texts, tmp_path, "run", "sequences/text8", *SMALL, *RUN, "--symbols", "3", "--kernel-size", "2")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "different symbols; give --symbols " in done.stderr


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("task", TASKS)
def test_answers_follow_the_history_and_see_nothing_of_what_they_are_to_guess(task, model):
    kernel = ["--kernel-size", "3"] if model == "tcn" else []
    network = build(task, "--model", model, *SMALL, *kernel, "--layers", "2")
    symbols = np.arange(14).reshape(2, 7) % 9
    changed = symbols.copy()
    changed[:, 5] = 50
    answers, others = (keras.ops.convert_to_numpy(network(x)) for x in (symbols, changed))
    assert answers.shape == (2, 4, 80)
    np.testing.assert_allclose(answers[:, :2], others[:, :2], atol=1e-6)
    assert np.abs(answers[:, 2:] - others[:, 2:]).max() > 1e-6


def test_words_are_scored_by_their_own_vectors():
    vectors, *_ = build("word_ptb", *SMALL).get_weights()
    assert vectors.shape == (80, 5)
    assert [w.shape for w in build("word_ptb", *SMALL).get_weights()].count((5, 80)) == 0
    assert [w.shape for w in build("char_ptb", *SMALL).get_weights()].count((5, 80)) == 1


@pytest.mark.parametrize(
    ("task", "model"),
    [("word_ptb", "gru"), ("word_ptb", "rnn"), ("char_ptb", "gru"), ("char_ptb", "rnn")]
    + [("text8", model) for model in ("tcn", "gru", "rnn")],
)
def test_models_have_the_paper_s_size(task, model):
    assert build(task, "--model", model).count_params() == pytest.approx(TASKS[task], rel=0.05)


def test_sizes_that_the_paper_s_hyperparameters_give_and_its_table_has_not():
    """Its table has 13, 13, 3, 3 and 5 million."""
    sizes = {("word_ptb", "tcn"): 14.65e6, ("word_ptb", "lstm"): 18.77e6, ("text8", "lstm"): 4.72e6}
    sizes |= {("char_ptb", "tcn"): 3.28e6, ("char_ptb", "lstm"): 4.63e6}
    for (task, model), size in sizes.items():
        assert build(task, "--model", model).count_params() == pytest.approx(size, rel=0.002)

"""Every experiment, and every model on every task of the paper's table, from its data to its figures in a few steps."""

import json
import math
import re

import pandas as pd
import pytest

from experiments import catalogue, loading
from experiments.sequences._table import MODELS
from lab import settings

PENN = "from text/ptb.train.txt, text/ptb.valid.txt, text/ptb.test.txt"
ORIGINS = {
    "sequences/adding": "drawn from seed 0",
    "sequences/copy_memory": "drawn from seed 0",
    "sequences/sequential_mnist": "from mnist/mnist.npz",
    "sequences/permuted_mnist": "from mnist/mnist.npz",
    "sequences/jsb_chorales": "from music/JSB_Chorales.mat",
    "sequences/nottingham": "from music/Nottingham.mat",
    "sequences/word_ptb": PENN,
    "sequences/char_ptb": PENN,
    "sequences/text8": "from text/text8.zip",
    "sequences/wikitext103": "from text/wikitext-103-v1.zip",
    "sequences/lambada": "from text/lambada-dataset.tar.gz",
    "imdb/hierarchical_attention": r"simulated \(seed 0\): 4,000 reviews",
    "jena": r"jena_climate_2009_2016_hourly\.csv\.zip|weather\.csv",
    "imdb": r"imdb\.npz: 25,000 reviews|simulated \(seed 0\): 4,000 reviews",
    "recurrence": "",
}
"""What an experiment prints about the origin of its data, as a regular expression; a group's is that of all others."""
PICTURES = {
    "recurrence/gates": {"gates.png", "loss.png"},
    "recurrence/unrolled": {"unrolled.png"},
    "recurrence/vanishing_gradient": {"gradient.png", "clipping.png", "loss.png"},
    "jena/common_sense": set(),
    "jena/repeat": set(),
    "jena/ridge": set(),
    **{f"{group}/tcn": {"receptive_field.png", "loss.png"} for group in ("jena", "imdb")},
    **{f"{group}/hierarchical_attention": {"attention.png", "loss.png"} for group in ("jena", "imdb")},
}
"""The pictures of each experiment that has others than its loss."""
COMMANDS = {
    "jena": ["--profile", "hourly"],
    "imdb": [],
    "recurrence": [],
    **{f"sequences, {model}": ["--model", model] for model in MODELS},
}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_experiment_of_a_group_runs(forks, profile, tmp_path, command):
    group = command.split(",")[0]
    done = forks.command(tmp_path, "run", group, *COMMANDS[command], "--profile", profile)
    assert (done.returncode, "error: " in done.stderr) == (0, False), done.stdout + done.stderr
    for name in catalogue.names(group):
        (printed,) = re.findall(rf"^{name}: (.*?)(?=^\S+/\w+: |\Z)", done.stdout, re.MULTILINE | re.DOTALL)
        assert re.search(ORIGINS.get(name) or ORIGINS[group], printed), printed
        (folder,) = (tmp_path / name).iterdir()
        metrics = json.loads((folder / "metrics.json").read_text())
        assert metrics["name"] == name
        assert loading.group(group).result(metrics) in printed
        assert {path.name for path in folder.glob("*.png")} == PICTURES.get(name, {"loss.png"})
        assert all(path.read_bytes().startswith(b"\x89PNG") for path in folder.glob("*.png"))
        if group != "recurrence":
            check_figures(metrics, folder / "history.csv")
        if group == "sequences":
            assert (metrics["model"], metrics["steps"]) == (COMMANDS[command][-1], 2)


def check_figures(metrics, history):
    """Asserts that a run's figures are numbers, and fit its history and each other."""
    for figures in (metrics["validation"], metrics["test"]):
        assert all(math.isfinite(value) for value in figures.values()), figures
        if "perplexity" in figures:
            assert figures["perplexity"] == pytest.approx(math.exp(figures["nll"]), rel=1e-6)
        if "bpc" in figures:
            assert figures["bpc"] == pytest.approx(figures["nll"] / math.log(2), rel=1e-6)
    if metrics["epochs"]:
        (row,) = pd.read_csv(history).to_dict("records")
        assert all(math.isfinite(value) for value in row.values()), row
        assert metrics["validation"][metrics["metric"]] == pytest.approx(row[f"val_{metrics['metric']}"], rel=1e-4)


def test_no_group_is_left_out():
    assert {command.split(",")[0] for command in COMMANDS} == set(catalogue.groups()) - set(settings.data_sets())
    assert len(catalogue.names("sequences")) * len(MODELS) == 44

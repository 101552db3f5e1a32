"""Every experiment, and every model on every task of the paper's table, from its data to its figures in a few steps."""

import json
import math
import re

import pandas as pd
import pytest

from experiments import catalogue, loading
from experiments.sequences._table import MODELS

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
COMMANDS = {
    "jena": ["--profile", "hourly"],
    "imdb": [],
    "recurrence": [],
    **{f"sequences, {model}": ["--model", model] for model in MODELS},
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_experiment_of_a_group_runs(forks, profile, tmp_path, command):
    group = command.split(",")[0]
    done = forks.command(tmp_path, "run", group, *COMMANDS[command], "--profile", profile)
    assert (done.returncode, "error: " in done.stderr) == (0, False), done.stdout + done.stderr
    for name in catalogue.names(group):
        (printed,) = re.findall(rf"^{name}: (.*?)(?=^\S+/\w+: |\Z)", done.stdout, re.MULTILINE | re.DOTALL)
        assert re.search(ORIGINS.get(name, ORIGINS[group]), printed), printed
        (folder,) = (tmp_path / name).iterdir()
        metrics = json.loads((folder / "metrics.json").read_text())
        assert metrics["name"] == name
        assert loading.group(group).result(metrics) in printed
        if group == "sequences":
            assert (metrics["model"], metrics["steps"]) == (COMMANDS[command][-1], 2)
        if metrics.get("epochs"):
            (row,) = pd.read_csv(folder / "history.csv").to_dict("records")
            assert all(math.isfinite(value) for value in row.values()), row
            best = metrics["validation"][metrics["metric"]]
            assert best == pytest.approx(row[f"val_{metrics['metric']}"], rel=1e-4)
        for part in ("validation", "test"):
            figures = metrics.get(part, {})
            assert all(math.isfinite(value) for value in figures.values()), figures
            if "perplexity" in figures:
                assert figures["perplexity"] == pytest.approx(math.exp(figures["nll"]), rel=1e-6)
            if "bpc" in figures:
                assert figures["bpc"] == pytest.approx(figures["nll"] / math.log(2), rel=1e-6)


def test_no_group_is_left_out():
    assert {command.split(",")[0] for command in COMMANDS} == set(catalogue.groups())
    assert len(catalogue.names("sequences")) * len(MODELS) == 44

"""The committed reference keeps what the project promises of it: full epochs on the measured series, and its bounds."""

import json
from pathlib import Path

import pytest
import yaml

from experiments import catalogue
from experiments.sequences import _table
from lab.settings import claim, defaults

REFERENCE = Path(__file__).parents[1] / "results/reference"


def metrics(name):
    """The metrics of the experiment's run with seed 0."""
    (folder,) = (REFERENCE / name).glob("seed0-*")
    return json.loads((folder / "metrics.json").read_text()), yaml.safe_load((folder / "settings.yaml").read_text())


@pytest.mark.parametrize("name", catalogue.names("jena"))
def test_each_model_was_trained_as_the_deck_says(name):
    found, record = metrics(name)
    usual = defaults(name, ["hourly"])
    assert record["profiles"] == ["hourly"]
    assert found["epochs"] == usual["epochs"]
    assert {key: record["settings"][key] for key in usual if key not in ("mirror", "jit_compile")} == {
        key: value for key, value in usual.items() if key not in ("mirror", "jit_compile")
    }
    assert (found["data"]["rows"], found["data"]["simulated"]) == (70_092, False)


@pytest.mark.parametrize("name", catalogue.names("imdb"))
@pytest.mark.parametrize("seed", range(3))
def test_each_review_model_was_trained_as_the_deck_says(name, seed):
    (folder,) = (REFERENCE / name).glob(f"seed{seed}-*")
    found = json.loads((folder / "metrics.json").read_text())
    settings = yaml.safe_load((folder / "settings.yaml").read_text())["settings"]
    assert {**settings, "mirror": None} == {**defaults(name), "seed": seed}
    assert (found["data"]["reviews"]["test"], found["data"]["simulated"]) == (25_000, False)


@pytest.mark.parametrize("name", [name for name in catalogue.names("imdb") if claim(name).published])
def test_review_models_reach_the_published_figure_less_a_point(name):
    runs = (REFERENCE / name).glob("seed*/metrics.json")
    reached = [json.loads(path.read_text())["validation"]["accuracy"] for path in runs]
    assert len(reached) == 3
    assert sum(reached) / 3 >= claim(name).published["validation_accuracy"] - 0.01


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("jena/gru", 0.268),
        ("jena/stacked_gru", 0.267),
        ("jena/dropout_gru", 0.267),
        ("jena/bidirectional_gru", 0.267),
    ],
)
def test_recurrent_models_reach_their_bound(name, bound):
    assert metrics(name)[0]["validation"]["mae"] <= bound


@pytest.mark.parametrize("task", ["adding", "jsb_chorales", "nottingham"])
def test_the_tcn_reaches_its_bound(task):
    (cell,) = (
        cell
        for cell in _table.cells("sequences", REFERENCE)
        if (cell.task, cell.model, cell.changed) == (f"sequences/{task}", "tcn", "")
    )
    assert cell.verdict.startswith("reached")


def test_the_reversed_gru_is_worse_than_common_sense():
    assert metrics("jena/reversed_gru")[0]["validation"]["mae"] > metrics("jena/common_sense")[0]["validation"]["mae"]

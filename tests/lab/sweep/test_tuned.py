"""The same search for each model of an experiment: what it tries, and the profile that it writes."""

import pytest

from experiments import loading
from foundation.user_error import UserError
from lab import settings
from lab.settings import defaults, resolve
from lab.sweep import tuned
from lab.sweep.trials import Trial

MODELS = ("tcn", "lstm", "gru", "rnn")
LAPTOP = settings.read_yaml(settings.CONFIGS / "laptop.yaml")
TASKS = [name for name in LAPTOP if name.startswith("sequences/")]


def points(words):
    """The values of each setting."""
    return {key: values.split(",") for key, values in (word.split("=") for word in words)}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("task", TASKS)
def test_every_model_has_as_many_trials_and_its_own_settings_are_among_them(task, model):
    own = vars(loading.config(task, ["laptop"], ["--model", model]))
    grid = points(tuned.grid(model, own))
    assert list(grid) == ["learning_rate", "forget_bias" if model == "lstm" else "clip_norm"]
    assert [len(set(values)) for values in grid.values()] == [3, 2]
    assert float(grid["learning_rate"][1]) == own["learning_rate"]
    low, own_rate, high = map(float, grid["learning_rate"])
    assert (low, high) == pytest.approx((own_rate / 3, own_rate * 3), rel=5e-3)
    for key, values in grid.items():
        flags = [["--model", model, f"--{key.replace('_', '-')}={value}"] for value in values]
        tried = [getattr(loading.config(task, ["laptop"], own_flags), key) for own_flags in flags]
        assert own[key] in tried


def trial(rate, error, state="trained"):
    return Trial({"learning_rate": rate}, 0, state=state, metric="nll", value=error)


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(tuned, "RESULTS", tmp_path / "results")
    return tmp_path


def test_the_best_is_a_profile_that_says_how_it_was_found(results):
    file, name = results / "found.yaml", "sequences/copy_memory"
    trials = [trial(0.1, 0.5), trial(0.3, 0.2), trial(0.9, 0.1, "failed")]
    assert tuned.record(file, name, "gru", ["laptop"], ["learning_rate=0.1,0.3,0.9"], trials).point == trials[1].point
    assert defaults(name, ["laptop", str(file)], "gru")["learning_rate"] == 0.3
    assert defaults(name, ["laptop", str(file)], "tcn") == defaults(name, ["laptop"], "tcn")
    again = [trial(0.7, 0.5)]
    tuned.record(file, name, "tcn", ["laptop"], ["learning_rate=0.7"], again)
    tuned.record(file, "sequences/adding", "tcn", ["laptop"], ["learning_rate=0.7"], again)
    content = settings.read_yaml(file)
    assert list(content) == ["sequences/adding", name, "found"]
    assert content[name] == {"models": {"gru": {"learning_rate": 0.3}, "tcn": {"learning_rate": 0.7}}}
    assert content["found"][name]["gru"] == {
        "best": {"nll": 0.2},
        "trials": 3,
        "grid": ["learning_rate=0.1,0.3,0.9"],
        "failed": ["learning_rate=0.9, seed 0"],
    }
    assert "laid over laptop.yaml" in file.read_text().splitlines()[0]
    config = resolve(name, loading.config_of(name), ["laptop", str(file)], ["--model", "gru"])
    assert config.learning_rate == 0.3


def test_without_a_trained_trial_nothing_is_written(results):
    with pytest.raises(UserError, match="no trial was trained to its end"):
        tuned.record(results / "found.yaml", "sequences/adding", "gru", ["laptop"], [], [trial(0.1, 0.5, "failed")])
    assert not (results / "found.yaml").exists()


def test_an_experiment_with_one_model_has_no_search():
    with pytest.raises(UserError, match="no search for jena/gru"):
        tuned.models("jena/gru")


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ({"times": {"rate": [1]}}, "KeyError: 'rate'"),
        ({"times": {"clip_norm": [1]}}, "TypeError"),
        ({"or": {"clip_norm": [None]}}, "StopIteration"),
        ([1], "AttributeError"),
    ],
)
def test_a_wrong_search_is_one_line(monkeypatch, search, words):
    monkeypatch.setattr(settings, "read_yaml", lambda path: {"gru": search})
    with pytest.raises(UserError, match=words) as caught:
        tuned.grid("gru", {"clip_norm": None, "learning_rate": 0.1})
    assert "\n" not in str(caught.value)

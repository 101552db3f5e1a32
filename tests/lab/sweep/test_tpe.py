"""TPE's suggestions: each point once with every seed, and better ones the more it knows."""

import pytest

from lab.sweep import space as search_space
from lab.sweep.space import Choice, Range
from lab.sweep.trials import Trial

pytest.importorskip("ray", reason="Ray isn't installed; make sweep installs it")
pytest.importorskip("optuna", reason="Optuna isn't installed; make sweep installs it")
from lab.sweep.tpe import TPE

SPACE = {"units": Range(1, 100), "learning_rate": Range(1e-4, 1e-2), "gaps": Choice(("skip", "keep"))}


def test_each_point_comes_once_with_every_seed():
    searcher = TPE({"units": Choice((1, 2, 3))}, 2, [], [])
    suggested = []
    while isinstance(suggestion := searcher.suggest(str(len(suggested))), dict):
        trial = Trial(**suggestion["trial"])
        suggested.append((trial.point["units"], trial.seed))
        searcher.on_trial_complete(str(len(suggested) - 1), {"score": float(trial.point["units"])})
    assert suggestion == TPE.FINISHED
    assert sorted(suggested) == [(units, seed) for units in (1, 2, 3) for seed in (0, 1)]
    assert sorted(trial.value for trial in searcher.study.trials if trial.value) == [1.0, 2.0, 3.0]


def test_a_later_sitting_continues_with_what_is_known():
    points = search_space.draws(SPACE, 3)
    known = [
        Trial(points[0], 0, "trained", metric="mae", value=0.3),
        Trial(points[0], 1, "trained", metric="mae", value=0.5),
        Trial(points[1], 0, "failed"),
        Trial(points[1], 1, "trained", metric="mae", value=0.2),
        Trial(points[2], 0, "trained", metric="mae", value=0.6),
        Trial(points[2], 1),
    ]
    searcher = TPE(SPACE, 2, known, [known[5]])
    assert [trial.value for trial in searcher.study.get_trials()] == [0.4, None]
    assert Trial(**searcher.suggest("a")["trial"]) == known[5]
    searcher.on_trial_complete("a", {"score": 0.8})
    assert [trial.value for trial in searcher.study.get_trials()] == [0.4, None, 0.7]
    new = Trial(**searcher.suggest("b")["trial"]).point
    assert new not in points
    assert 1 <= new["units"] <= 100
    assert 1e-4 <= new["learning_rate"] <= 1e-2


def test_it_finds_a_minimum_sooner_than_chance():
    searcher = TPE({"units": Range(1, 1000)}, 1, [], [])
    errors = []
    for name in range(60):
        units = Trial(**searcher.suggest(str(name))["trial"]).point["units"]
        errors.append(abs(units - 700) / 1000)
        searcher.on_trial_complete(str(name), {"score": errors[-1]})
    assert sum(errors[-20:]) / 20 < 0.5 * sum(errors[:10]) / 10

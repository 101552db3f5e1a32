"""A sweep without Ray: what a trial tells, what is written down, what is left to try, how points are ranked."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml

from foundation.user_error import UserError
from lab.runs import BusyError, Run
from lab.sweep import space as search_space
from lab.sweep import table as sweep_table
from lab.sweep import tuning as sweep
from lab.sweep.space import Choice, Range
from lab.sweep.trials import Record, Trial
from lab.sweep.tuning import Machine, Plan

ALONE = Machine(workers=1, cpus=1, gpus=0, address=None)


@pytest.fixture
def told(monkeypatch):
    """What trials tell Ray Tune."""
    trials = []
    monkeypatch.setattr(sweep, "_report", trials.append)
    monkeypatch.setattr(sweep.environment, "prepare", lambda threads: None)
    monkeypatch.setattr(sweep, "PATIENCE", 0)
    return trials


@pytest.fixture
def run(tmp_path):
    """A run with its epochs' errors: `run([0.4, 0.3])`."""

    def write(errors, folder="run", metrics=None):
        found = Run(tmp_path / folder)
        found.folder.mkdir()
        found.settings_file.write_text(yaml.safe_dump({"data": "abc", "settings": {}}))
        if errors:
            table = pd.DataFrame({"epoch": range(1, len(errors) + 1), "val_mae": errors})
            table.to_csv(found.history_file, index=False)
        if metrics:
            found.metrics_file.write_text(json.dumps(metrics))
        return found

    return write


def progress(run, errors, done, metric="mae"):
    history = [{"epoch": epoch, f"val_{metric}": error} for epoch, error in enumerate(errors, start=1)]
    problem = SimpleNamespace(metric=metric, conditions="weather")
    return SimpleNamespace(run=run, problem=problem, history=history, done=done)


def states(trials):
    return [(trial.epochs, trial.state, trial.value, trial.best_epoch) for trial in trials]


def test_each_epoch_is_told_once_and_the_run_ends_before_its_test(told, run):
    watch = sweep.Watch(Trial({"units": 4}, 0))
    watch(progress(run([]), [], done=False))
    watch(progress(run([], "other"), [0.4, 0.3], done=False))
    with pytest.raises(sweep.Trained):
        watch(progress(run([], "third"), [0.4, 0.3, 0.35], done=True))
    assert states(told) == [(1, "stopped", 0.4, 1), (2, "stopped", 0.3, 2), (3, "trained", 0.3, 2)]


def test_the_best_accuracy_is_the_highest(told, run):
    watch = sweep.Watch(Trial({"units": 4}, 0))
    watch(progress(run([]), [0.8, 0.9, 0.85], done=False, metric="accuracy"))
    assert states(told)[-1] == (3, "stopped", 0.9, 2)
    assert told[-1].score == -0.9


def test_a_run_that_fails_after_some_epochs_is_no_good_one():
    assert Trial({"units": 4}, 0, "failed", value=0.2).score == float("inf")


def test_a_run_without_epochs_goes_on_to_its_end(told, run):
    sweep.Watch(Trial({"alpha": 1}, 0))(progress(run([]), [], done=True))
    assert told == []


def test_what_a_run_breaks_on_is_told_as_the_trials_end(told):
    for error, reason in (
        (UserError("too short"), "too short"),
        (BusyError("held"), "held"),
        (ValueError("of no\nuse"), "ValueError: of no use"),
    ):

        def start(point, seed, error=error):
            raise error

        sweep.attempt(Trial({"units": 4}, 0), start, threads=1)
        assert (told[-1].state, told[-1].reason) == ("failed", reason)
        assert told[-1].score == float("inf")


def test_a_run_that_was_complete_is_told_without_its_test(told, run):
    metrics = {"metric": "mae", "data": {"conditions": "weather"}, "validation": {"mae": 0.3}, "test": {"mae": 0.1}}
    complete = run([0.4, 0.3, 0.35], metrics=metrics)
    sweep.attempt(Trial({"units": 4}, 0), lambda point, seed: complete, threads=1)
    assert states(told)[-1] == (3, "trained", 0.3, 2)
    ridge = run([], "ridge", metrics=metrics)
    sweep.attempt(Trial({"alpha": 4}, 0), lambda point, seed: ridge, threads=1)
    assert states(told)[-1] == (0, "trained", 0.3, 0)


@pytest.fixture
def tried(monkeypatch, run):
    """Stands for Ray: writes down each trial's end, and gives their list a sitting; `fails` tells which fail."""
    sittings = []

    def end(plan, machine, start, record, known, left, number):
        sittings.append([trial.label for trial in left])
        for trial in left:
            folder = str(run([0.3], f"{plan.folder.name}-{len(sittings)}-{trial.label}").folder)
            end = {"folder": folder, "metric": "mae", "value": 0.3, "data": "abc", "epochs": 1}
            failing = trial.point["units"] == 8 and len(sittings) == 1
            record.put(Trial(trial.point, trial.seed, "failed" if failing else "trained", **end))

    monkeypatch.setattr(sweep, "_try", end)
    return sittings


def plan(folder, method="grid", **other):
    return Plan(**{"folder": folder / method, "method": method, "seeds": 1, "count": None, "asha": False} | other)


def test_the_same_sweep_again_tries_what_failed_and_more_seeds_add_to_it(tmp_path, tried):
    space = {"units": Choice((4, 8))}
    first = sweep.sweep(plan(tmp_path, space=space), ALONE, start=None)
    assert [trial.state for trial in first] == ["trained", "failed"]
    second = sweep.sweep(plan(tmp_path, space=space), ALONE, start=None)
    assert [trial.state for trial in second] == ["trained", "trained"]
    sweep.sweep(plan(tmp_path, space=space), ALONE, start=None)
    sweep.sweep(plan(tmp_path, space=space, seeds=2), ALONE, start=None)
    assert tried == [
        ["units=4, seed 0", "units=8, seed 0"],
        ["units=8, seed 0"],
        ["units=4, seed 1", "units=8, seed 1"],
    ]


def test_a_run_that_was_cleared_away_is_tried_again(tmp_path, tried):
    space = {"units": Choice((4,))}
    (trial,) = sweep.sweep(plan(tmp_path, space=space), ALONE, start=None)
    Run(Path(trial.folder)).history_file.unlink()
    sweep.sweep(plan(tmp_path, space=space), ALONE, start=None)
    assert tried == [["units=4, seed 0"], ["units=4, seed 0"]]


def test_asha_is_told_of_what_ended_before_it_judges_the_rest(tmp_path, tried):
    space = {"units": Choice((4, 8))}
    sweep.sweep(plan(tmp_path, space=space, asha=True), ALONE, start=None)
    sweep.sweep(plan(tmp_path, space=space, asha=True), ALONE, start=None)
    assert tried[1] == ["units=4, seed 0", "units=8, seed 0"]


def test_a_sweep_is_of_one_process_at_a_time(tmp_path, tried):
    one = plan(tmp_path, space={"units": Choice((4,))})
    with Record(one.folder).claimed(), pytest.raises(UserError, match="another process"):
        sweep.sweep(one, ALONE, start=None)


def ended(units, seed, value, state="trained", **more):
    end = {"metric": "mae", "value": value, "best_epoch": 2, "epochs": 4, "conditions": "weather", "data": "abc"}
    return Trial({"units": units}, seed, state, **(end | more))


TRIALS = [
    ended(4, 0, 0.30),
    ended(4, 1, 0.32),
    ended(8, 0, 0.26),
    ended(8, 1, 0.28, best_epoch=3),
    ended(16, 0, 0.20),
    ended(16, 1, None, "failed", reason="diverged"),
    ended(32, 0, 0.10, "stopped", epochs=1),
    ended(32, 1, 0.12, "stopped", epochs=1),
    ended(64, 0, None, "failed", reason="diverged"),
    ended(64, 1, None, "failed", reason="diverged"),
]


def test_the_table_has_whole_points_first_by_mean_and_never_the_test_set(tmp_path):
    paths = list(sweep_table.write("jena/gru", tmp_path, ["hourly"], TRIALS))
    assert [path.name for path in paths] == ["table.md", "table.csv", "effect.png"]
    assert all(path.is_file() for path in paths)
    table = pd.read_csv(paths[1], dtype=str).fillna("").to_dict("records")
    assert [row["units"] for row in table] == ["8", "4", "16", "32", "64"]
    # of 0.26 and 0.28: mean 0.27, deviation sqrt(2 * 0.01²)
    assert table[0]["validation mae"] == "0.2700 ± 0.0141"
    assert (table[0]["best epoch"], table[0]["seeds"], table[0]["left out"]) == ("2/3", "2", "")
    assert (table[2]["validation mae"], table[2]["seeds"], table[2]["left out"]) == ("0.2000", "1", "1 failed")
    assert (table[3]["epochs"], table[3]["left out"]) == ("1", "2 stopped")
    assert (table[4]["validation mae"], table[4]["left out"]) == ("", "2 failed")
    assert paths[0].read_text().startswith("jena/gru: weather; hourly.yaml\n")


def test_only_a_point_with_every_seed_trained_is_tested():
    assert sweep_table.best(TRIALS).point == {"units": 8}
    with pytest.raises(UserError, match="none to test"):
        sweep_table.best(TRIALS[4:])


def test_different_data_make_no_table(tmp_path):
    with pytest.raises(UserError, match="different data"):
        list(sweep_table.write("jena/gru", tmp_path, [], [*TRIALS, ended(5, 0, 0.1, data="other")]))


@pytest.mark.skipif(
    not (importlib.util.find_spec("ray") and importlib.util.find_spec("optuna")),
    reason="Ray and Optuna aren't installed; make sweep installs them",
)
class TestTPE:
    """Suggestions, with what was tried before in mind."""

    SPACE = {"units": Range(1, 100), "learning_rate": Range(1e-4, 1e-2), "gaps": Choice(("skip", "keep"))}  # noqa: RUF012

    def test_each_point_comes_with_each_seed_and_only_once(self):
        from lab.sweep.tpe import TPE

        searcher = TPE({"units": Choice((1, 2, 3))}, 2, [], [])
        suggested = []
        while isinstance(found := searcher.suggest(str(len(suggested))), dict):
            trial = Trial(**found["trial"])
            suggested.append((trial.point["units"], trial.seed))
            searcher.on_trial_complete(str(len(suggested) - 1), {"score": float(trial.point["units"])})
        assert found == TPE.FINISHED
        assert sorted(suggested) == [(units, seed) for units in (1, 2, 3) for seed in (0, 1)]
        assert sorted(trial.value for trial in searcher.study.trials if trial.value) == [1.0, 2.0, 3.0]

    def test_it_goes_on_with_what_was_known(self):
        from lab.sweep.tpe import TPE

        points = search_space.draws(self.SPACE, 3)
        known = [
            Trial(points[0], 0, "trained", metric="mae", value=0.3),
            Trial(points[0], 1, "trained", metric="mae", value=0.5),
            Trial(points[1], 0, "failed"),
            Trial(points[1], 1, "trained", metric="mae", value=0.2),
            Trial(points[2], 0, "trained", metric="mae", value=0.6),
            Trial(points[2], 1),
        ]
        searcher = TPE(self.SPACE, 2, known, [known[5]])
        assert [trial.value for trial in searcher.study.get_trials()] == [0.4, None]
        assert Trial(**searcher.suggest("a")["trial"]) == known[5]
        searcher.on_trial_complete("a", {"score": 0.8})
        assert [trial.value for trial in searcher.study.get_trials()] == [0.4, None, 0.7]
        new = Trial(**searcher.suggest("b")["trial"]).point
        assert new not in points
        assert 1 <= new["units"] <= 100
        assert 1e-4 <= new["learning_rate"] <= 1e-2

    def test_it_finds_a_minimum_sooner_than_chance(self):
        from lab.sweep.tpe import TPE

        searcher = TPE({"units": Range(1, 1000)}, 1, [], [])
        errors = []
        for name in range(60):
            units = Trial(**searcher.suggest(str(name))["trial"]).point["units"]
            errors.append(abs(units - 700) / 1000)
            searcher.on_trial_complete(str(name), {"score": errors[-1]})
        assert sum(errors[-20:]) / 20 < 0.5 * sum(errors[:10]) / 10

"""A trial in its worker, without Ray: what it reports of its run, and how it ends."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml

from foundation.user_error import UserError
from lab.runs import BusyError, Run
from lab.sweep import worker
from lab.sweep.trials import Trial
from lab.sweep.worker import EpochReporter, LastEpochReached

METRICS = {
    **{"name": "jena/gru", "metric": "mae", "validation": {"mae": 0.3}, "test": {"mae": 0.1}, "last": None},
    **{"best_epoch": 2, "epochs": 3, "parameters": 5, "seconds": 1.0},
    "data": {"conditions": "weather", "simulated": False},
}


@pytest.fixture
def reported(monkeypatch):
    """Returns the trials as they are reported to Ray Tune."""
    trials = []
    monkeypatch.setattr(worker, "_report", trials.append)
    monkeypatch.setattr(worker, "keep_to_own", lambda threads: None)
    monkeypatch.setattr(worker.environment, "prepare", lambda threads: None)
    monkeypatch.setattr(worker, "PATIENCE", 0)
    return trials


@pytest.fixture
def run(tmp_path):
    """Returns a function that writes a run, given its errors on validation by epoch."""

    def write(errors, folder="run", metrics=None):
        written = Run(tmp_path / folder)
        written.folder.mkdir()
        written.settings_file.write_text(yaml.safe_dump({"profiles": [], "data": "abc", "settings": {"seed": 0}}))
        if errors:
            table = pd.DataFrame({"epoch": range(1, len(errors) + 1), "mae": errors, "val_mae": errors})
            table.to_csv(written.history_file, index=False)
        if metrics:
            written.metrics_file.write_text(json.dumps(metrics))
        return written

    return write


def progress(run, errors, done, metric="mae"):
    history = [{"epoch": epoch, f"val_{metric}": error} for epoch, error in enumerate(errors, start=1)]
    problem = SimpleNamespace(metric=metric, conditions="weather")
    return SimpleNamespace(run=run, problem=problem, history=history, done=done)


def summary(trials):
    return [(trial.epochs, trial.state, trial.value, trial.best_epoch) for trial in trials]


def test_each_epoch_is_reported_once_and_the_run_ends_before_its_test(reported, run):
    reporter = EpochReporter(Trial({"units": 4}, 0))
    reporter(progress(run([]), [], done=False))
    reporter(progress(run([], "other"), [0.4, 0.3], done=False))
    with pytest.raises(LastEpochReached):
        reporter(progress(run([], "third"), [0.4, 0.3, 0.35], done=True))
    assert summary(reported) == [(1, "stopped", 0.4, 1), (2, "stopped", 0.3, 2), (3, "trained", 0.3, 2)]
    assert (reported[-1].conditions, reported[-1].data) == ("weather", "abc")


def test_the_best_accuracy_is_the_highest(reported, run):
    EpochReporter(Trial({"units": 4}, 0))(progress(run([]), [0.8, 0.9, 0.85], done=False, metric="accuracy"))
    assert summary(reported)[-1] == (3, "stopped", 0.9, 2)
    assert reported[-1].score == -0.9


def test_a_run_that_fails_after_some_epochs_ranks_last():
    assert Trial({"units": 4}, 0, "failed", metric="mae", value=0.2).score == float("inf")


def test_a_run_without_epochs_continues_to_its_end(reported, run):
    EpochReporter(Trial({"alpha": 1}, 0))(progress(run([]), [], done=True))
    assert reported == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (UserError("too short"), "too short"),
        (BusyError("another process"), "another process"),
        (ValueError("wrong\nshape"), "ValueError: wrong shape"),
    ],
)
def test_an_error_of_the_run_is_reported_as_a_failed_trial(reported, error, reason):
    def start(point, seed, watch):
        raise error

    worker.attempt(Trial({"units": 4}, 0), start, threads=1)
    (trial,) = reported
    assert (trial.state, trial.reason, trial.score) == ("failed", reason, float("inf"))


def test_a_run_that_another_process_holds_is_waited_for(reported, run, monkeypatch):
    monkeypatch.setattr(worker, "PATIENCE", 60)
    held = [BusyError("another process")]

    def start(point, seed, watch):
        if held:
            raise held.pop()
        watch(progress(run([]), [0.3], done=True))

    worker.attempt(Trial({"units": 4}, 0), start, threads=1)
    assert summary(reported) == [(1, "trained", 0.3, 1)]


def test_a_run_that_was_complete_is_reported_without_its_test(reported, run):
    complete = run([0.4, 0.3, 0.35], metrics=METRICS)
    worker.attempt(Trial({"units": 4}, 0), lambda point, seed, watch: complete, threads=1)
    assert summary(reported)[-1] == (3, "trained", 0.3, 2)
    ridge = run([], "ridge", metrics={**METRICS, "epochs": 0})
    worker.attempt(Trial({"alpha": 4}, 0), lambda point, seed, watch: ridge, threads=1)
    assert summary(reported)[-1] == (0, "trained", 0.3, 0)


def test_a_trained_trial_is_reported_from_its_history(reported, run):
    trained = Trial({"units": 4}, 0, "trained", folder=str(run([0.4, 0.3]).folder), metric="mae", value=0.3, epochs=2)
    worker.attempt(trained, start=None, threads=1)
    assert summary(reported) == [(1, "stopped", 0.4, 1), (2, "trained", 0.3, 2)]


def test_a_run_without_a_metric_fails(reported, run):
    picture = run([], metrics={"name": "recurrence/gates"})
    worker.attempt(Trial({"units": 4}, 0), lambda point, seed, watch: picture, threads=1)
    assert reported[-1].state == "failed"
    assert "no metric" in reported[-1].reason


@pytest.mark.parametrize("file", ["history.csv", "metrics.json", "settings.yaml"])
@pytest.mark.parametrize("content", ["", "garbage"])
def test_a_damaged_run_fails_and_is_named(reported, run, file, content):
    damaged = run([0.4, 0.3, 0.35], metrics=METRICS)
    (damaged.folder / file).write_text(content)
    worker.attempt(Trial({"units": 4}, 0), lambda point, seed, watch: damaged, threads=1)
    (trial,) = reported
    assert trial.state == "failed"
    assert trial.reason.startswith(str(damaged.folder / file))

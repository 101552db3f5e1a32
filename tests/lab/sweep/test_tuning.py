"""Which trials of a sweep are run, without Ray: a repeated sweep runs only what is missing."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from lab.runs import Run
from lab.sweep import tuning
from lab.sweep.cluster import Machine
from lab.sweep.space import Choice
from lab.sweep.trials import Trial
from lab.sweep.tuning import Plan

ALONE = Machine(workers=1, cpus=1, gpus=0, address=None)


@pytest.fixture
def sittings(monkeypatch, tmp_path):
    """Replaces Ray: ends every trial at once. Returns the trials of each sitting; in the first one, 8 units fail."""
    labels = []

    def end(plan, machine, start, trials_file, known, remaining, total):
        labels.append([trial.label for trial in remaining])
        for trial in remaining:
            run = Run(tmp_path / f"{len(labels)}-{trial.label}")
            run.folder.mkdir()
            run.settings_file.write_text(yaml.safe_dump({"data": "abc"}))
            pd.DataFrame({"epoch": [1], "val_mae": [0.3]}).to_csv(run.history_file, index=False)
            state = "failed" if trial.point["units"] == 8 and len(labels) == 1 else "trained"
            trials_file.write(
                Trial(trial.point, trial.seed, state, folder=str(run.folder), metric="mae", value=0.3, epochs=1)
            )

    monkeypatch.setattr(tuning, "_tune", end)
    return labels


@pytest.fixture
def sweep(tmp_path):
    """Returns a function that sweeps over 4 and 8 units."""

    def run(**other):
        plan = {"method": "grid", "space": {"units": Choice((4, 8))}, "seeds": 1, "count": None, "asha": False}
        return tuning.sweep(Plan(tmp_path / "sweep", **{**plan, **other}), ALONE, start=None)

    return run


def test_a_repeated_sweep_runs_what_failed_and_more_seeds_add_to_it(sweep, sittings):
    assert [trial.state for trial in sweep()] == ["trained", "failed"]
    assert [trial.state for trial in sweep()] == ["trained", "trained"]
    sweep()
    sweep(seeds=2)
    assert sittings == [
        ["units=4, seed 0", "units=8, seed 0"],
        ["units=8, seed 0"],
        ["units=4, seed 1", "units=8, seed 1"],
    ]


def test_a_run_that_was_deleted_is_run_again(sweep, sittings):
    (trial,) = sweep(space={"units": Choice((4,))})
    Run(Path(trial.folder)).history_file.unlink()
    sweep(space={"units": Choice((4,))})
    assert sittings == [["units=4, seed 0"], ["units=4, seed 0"]]


def test_asha_sees_the_trials_that_ended_earlier(sweep, sittings):
    sweep(asha=True)
    sweep(asha=True)
    assert sittings[1] == ["units=4, seed 0", "units=8, seed 0"]

"""A sweep's folder and its trials.json: which sweep is the same, and what becomes of a damaged file."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pytest

from foundation.user_error import UserError
from lab.identity import setting
from lab.runs import Run
from lab.sweep.space import Choice, Range
from lab.sweep.trials import Trial, TrialsFile, open_trials, sweep_folder

SPACE = {"units": Choice((4, 8)), "learning_rate": Range(1e-4, 1e-2)}
POINT = {"units": 4, "learning_rate": 0.001}
TRIAL = Trial(POINT, 0, "trained", metric="mae", value=0.3, best_epoch=2, epochs=4, folder="gone")


@dataclass(frozen=True)
class Config:
    units: int = 1
    learning_rate: float = 0.1
    epochs: int = 3
    budget_steps: int = field(default=5, metadata=setting("length"))
    csv: str = field(default="a.csv", metadata=setting("data"))
    seed: int = field(default=0, metadata=setting("repeat"))
    threads: int = field(default=1, metadata=setting("working"))
    evaluation_batch: int = field(default=64, metadata=setting("working"))


def folder(config=Config(), method="random", space=SPACE, backend="tensorflow"):
    return sweep_folder(Path("results/jena/gru"), method, space, config, backend)


def test_the_folder_is_named_after_what_is_varied():
    assert folder().parent == Path("results/jena/gru/sweeps")
    assert folder().name.startswith("random-units-learning_rate-")


@pytest.mark.parametrize(
    "other", [{"seed": 1}, {"threads": 2}, {"evaluation_batch": 1}, {"units": 99}, {"learning_rate": 9.0}]
)
def test_settings_that_are_varied_or_change_no_result_leave_the_folder(other):
    assert folder(Config(**other)) == folder()


def test_everything_that_trials_share_changes_the_folder():
    others = [folder(Config(**other)) for other in ({"epochs": 4}, {"budget_steps": 6}, {"csv": "b.csv"})]
    others += [folder(method="tpe"), folder(backend="jax"), folder(space={**SPACE, "units": Choice((4,))})]
    assert len({folder(), *others}) == 1 + len(others)


def test_a_newer_setting_leaves_the_folder_of_earlier_sweeps():
    @dataclass(frozen=True)
    class Newer(Config):
        rate: float = field(default=0.0, metadata=setting(before=0.0))

    assert folder(Newer()) == folder()
    assert folder(Newer(rate=0.1)) != folder()


def test_trials_are_read_as_they_were_written(tmp_path):
    trials_file = TrialsFile(tmp_path, SPACE)
    others = [Trial(POINT, 1), replace(TRIAL, seed=2, state="failed", reason="diverged", value=None)]
    for trial in (TRIAL, *others):
        trials_file.write(trial)
    assert list(TrialsFile(tmp_path, SPACE).trials.values()) == [TRIAL, *others]


def test_a_trial_whose_run_was_deleted_is_open(tmp_path):
    trials_file = TrialsFile(tmp_path, SPACE)
    run = Run(tmp_path / "run")
    run.folder.mkdir()
    run.history_file.touch()
    trials_file.write(replace(TRIAL, folder=str(run.folder)))
    assert trials_file.find(POINT, 0).state == "trained"
    run.history_file.unlink()
    assert trials_file.find(POINT, 0) == Trial(POINT, 0)


def test_only_one_process_works_on_a_sweep(tmp_path):
    with open_trials(tmp_path, SPACE), pytest.raises(UserError, match="another process"), open_trials(tmp_path, SPACE):
        pass


def without(key):
    return json.dumps([{name: value for name, value in asdict(TRIAL).items() if name != key}])


def changed(**values):
    return json.dumps([asdict(TRIAL) | values])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        json.dumps([asdict(TRIAL)], indent=1).encode()[:60],
        bytes(range(256)),
        b"PK\x03\x04 no JSON",
        b"[" * 100_000,
        b"null",
        b"{}",
        b"7",
        b'"abc"',
        b"[1, 2]",
        b"[null]",
        b"[{}]",
        *(without(key).encode() for key in asdict(TRIAL)),
        changed(value=1e308).encode(),
        changed(colour="red").encode(),
        changed(point="units=4").encode(),
        changed(point={"units": 4}).encode(),
        changed(point={**POINT, "units": 5}).encode(),
        changed(point={**POINT, "learning_rate": "fast"}).encode(),
        changed(seed="0").encode(),
        changed(state="good").encode(),
        changed(state=["trained"]).encode(),
        changed(value="0.3").encode(),
        changed(value=float("nan")).encode(),
        changed(value=None).encode(),
        changed(metric="").encode(),
        changed(epochs=None).encode(),
    ],
    ids=lambda content: content[:30].decode(errors="replace"),
)
def test_a_damaged_file_gives_a_line_that_helps(tmp_path, content):
    file = tmp_path / "trials.json"
    file.write_bytes(content)
    with (
        pytest.raises(UserError, match=r"trials\.json is damaged .*; delete it") as error,
        open_trials(tmp_path, SPACE),
    ):
        pass
    assert "\n" not in str(error.value)
    assert file.read_bytes() == content
    file.unlink()
    with open_trials(tmp_path, SPACE) as trials_file:
        assert trials_file.trials == {}


def test_a_folder_in_its_place_gives_the_line_too(tmp_path):
    (tmp_path / "trials.json").mkdir()
    with pytest.raises(UserError, match="delete it"):
        TrialsFile(tmp_path, SPACE)

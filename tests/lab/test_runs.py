"""A run's folder follows from its settings and data; what it holds tells its state."""

import threading
import time
from dataclasses import dataclass, field, replace

import pytest
from filelock import FileLock

from foundation.user_error import UserError
from lab import environment
from lab.identity import setting
from lab.runs import BusyError, all_runs, perform, run_of


@dataclass(frozen=True)
class Config:
    seed: int = 0
    units: int = 32
    threads: int = field(default=1, metadata=setting("working"))


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Begins a run and stops it in the middle of its work."""
    monkeypatch.setattr(environment, "load_backend", lambda: None)

    def stop(run):
        raise KeyboardInterrupt

    def open_run(config=Config(), data="abc", name="toy/net"):
        monkeypatch.setattr("lab.runs.run_of", lambda *args: run_of(*args, root=tmp_path))
        with pytest.raises(KeyboardInterrupt):
            perform(name, config, stop, fingerprint=data, profiles=("quick",))
        return run_of(name, config, data, tmp_path)

    return open_run


def test_the_same_settings_and_data_find_the_same_run(opened):
    assert opened() == opened()
    assert opened() == opened(Config(threads=2))
    assert opened().folder.name.startswith("seed0-")
    assert opened().settings()["settings"] == {"seed": 0, "units": 32, "threads": 1}


@pytest.mark.parametrize("other", [replace(Config(), seed=1), replace(Config(), units=64)])
def test_other_settings_are_another_run(opened, other):
    assert opened() != opened(other)


def test_other_data_and_backends_are_another_run(opened, monkeypatch):
    run = opened()
    assert run != opened(data="abd")
    monkeypatch.setenv("KERAS_BACKEND", "another")
    assert run != opened()


def test_only_one_process_at_a_time(opened):
    run = opened()
    assert not run.running
    with run.locked():
        assert run.running
        with pytest.raises(BusyError, match="another process is working on"), run.locked():
            pass
    assert not run.running


def test_what_a_killed_process_was_writing_is_cleared_away(opened):
    run = opened()
    left = run.folder / ".writing-history.csv"
    left.write_text("ha")
    with run.locked():
        assert not left.exists()


def test_a_look_at_a_run_does_not_keep_it_from_starting(opened):
    run = opened()

    def look():
        with FileLock(run.folder / ".lock"):
            time.sleep(0.3)

    looking = threading.Thread(target=look)
    looking.start()
    time.sleep(0.1)
    with run.locked():
        pass
    looking.join()


@pytest.mark.parametrize("what", ["file", "loop"])
def test_a_results_folder_that_is_none_is_one_line(monkeypatch, tmp_path, what):
    monkeypatch.setattr("lab.runs.run_of", lambda *args: run_of(*args, root=tmp_path))
    if what == "file":
        (tmp_path / "toy").write_text("")
    else:
        (tmp_path / "toy").symlink_to(tmp_path / "toy")
    with pytest.raises(UserError, match=r"can't be created .*LAB_RESULTS names another"):
        perform("toy/net", Config(), lambda run: {}, fingerprint="abc", profiles=())


def test_runs_are_found_by_experiment_group_and_folder(opened, tmp_path):
    first, second = opened(), opened(Config(seed=1))
    opened(name="other/net")
    assert list(all_runs("toy/net", tmp_path)) == list(all_runs("toy", tmp_path)) == [first, second]
    assert len(list(all_runs(root=tmp_path))) == 3
    assert first.name == "toy/net"


@pytest.mark.parametrize("error", [UserError, MemoryError])
def test_settings_that_no_network_can_have_leave_no_folder(monkeypatch, tmp_path, error):
    monkeypatch.setattr(environment, "load_backend", lambda: None)
    monkeypatch.setattr("lab.runs.run_of", lambda *args: run_of(*args, root=tmp_path))

    def refuse(run):
        run.write_json("environment.json", {})
        raise error("the network is too large")

    with pytest.raises(error, match="too large"):
        perform("toy/net", Config(), refuse, fingerprint="abc", profiles=("quick",))
    assert not list((tmp_path / "toy/net").iterdir())


def test_a_refusal_after_work_was_done_keeps_it(opened, monkeypatch):
    run = opened()
    run.history_file.write_text("epoch,loss\n1,0.5\n")

    def refuse(run):
        raise UserError("the loss is no longer a finite number")

    with pytest.raises(UserError):
        perform("toy/net", Config(), refuse, fingerprint="abc", profiles=("quick",))
    assert run.history_file.is_file()

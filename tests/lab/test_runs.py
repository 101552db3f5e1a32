"""A run's folder follows from its settings and data; what it holds tells its state."""

from dataclasses import dataclass, field, replace

import pytest

from foundation.user_error import UserError
from lab.runs import all_runs, find_run, open_run


@dataclass(frozen=True)
class Config:
    seed: int = 0
    units: int = 32
    threads: int = field(default=1, metadata={"result": False})


@pytest.fixture
def opened(tmp_path):
    return lambda config=Config(), data="abc", name="toy/net": open_run(name, config, fingerprint=data, root=tmp_path)


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
    with run.claimed():
        assert run.running
        with pytest.raises(UserError, match="another process is at work"), run.claimed():
            pass
    assert not run.running


def test_what_a_killed_process_was_writing_is_cleared_away(opened):
    run = opened()
    left = run.folder / ".writing-history.csv"
    left.write_text("ha")
    assert opened() == run
    assert left.exists(), "it may be another process's that is at work"
    with run.claimed():
        assert not left.exists()


def test_runs_are_found_by_experiment_group_and_folder(opened, tmp_path):
    first, second = opened(), opened(Config(seed=1))
    opened(name="other/net")
    assert list(all_runs("toy/net", tmp_path)) == list(all_runs("toy", tmp_path)) == [first, second]
    assert len(list(all_runs(root=tmp_path))) == 3
    assert first.name == "toy/net"
    with pytest.raises(UserError, match="no complete run 'toy/net'"):
        find_run("toy/net", tmp_path)
    with pytest.raises(UserError, match="is not complete"):
        find_run(str(second.folder), tmp_path)
    second.finish({"figure": 1})
    assert find_run("toy/net", tmp_path) == find_run(str(second.folder), tmp_path) == second

"""Sweeps on Ray: what is killed runs again, nothing twice; TPE and ASHA choose what is run."""

import json
import os
import signal

import pandas as pd
import pytest

from tests.lab.sweep import processes
from tests.lab.sweep.counting import EPOCHS
from tests.lab.sweep.processes import below, wait_for

pytest.importorskip("ray", reason="Ray isn't installed; make sweep installs it")
pytest.importorskip("optuna", reason="Optuna isn't installed; make sweep installs it")
WORKER = r"^ray::.*train"


@pytest.fixture
def start(tmp_path):
    """Returns a function that starts the counting sweep; kills what is left of it at the test's end."""
    started = []

    def start(*words, **variables):
        command = ["-m", "tests.lab.sweep.counting", tmp_path, *words]
        started.append(processes.start(command, {"LAB_RESULTS": str(tmp_path), **variables}))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def histories(folder):
    return sorted(folder.glob("runs/*/history.csv"))


def trials(folder):
    file = folder / "sweep" / "trials.json"
    return json.loads(file.read_text()) if file.is_file() else []


def assert_complete(folder):
    tables = [pd.read_csv(file) for file in histories(folder)]
    assert [table["epoch"].tolist() for table in tables] == 4 * [list(range(1, EPOCHS + 1))]
    assert [trial["state"] for trial in trials(folder)] == 4 * ["trained"]


@pytest.mark.slow
def test_a_killed_worker_and_a_killed_sweep_lose_nothing(start, tmp_path):
    process = start()
    wait_for(lambda: len(histories(tmp_path)) == 2 or process.poll() is not None)
    os.kill(below(process.pid, WORKER)[0], signal.SIGKILL)
    wait_for(lambda: any(trial["state"] == "trained" for trial in trials(tmp_path)))
    process.kill()
    assert "lost a worker" in process.communicate()[0]
    trained = {trial["folder"] for trial in trials(tmp_path) if trial["state"] == "trained"}
    before = {file: file.stat().st_mtime_ns for file in histories(tmp_path) if str(file.parent) in trained}
    assert before
    again = start()
    printed = again.communicate(timeout=240)[0]
    assert again.returncode == 0, printed
    assert_complete(tmp_path)
    assert {file: file.stat().st_mtime_ns for file in before} == before


@pytest.mark.slow
def test_a_killed_node_loses_nothing(start, tmp_path):
    with processes.two_nodes(tmp_path) as (address, token, raylet):
        process = start("grid", address, **token)
        wait_for(lambda: len(histories(tmp_path)) == 2 or process.poll() is not None)
        os.kill(raylet, signal.SIGKILL)
        printed = process.communicate(timeout=400)[0]
        assert process.returncode == 0, printed
        assert "lost a worker" in printed
        assert_complete(tmp_path)


@pytest.mark.slow
def test_tpe_tries_each_point_once_and_asha_stops_poor_ones(start, tmp_path):
    process = start("tpe")
    printed = process.communicate(timeout=240)[0]
    assert process.returncode == 0, printed
    assert sorted(trial["point"]["units"] for trial in trials(tmp_path)) == [1, 2, 3, 4, 5, 6]
    epochs = {trial["state"]: [] for trial in trials(tmp_path)}
    for trial in trials(tmp_path):
        epochs[trial["state"]].append(trial["epochs"])
    assert set(epochs) == {"trained", "stopped"}
    assert set(epochs["trained"]) == {EPOCHS}
    assert max(epochs["stopped"]) < EPOCHS
    assert printed.count("stopped after epoch") == len(epochs["stopped"])

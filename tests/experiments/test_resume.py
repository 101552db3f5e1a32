"""A run that is killed and resumed ends as a run that never was killed: the same history, the same best weights."""

import json
import random
import signal
import subprocess
import sys
import time

import h5py
import numpy as np
import pandas as pd
import pytest

from foundation.atomic import PREFIX
from tests.experiments.commands import ROOT, SHORT, environment, interruptible
from tests.experiments.forks import Full

RUN = ["run", "jena/dropout_gru", *SHORT, "--units", "4", "--lookback", "12", "--steps-per-epoch", "2"]


def only_whole_files(folder):
    """Reads every file of the run to its end."""
    for path in folder.rglob("*"):
        if path.name.startswith((PREFIX, ".lock")) or not path.is_file():
            continue
        if path.suffix == ".csv":
            assert pd.read_csv(path).notna().all(axis=None)
        elif path.suffix == ".json":
            json.loads(path.read_text())
        elif path.suffix == ".h5":
            with h5py.File(path) as file:
                file.visititems(lambda _, item: item[()] if isinstance(item, h5py.Dataset) else None)
        elif path.suffix == ".npz":
            with np.load(path) as arrays:
                assert all(np.isfinite(arrays[key]).all() for key in arrays if key != "progress")


def epochs_in(folder):
    histories = list(folder.glob("jena/*/*/history.csv"))
    return len(pd.read_csv(histories[0])) if histories else 0


def kill_on_the_way(folder, words, moments):
    """Starts the command and kills it at a random moment after it has come further; returns the epochs it left."""
    before = epochs_in(folder)
    process = subprocess.Popen(
        words, cwd=ROOT, env=environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while epochs_in(folder) == before and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(moments.uniform(0, 0.3))
    process.send_signal(signal.SIGKILL)
    process.wait()
    only_whole_files(folder)
    return epochs_in(folder)


@pytest.mark.parametrize("kills", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_kills_change_nothing(forks, tmp_path, weather, kills):
    epochs = 60 * kills
    run = [*RUN, "--epochs", str(epochs), "--csv", str(weather)]
    forks.succeed(tmp_path / "whole", *run)
    moments = random.Random(0)
    words = [sys.executable, "-m", "experiments", *run]
    left = [kill_on_the_way(tmp_path / "killed", words, moments) for _ in range(kills)]
    assert 0 < left[0] < epochs
    assert left[-1] < epochs, "the last kill came after the run's end"
    forks.succeed(tmp_path / "killed", *run)
    (whole,) = (tmp_path / "whole/jena/dropout_gru").iterdir()
    (killed,) = (tmp_path / "killed/jena/dropout_gru").iterdir()
    assert whole.name == killed.name
    for file in ("history.csv", "best.weights.h5", "forecasts.csv"):
        assert (whole / file).read_bytes() == (killed / file).read_bytes(), file
    assert len(pd.read_csv(whole / "history.csv")) == epochs
    first, second = (json.loads((folder / "metrics.json").read_text()) for folder in (whole, killed))
    for metrics in (first, second):
        assert 0 < metrics.pop("seconds_per_epoch") < metrics.pop("seconds") / epochs
    assert first == second
    assert not (killed / "checkpoint.npz").exists()


def test_ctrl_c_ends_in_one_line_and_the_same_command_resumes(forks, tmp_path, weather):
    words = ["run", "jena/dense", *SHORT, "--epochs", "2000", "--csv", str(weather)]
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", *words],
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=interruptible,
    )
    deadline = time.monotonic() + 300
    while not list(tmp_path.glob("jena/dense/*/checkpoint.npz")) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "\nerror: stopped; the same command resumes after the last complete epoch\n"
    assert "Traceback" not in errors
    (run,) = (tmp_path / "jena/dense").iterdir()
    assert (run / "loss.png").is_file()
    with np.load(run / "checkpoint.npz") as saved:
        before = len(json.loads(str(saved["progress"]))["history"])
    # a stop between an epoch's row and its checkpoint leaves the row to be written again
    assert 1 <= before <= len(pd.read_csv(run / "history.csv")) <= before + 1
    here = json.loads((run / "environment.json").read_text())
    assert "earlier" not in here
    (run / "environment.json").write_text(json.dumps({**here, "processor": "another"}))
    resumed = forks.command(tmp_path, *words, full=Full("checkpoint.npz"))  # ends after an epoch
    assert f"continuing after epoch {before} of 2000" in resumed.stdout
    found = json.loads((run / "environment.json").read_text())
    assert found == {**here, "earlier": [{**here, "processor": "another"}]}


def test_ctrl_c_is_heeded_where_python_drops_it(tmp_path, weather):
    code = (
        "import signal, sys\n"
        "from functools import partial\n"
        "from experiments import loading\n"
        "from experiments.__main__ import keep_interrupts, main\n"
        "class Garbage:\n"
        "    def __del__(self): signal.raise_signal(signal.SIGINT)\n"
        "loading.run = partial(loading.run, watch=lambda progress: progress.history and Garbage() and None)\n"
        "keep_interrupts()\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    words = ["run", "jena/dense", *SHORT, "--csv", str(weather)]
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        preexec_fn=interruptible,
    )
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr
    assert epochs_in(tmp_path) == 1

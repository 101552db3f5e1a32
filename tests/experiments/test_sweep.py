"""The sweep command as a user starts it: its trials are ordinary runs, and wrong words and files give one line."""

import json
import os
import signal
import subprocess
import sys

import pandas as pd
import pytest

from tests.experiments.commands import ROOT, SHORT, environment
from tests.lab.sweep import processes
from tests.lab.sweep.processes import below, wait_for

SWEEP = ["sweep", "jena/gru", "--grid", "units=2,3"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sweep"], "name one experiment"),
        (["sweep", "jena", "--grid", "units=4"], "name one experiment"),
        (["sweep", "jena/gru"], "--grid, --random or --tpe"),
        (["sweep", "jena/gru", "--random", "units=4..8"], "--trials N"),
        (["sweep", "jena/gru", "--grid", "units=4", "--trials", "2"], "no --trials"),
        (["sweep", "jena/gru", "--grid", "units=4", "--tpe", "units=4"], "not allowed with"),
        (["sweep", "jena/gru", "--grid", "unit=4,8"], "did you mean --units"),
        (["sweep", "jena/gru", "--grid", "units=4,x"], "--units"),
        (["sweep", "jena/gru", "--grid", "units=4..8"], "is a range"),
        (["sweep", "jena/gru", "--random", "units=4..x", "--trials", "2"], "'4..x'"),
        (["sweep", "jena/gru", "--grid", "csv=../a.csv"], "csv can't be swept"),
        (["sweep", "jena/gru", "--grid", "units=4,8", "--units", "16"], "leave one out"),
        (["sweep", "jena/gru", "--grid", "seed=0,1"], "--seeds"),
        (["sweep", "jena/gru", "--grid", "units=4", "--seed", "1"], "--seeds"),
        (["sweep", "jena/gru", "--grid", "units=4", "--threads", "1"], "--cpus-per-trial"),
        (["sweep", "jena/gru", "--grid", "units=4", "--gpus-per-trial", "1.5"], "0.5"),
    ],
)
def test_a_wrong_word_gives_one_line(capsys, words, message):
    from experiments.__main__ import main

    assert main(words) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


@pytest.fixture
def sweep_without_ray(tmp_path, monkeypatch):
    """Returns a function that runs the sweep command with Ray replaced: no trial is run. Returns its exit code."""
    from experiments.__main__ import main
    from lab import runs
    from lab.sweep import tuning

    monkeypatch.setattr(runs, "RESULTS", tmp_path)
    monkeypatch.setattr(tuning, "_tune", lambda *trials: None)
    return lambda *words: main([*SWEEP, *words])


def test_what_changes_no_result_starts_no_second_sweep(sweep_without_ray, tmp_path):
    for words in ([], ["--evaluation-batch", "7"], ["--mirror", "elsewhere"], ["--tensorboard"]):
        assert sweep_without_ray(*words) == 0
    assert len(list(tmp_path.glob("jena/gru/sweeps/*"))) == 1
    assert sweep_without_ray("--epochs", "1") == 0
    assert len(list(tmp_path.glob("jena/gru/sweeps/*"))) == 2


def test_a_profile_that_sets_nothing_for_the_experiment_is_told(sweep_without_ray, capsys):
    sweep_without_ray("--profile", "laptop")
    assert "Warning: laptop.yaml sets nothing for jena/gru; it changes nothing here\n" in capsys.readouterr().out
    sweep_without_ray("--profile", "hourly")
    assert "Warning" not in capsys.readouterr().out


def test_a_damaged_trials_file_gives_one_line(sweep_without_ray, tmp_path, capsys):
    sweep_without_ray()
    (folder,) = tmp_path.glob("jena/gru/sweeps/*")
    (folder / "trials.json").write_text('[{"point": {"units": 2}, "see')
    capsys.readouterr()
    assert sweep_without_ray() == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert f"{folder / 'trials.json'} is damaged" in error
    (folder / "trials.json").unlink()
    assert sweep_without_ray() == 0


def test_without_ray_one_line_says_how_to_get_it(tmp_path):
    code = "import sys; sys.modules['ray'] = None; from experiments.__main__ import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, *SWEEP], cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "make sweep installs it" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def start(tmp_path, weather):
    """Returns a function that starts a sweep on small weather; kills what is left of it at the test's end."""
    pytest.importorskip("ray", reason="Ray isn't installed; make sweep installs it")
    pytest.importorskip("optuna", reason="Optuna isn't installed; make sweep installs it")
    started = []

    def start(*words):
        command = ["-m", "experiments", *words, "--workers", "1", "--csv", str(weather)]
        started.append(processes.start(command, environment(tmp_path)))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_ctrl_c_ends_in_a_line(start, tmp_path):
    process = start(*SWEEP, *SHORT)
    wait_for(lambda: list(tmp_path.glob("jena/gru/sweeps/*/trials.json")) or process.poll() is not None)
    os.killpg(process.pid, signal.SIGINT)
    printed = process.communicate(timeout=120)[0]
    assert process.returncode == 130
    assert "the same command resumes" in printed.splitlines()[-1]
    assert "Traceback" not in printed


@pytest.mark.slow
def test_trials_are_ordinary_runs_that_were_not_tested(start, forks, tmp_path, weather):
    """Two of four trials fail, because their windows are too long; a worker is killed while it trains."""
    length = [word for word in SHORT if word not in ("--lookback", "24")] + ["--epochs", "100"]
    process = start(*SWEEP, "lookback=24,100000", *length)
    wait_for(lambda: list(tmp_path.glob("jena/gru/*/history.csv")) or process.poll() is not None)
    os.kill(wait_for(lambda: below(process.pid, r"^ray::.*train"))[0], signal.SIGKILL)
    printed = process.communicate(timeout=500)[0]
    assert process.returncode == 2, printed
    assert printed.splitlines()[-1] == "error: 2 of 4 trials failed; the same command tries them again"
    assert "lost a worker" in printed
    assert printed.count("rows") >= 2, "the reason of each failed trial"
    assert "Traceback" not in printed
    for history in tmp_path.glob("jena/gru/*/history.csv"):
        assert pd.read_csv(history)["epoch"].tolist() == list(range(1, 101))
    table = pd.read_csv(next(tmp_path.glob("jena/gru/sweeps/*/table.csv")))
    assert table["lookback"].tolist() == [24, 24, 100000, 100000]
    assert "test" not in "".join(table.columns)
    assert not list(tmp_path.glob("jena/gru/*/metrics.json"))
    best = str(table["units"][0])
    run = ["run", "jena/gru", *SHORT, "--epochs", "100", "--units", best, "--csv", str(weather)]
    assert "continuing after epoch 100 of 100" in forks.succeed(tmp_path, *run)
    (complete,) = tmp_path.glob("jena/gru/*/metrics.json")
    value = json.loads(complete.read_text())["validation"]["mae"]
    assert f"{value:.4f}" == f"{table['validation mae'][0]:.4f}"

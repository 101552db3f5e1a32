"""A sweep as a user starts it: its trials are ordinary runs, and kills lose nothing."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time

import pandas as pd
import pytest

from tests.experiments.commands import ROOT, SHORT, command, environment, succeed

RAYLET = r"^\S*raylet/raylet "
LONG = ["--epochs", "150"]
GRID = ["sweep", "jena/gru", "--grid", "units=2,3", "--seeds", "2", "--workers", "2", *SHORT]


@pytest.mark.parametrize(
    ("words", "told"),
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
        (["sweep", "jena/gru", "--grid", "units=4,8", "--units", "16"], "leave one out"),
        (["sweep", "jena/gru", "--grid", "seed=0,1"], "--seeds"),
        (["sweep", "jena/gru", "--grid", "units=4", "--gpus-per-trial", "1.5"], "0.5"),
    ],
)
def test_a_wrong_word_is_told_in_a_line(tmp_path, capsys, words, told):
    from experiments.__main__ import main

    assert main(words) == 2
    error = capsys.readouterr().err
    assert told in error
    assert len(error.splitlines()) == 1


def test_without_ray_one_line_says_how_to_get_it(tmp_path, weather):
    (tmp_path / "stubs").mkdir()
    code = "import sys; sys.modules['ray'] = None; from experiments.__main__ import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, *GRID, "--csv", str(weather)],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "make sweep installs it" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def ray():
    pytest.importorskip("ray", reason="Ray isn't installed; make sweep installs it")
    pytest.importorskip("optuna", reason="Optuna isn't installed; make sweep installs it")


@pytest.fixture
def start(ray):
    """Starts sweeps, and kills what is left of them at the test's end."""
    started = []

    def start(results, *words, **more):
        started.append(sweep(results, *words, **more))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def sweep(results, *words, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "experiments", *words],
        cwd=ROOT,
        env=environment(results, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(condition, seconds=240):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    return pytest.fail(f"nothing came in {seconds} s")


def processes():
    """Each process's parent and words."""
    lines = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in lines.splitlines()[1:]]
    return {int(pid): (int(parent), words) for pid, parent, words in rows}


def below(pid, pattern):
    """Processes that `pid` started, itself or by others, whose words match."""
    table = processes()

    def ancestors(one):
        while one in table:
            one = table[one][0]
            yield one

    return [one for one, (_, words) in table.items() if re.search(pattern, words) and pid in ancestors(one)]


def histories(results):
    return sorted(results.glob("jena/gru/*/history.csv"))


def record(results):
    files = list(results.glob("jena/gru/sweeps/*/trials.json"))
    return json.loads(files[0].read_text()) if files else []


def is_whole(results):
    """Whether every trial of GRID came to its last epoch, each epoch once."""
    tables = [pd.read_csv(file) for file in histories(results)]
    return (
        len(tables) == 4
        and all(table["epoch"].tolist() == list(range(1, 151)) for table in tables)
        and {trial["state"] for trial in record(results)} == {"trained"}
    )


@pytest.mark.slow
def test_trials_are_ordinary_runs_that_havent_met_the_test_set(ray, tmp_path, weather):
    words = ["sweep", "jena/gru", "--grid", "units=2,3", "lookback=24,100000", "--workers", "2"]
    shared = [word for word in SHORT if word not in ("--lookback", "24")]
    done = command(tmp_path, *words, *shared, "--csv", str(weather))
    assert done.returncode == 2
    assert done.stderr == "error: 2 of 4 trials failed; the same command tries them again\n"
    assert done.stdout.count("rows") >= 2, "each failed trial's reason"
    assert "Traceback" not in done.stdout
    table = pd.read_csv(next(tmp_path.glob("jena/gru/sweeps/*/table.csv")))
    assert table["lookback"].tolist() == [24, 24, 100000, 100000]
    assert "test" not in "".join(table.columns)
    assert not list(tmp_path.glob("jena/gru/*/metrics.json"))
    best = int(table["units"][0])
    printed = succeed(tmp_path, "run", "jena/gru", *SHORT, "--units", str(best), "--csv", str(weather))
    assert "continuing after epoch 3 of 3" in printed
    (complete,) = tmp_path.glob("jena/gru/*/metrics.json")
    reached = json.loads(complete.read_text())["validation"]["mae"]
    assert f"{reached:.4f}" == f"{table['validation mae'][0]:.4f}"


@pytest.mark.slow
def test_a_killed_worker_and_a_killed_sweep_lose_nothing(start, tmp_path, weather):
    words = [*GRID, *LONG, "--csv", str(weather)]
    process = start(tmp_path, *words)
    wait_for(lambda: histories(tmp_path) or process.poll() is not None)
    workers = wait_for(lambda: below(process.pid, r"^ray::.*train"))
    os.kill(workers[0], signal.SIGKILL)
    wait_for(lambda: any(trial["state"] == "trained" for trial in record(tmp_path)))
    trained = [trial["folder"] for trial in record(tmp_path) if trial["state"] == "trained"]
    before = {file: file.stat().st_mtime_ns for file in histories(tmp_path) if str(file.parent) in trained}
    process.kill()
    printed = process.communicate()[0]
    assert "lost a worker" in printed
    assert before
    done = command(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert is_whole(tmp_path)
    assert {file: file.stat().st_mtime_ns for file in before} == before


@pytest.mark.slow
def test_ctrl_c_ends_in_a_line(start, tmp_path, weather):
    process = start(tmp_path, *GRID, *LONG, "--csv", str(weather))
    wait_for(lambda: histories(tmp_path) or process.poll() is not None)
    os.killpg(process.pid, signal.SIGINT)
    printed = process.communicate(timeout=60)[0]
    assert process.returncode == 130
    assert "goes on" in printed.splitlines()[-1]
    assert "Traceback" not in printed


@pytest.mark.slow
def test_a_killed_node_loses_nothing(start, tmp_path, weather):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    alone = ["--num-cpus=1", "--object-store-memory=100000000", "--disable-usage-stats", "--block"]
    ray_start = [sys.executable, "-m", "ray.scripts.scripts", "start", "--node-ip-address=127.0.0.1"]
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment(tmp_path, **token)}
    port = address.split(":")[1]
    head = subprocess.Popen([*ray_start, "--head", f"--port={port}", "--include-dashboard=false", *alone], **quiet)
    try:
        wait_for(lambda: below(head.pid, RAYLET))
        node = subprocess.Popen([*ray_start, f"--address={address}", *alone], **quiet)
        try:
            (raylet,) = wait_for(lambda: below(node.pid, RAYLET))
            words = [*GRID, *LONG, "--csv", str(weather), "--address", address]
            process = start(tmp_path, *words, **token)
            wait_for(lambda: len(histories(tmp_path)) == 2 or process.poll() is not None)
            os.kill(raylet, signal.SIGKILL)
            printed = process.communicate(timeout=400)[0]
            assert process.returncode == 0, printed
            assert "lost a worker" in printed
            assert is_whole(tmp_path)
        finally:
            node.kill()
    finally:
        head.terminate()
        head.wait(timeout=30)

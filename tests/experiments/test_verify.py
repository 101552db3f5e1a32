"""`verify` as a user starts it: it runs what is missing, goes on when it was killed, and judges."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import yaml

from experiments import catalogue
from experiments.commands import verify
from lab.claims import file as claims
from lab.runs import all_runs
from tests.experiments.commands import ROOT, SHORT, command, environment, interruptible, succeed


@pytest.fixture
def profile(tmp_path, weather):
    """Writes a profile under which a run takes a second of training, but for settings of one's own."""

    def write(**sections):
        values = [yaml.safe_load(word) for word in SHORT]
        jena = {flag[2:].replace("-", "_"): value for flag, value in zip(values[::2], values[1::2], strict=True)}
        content = {"jena": {**jena, "csv": str(weather)}, "jena/common_sense": {"epochs": 0}, **sections}
        path = tmp_path / "tiny.yaml"
        path.write_text(yaml.safe_dump(content))
        return str(path)

    return write


def complete(results):
    return [run.name for run in all_runs("jena", results) if run.complete]


def start(results, *words, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "experiments", "verify", *words],
        cwd=ROOT,
        env=environment(results),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=interruptible,
        **options,
    )


def wait_for(condition):
    deadline = time.monotonic() + 120
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.mark.slow
def test_a_killed_verify_goes_on_and_judges_in_the_end(tmp_path, profile):
    results = tmp_path / "results"
    words = ["dense-unreliable", "--profile", profile(), "--seeds", "1"]
    killed = start(results, *words, start_new_session=True)
    wait_for(lambda: complete(results))
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert complete(results) == ["jena/dense"]

    told = succeed(results, "verify", *words)
    assert "1 run to make" in told and "1/1 done" in told and "jena/dense --profile" not in told
    assert complete(results) == ["jena/common_sense", "jena/dense"]
    records = json.loads((results / "claims/verdicts.json").read_text())
    (found,) = (record for record in records if record["id"] == "dense-unreliable")
    assert (found["seeds"], found["verdict"], found["profiles"]) == ([0], "not decided", words[2:3])
    assert len(found["missing"]) == 2
    reached = [run.metrics()["validation"]["mae"] for run in all_runs("jena", results)]
    assert found["values"] == pytest.approx([reached[1] - reached[0]])
    assert (results / "claims/jena.png").is_file() and (results / "claims/table.md").is_file()


def test_ctrl_c_stops_the_runs_too(tmp_path, profile):
    results = tmp_path / "results"
    endless = profile(**{"jena/gru": {"epochs": 100_000}})
    stopped = start(results, "gru-beats-common-sense", "--profile", endless, "--seeds", "1")
    wait_for(lambda: any(run.running for run in all_runs("jena/gru", results)))
    (run,) = all_runs("jena/gru", results)
    assert run.running
    stopped.send_signal(signal.SIGINT)
    _, errors = stopped.communicate(timeout=60)
    assert stopped.returncode == 130
    assert "the same command resumes" in errors and "Traceback" not in errors
    assert not run.running


@pytest.mark.slow
def test_a_run_that_fails_is_told_and_the_rest_goes_on(tmp_path, profile):
    results = tmp_path / "results"
    broken = profile(**{"jena/gru": {"csv": "nowhere.csv"}})
    done = command(results, "verify", "gru-beats-common-sense", "--profile", broken, "--seeds", "1", "-j", "2")
    assert done.returncode == 2
    assert "2 runs to make, 2 at a time" in done.stdout
    assert "failed" in done.stdout and "nowhere.csv" in done.stdout
    assert complete(results) == ["jena/common_sense"]
    assert "not decided" in done.stdout
    assert done.stderr.startswith("error: 1 of the runs") and done.stderr.count("\n") == 1


def test_long_runs_need_their_name(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("lab.runs.RESULTS", tmp_path)
    file = claims.read()

    def wanted(*names):
        return {run.name for run in verify.missing(file, file.about(list(names)), list(names), None, None)}

    assert wanted("sequences") & set(file.long) == set()
    told = capsys.readouterr().out
    assert "sequences/text8" in told and "runs with --profile laptop, or with --profile laptop --profile" in told
    assert wanted("sequences/text8") == wanted("tcn-lstm-text8") == {"sequences/text8"}
    assert capsys.readouterr().out == ""
    assert wanted("sequences/text8", "sequences") == wanted("sequences") | {"sequences/text8"}


def test_runs_at_laptop_scale_are_made_if_they_are_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("lab.runs.RESULTS", tmp_path)
    file = claims.read()
    chosen = file.about(["sequences"], ["laptop"])
    planned = verify.missing(file, chosen, ["sequences"], None, None)
    assert {run.profiles for run in planned} == {("laptop",)}
    assert len(planned) == 8 * 4 * 3
    of_one_task = verify.missing(file, file.about(["sequences/adding"], ["laptop"]), ["sequences/adding"], None, None)
    assert {run.name for run in of_one_task} == {"sequences/adding"}, "a claim about most tasks asks for no other task"
    most = verify.missing(file, file.about(["tcn-gru-most-laptop"]), ["tcn-gru-most-laptop"], None, None)
    assert len(most) == 8 * 2 * 3
    alone = verify.missing(file, file.about(["tcn-gru-word_ptb-laptop"]), ["tcn-gru-word_ptb-laptop"], None, None)
    assert [(run.name, run.profiles) for run in alone] == 6 * [("sequences/word_ptb", ("laptop",))]


def test_every_experiment_of_a_claim_is_in_the_catalogue():
    assert {side.name for claim in claims.read().claims for side in claim.sides} <= set(catalogue.names())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("verify jeno", "did you mean jena?"),
        ("verify --seeds 0", "--seeds"),
        ("verify -j none", "-j/--jobs"),
        ("verify --judge --seeds 99999999999999999999", "from 1 to 10,000"),
        ("verify --profile slow", "known are"),
        ("verify --profile claims", "known are"),
        ("verify --units 3", "--units is no option"),
    ],
)
def test_a_mistake_gets_one_line_and_a_code(forks, tmp_path, line, told):
    done = forks.command(tmp_path / "results", *line.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr and done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert not list((tmp_path / "results").iterdir())

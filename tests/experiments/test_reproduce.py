"""`make reference`, with a list of two short runs on simulated weather."""

import json
import os
import subprocess
import sys

import pytest

from experiments import loading, making
from experiments.commands import reference
from foundation.user_error import UserError
from lab import environment as working
from lab import settings
from lab.planned_run import PlannedRun
from tests.experiments.commands import ROOT, environment

CODE = """
import sys
from pathlib import Path
from experiments import __main__
from experiments.commands import reference
from lab import settings
settings.read_yaml, plain = lambda path: LISTED if path.name == reference.FILE else plain(path), settings.read_yaml
LISTED = {LISTED!r}
sys.exit(__main__.main(["reference", "-j", "2"]))
"""


def reproduce(results, weather, *more):
    short = f"--profile hourly --csv {weather} --train-end 0.5 --validation-end 0.75 --lookback 24"
    listed = {f"jena/common_sense {short}": 1, f"jena/ridge {short}": 1, **dict(more)}
    code = CODE.replace("{LISTED!r}", repr(listed))
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(results), capture_output=True, text=True, timeout=300
    )


@pytest.mark.slow
def test_it_makes_what_is_missing_and_compares_and_judges(tmp_path, weather):
    done = reproduce(tmp_path, weather)
    assert done.returncode == 0, done.stderr
    assert "2 runs to make" in done.stdout
    made = {path: path.read_text() for path in tmp_path.glob("jena/*/seed*/metrics.json")}
    assert {path.parts[-3] for path in made} == {"common_sense", "ridge"}
    (table,) = tmp_path.glob("jena/comparison/*/table.md")
    assert "jena/ridge" in table.read_text()
    verdicts = json.loads((tmp_path / "claims/verdicts.json").read_text())
    assert "common-sense-mae" in {verdict["id"] for verdict in verdicts}
    assert reproduce(tmp_path, weather).returncode == 0
    assert {path: path.read_text() for path in tmp_path.glob("jena/*/seed*/metrics.json")} == made


@pytest.mark.slow
def test_a_run_that_fails_is_told_and_the_rest_is_done(tmp_path, weather):
    wrong = f"jena/ridge --profile hourly --csv {tmp_path}/none.csv", "KERAS_BACKEND=theano jena/dense --profile hourly"
    done = reproduce(tmp_path, weather, *((line, 1) for line in wrong))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: 2 of the runs failed")
    assert "none.csv" in done.stdout
    assert "error: KERAS_BACKEND is 'theano'" in done.stdout
    assert len(list(tmp_path.glob("jena/*/seed*/metrics.json"))) == 2
    assert list(tmp_path.glob("jena/comparison/*/table.md"))


@pytest.mark.parametrize("seeds", [0, -1, "three", None])
def test_a_line_without_seeds_is_a_mistake(monkeypatch, seeds):
    monkeypatch.setattr(settings, "read_yaml", lambda path: {"jena/gru": seeds})
    with pytest.raises(UserError, match=r"jena/gru: .* is no number of seeds"):
        reference.runs()


def test_runs_whose_settings_were_not_found_yet_are_left_out_and_named(tmp_path, monkeypatch, capsys):
    found = tmp_path / "found.yaml"
    found.write_text("sequences/adding:\n  models:\n    tcn: {learning_rate: 0.006}\n")
    lines = {f"sequences/adding --profile laptop --profile {found} --model {model}": 2 for model in ("tcn", "gru")}
    plain = settings.read_yaml
    listed = {**lines, "sequences/adding --profile laptop --model gru": 1}
    monkeypatch.setattr(settings, "read_yaml", lambda path: listed if path.name == reference.FILE else plain(path))
    kept = reference.with_settings(reference.runs())
    assert [(run.flags[1], len(run.profiles), run.seed) for run in kept] == [
        ("tcn", 2, 0),
        ("tcn", 2, 1),
        ("gru", 1, 0),
    ]
    assert capsys.readouterr().out == (
        "not run, because found.yaml sets nothing for them: sequences/adding --model gru\n"
    )


def test_a_line_may_name_the_backend(monkeypatch):
    monkeypatch.setattr(
        settings, "read_yaml", lambda path: {"KERAS_BACKEND=jax jena/dense --epochs 1": 1, "jena/gru": 1}
    )
    on_jax, plain = reference.runs()
    assert (on_jax.name, on_jax.flags, on_jax.backend, plain.backend) == ("jena/dense", ("--epochs", "1"), "jax", "")
    assert on_jax.in_words == "KERAS_BACKEND=jax jena/dense --epochs 1"


def test_a_run_on_a_cluster_has_its_backend_too(monkeypatch):
    made = []
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.setattr(working, "prepare", lambda threads: None)
    monkeypatch.setattr(loading, "run", lambda name, profiles, config: made.append((name, os.environ["KERAS_BACKEND"])))
    for backend in ("", "jax"):
        making.perform(PlannedRun("jena/dense", (), (), 0, backend), threads=1)
    assert made == [("jena/dense", "tensorflow"), ("jena/dense", "jax")]


def test_a_group_is_all_of_its_experiments(monkeypatch):
    monkeypatch.setattr(settings, "read_yaml", lambda path: {"recurrence --profile quick": 2})
    runs = reference.runs()
    assert [(run.name, run.profiles, run.flags, run.seed) for run in runs[:2]] == [
        ("recurrence/gates", ("quick",), (), 0),
        ("recurrence/gates", ("quick",), (), 1),
    ]
    assert len(runs) == 6


def test_a_run_on_two_lines_is_made_once(monkeypatch):
    monkeypatch.setattr(settings, "read_yaml", lambda path: {"recurrence": 1, "recurrence/gates": 2})
    runs = [(run.name, run.seed) for run in reference.runs()]
    assert sorted(runs) == [
        ("recurrence/gates", 0),
        ("recurrence/gates", 1),
        ("recurrence/unrolled", 0),
        ("recurrence/vanishing_gradient", 0),
    ]

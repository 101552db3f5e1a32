"""The command that the page gives for a run makes the same run again."""

import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from experiments import loading
from lab import identity
from lab.report.command import command
from lab.runs import Run, all_runs
from lab.settings import resolve
from tests.lab.finished_runs import finish

REFERENCE = Path(__file__).parents[3] / "results/reference"


@pytest.mark.parametrize("run", list(all_runs(root=REFERENCE)), ids=lambda run: f"{run.name}/{run.folder.name}")
def test_a_run_s_command_has_its_settings(run: Run):
    name, profiles, flags = parts(command(run, loading.config_of))
    config_class = loading.config_of(name)
    resolved = vars(resolve(name, config_class, profiles, flags))
    wanted = identity.current(run.settings()["settings"], config_class)
    working = {field.name for field in fields(config_class) if identity.part(field) == "working"}
    assert {key: resolved[key] for key in wanted.keys() - working} == {
        key: wanted[key] for key in wanted.keys() - working
    }


def parts(line):
    words = shlex.split(line)
    python, dash_m, package, run, name, *words = words[1:] if words[0].startswith("KERAS_BACKEND=") else words
    assert (python, dash_m, package, run) == (".venv/bin/python", "-m", "experiments", "run")
    profiles = []
    while words and words[0] == "--profile":
        profiles.append(words[1])
        words = words[2:]
    return name, profiles, words


def test_a_command_names_what_the_run_changed(tmp_path):
    run = finish(tmp_path, "jena/gru", seed=3, profiles=("hourly",), units=64, csv="my weather.csv", threads=2)
    assert command(run, loading.config_of) == (
        ".venv/bin/python -m experiments run jena/gru --profile hourly --seed 3 --csv 'my weather.csv' --units 64"
    )
    run.folder.parent.rename(tmp_path / "jena/gone")
    assert command(Run(tmp_path / "jena/gone" / run.folder.name), loading.config_of) is None

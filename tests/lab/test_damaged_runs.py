"""A run with a damaged file is left out by name, with the reason in one line; all others are shown."""

import copy
import itertools
import json
import math
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from PIL import Image

from experiments import loading
from experiments.sequences import _table
from foundation.user_error import UserError
from lab import environment, listing
from lab.comparison import groups, pictures
from lab.comparison.table import table
from lab.report import page
from lab.report.records import experiments
from lab.report.sections import section
from lab.runs import perform, readable, run_of, sound_runs
from lab.trained_runs import find_run
from tests.lab.finished_runs import finish, judge
from tests.permissions import obeyed

REFERENCE = Path(__file__).parents[2] / "results/reference"
PRESENTATION = loading.group("jena").presentation
LISTED = {"settings.yaml", "metrics.json"}
COMPARED = LISTED | {"history.csv", "forecasts.csv"}
REPORTED = COMPARED | {"environment.json", "attention.png", "text.html"}
OPTIONAL = {"forecasts.csv", "environment.json", "attention.png", "text.html"}


def list_runs(root):
    return listing.lines([("jena/gru", ""), ("jena/lstm", "")], root)


def compare(root):
    (folder,) = groups.compare("jena", loading.config_of, PRESENTATION, root)
    return (folder / "table.md").read_text(encoding="utf-8")


def report(root):
    sections = [section("jena", "The weather", loading.config_of, PRESENTATION, root)]
    return page.write(sections, {}, loading.config_of, root).read_text(encoding="utf-8")


COMMANDS = [(list_runs, LISTED), (compare, COMPARED), (report, REPORTED)]


def missing(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garbage(path):
    path.write_bytes(bytes(range(255, 0, -1)) * 9)


def other_type(path):
    path.write_text('["a list", "of words"]\n')


def not_a_number(path):
    text = path.read_text()
    old, new = {"metrics.json": ("0.31", "NaN"), "history.csv": ("0.4,", ","), "forecasts.csv": ("1.0", "")}[path.name]
    assert old in text
    path.write_text(text.replace(old, new))


def a_folder(path):
    path.unlink()
    path.mkdir()


def a_pipe(path):
    path.unlink()
    os.mkfifo(path)


def nested(path):
    path.write_text("[" * 100_000 + "\n")


def unreadable(path):
    path.chmod(0)


def loop(path):
    path.unlink()
    path.symlink_to(path)


DAMAGES = [missing, empty, cut, garbage, other_type, not_a_number, a_folder, a_pipe, nested, unreadable, loop]


def damaged_files():
    """Every file with every damage that makes it unreadable: any text is a text, and only some files hold numbers."""
    for file, damage in itertools.product(sorted(REPORTED), DAMAGES):
        numbers = file in ("metrics.json", "history.csv", "forecasts.csv")
        if (damage is not not_a_number or numbers) and not (
            damage in (cut, other_type, nested) and file == "text.html"
        ):
            yield file, damage


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A damaged run to be, of jena/gru, and a sound one of jena/lstm."""
    for name, error in (("jena/gru", 0.31), ("jena/lstm", 0.32)):
        run = finish(tmp_path, name, error, offset=1.0)
        (run.folder / "text.html").write_text("<p>Text</p>")
        Image.new("RGB", (20, 10), "red").save(run.folder / "attention.png")
    for module, slow in ((pictures, "save"), (pictures, "models"), (pictures, "curves"), (page, "library")):
        monkeypatch.setattr(module, slow, lambda *arguments: None)
    return tmp_path


@pytest.mark.parametrize(("file", "damage"), list(damaged_files()), ids=lambda value: getattr(value, "__name__", value))
@pytest.mark.parametrize(("command", "files"), COMMANDS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_damaged_file_leaves_out_its_run_alone(results, capsys, command, files, file, damage):
    (folder,) = (results / "jena/gru").iterdir()
    damage(folder / file)
    with obeyed():
        shown = command(results)
    lines = capsys.readouterr().err.splitlines()
    assert "lstm" in shown
    if command is not list_runs and damage is missing and file == "metrics.json":
        assert lines == [f"left out: {folder / file} is missing; the command that made the run mends it"]
    elif file in files and not (damage is missing and file in OPTIONAL | {"metrics.json"}):
        (line,) = lines
        assert line.startswith(f"left out: {folder / file} ")
        assert line.endswith("; move its folder away and run jena/gru again")
    else:
        assert lines == []
    if file in ("settings.yaml", "metrics.json", "history.csv"):
        assert {list_runs: "mae 0.31", compare: "jena/gru", report: "run jena/gru --seed"}[command] not in shown or (
            file not in files
        )


def leaves(content, path=()):
    """The place of every value in nested dictionaries."""
    for key, value in content.items():
        yield (*path, key)
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))


@pytest.mark.parametrize("file", ["settings.yaml", "metrics.json", "environment.json"])
def test_no_value_of_another_type_breaks_anything(tmp_path, capsys, file):
    run = finish(tmp_path, "jena/gru")
    finish(tmp_path, "jena/lstm")
    path = run.folder / file
    read, write = (yaml.safe_load, yaml.safe_dump) if file.endswith("yaml") else (json.loads, json.dumps)
    sound = read(path.read_text())
    if file == "environment.json":
        sound["earlier"] = [copy.deepcopy(sound)]
    values = ("removed", None, math.nan, "x", -1, True, [None], {"a": [{}]}, 10**400)
    for place, value in list(itertools.product(leaves(sound), values))[::2]:  # each place gets half of the values
        damaged = copy.deepcopy(sound)
        inner = damaged
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
        if value == "removed":
            del inner[place[-1]]
        path.write_text(write(damaged))
        assert "jena/lstm" in list_runs(tmp_path)
        capsys.readouterr()
        compared = groups.comparisons("jena", loading.config_of, tmp_path)
        assert any("jena/lstm" in set(table(found, PRESENTATION)["experiment"]) for found in compared), (place, value)
        assert experiments(sound_runs("jena", tmp_path, quiet=True), {}, loading.config_of, PRESENTATION)


@pytest.mark.parametrize("file", ["settings.yaml", "metrics.json", "history.csv", "forecasts.csv", "environment.json"])
def test_a_file_cut_anywhere_breaks_nothing(results, file):
    (folder,) = (results / "jena/gru").iterdir()
    whole = (folder / file).read_bytes()
    for end in range(0, len(whole), max(1, len(whole) // 50)):
        (folder / file).write_bytes(whole[:end])
        assert "jena/lstm" in list_runs(results)
        shown = sound_runs("jena", results, quiet=True)
        assert experiments(shown, {}, loading.config_of, PRESENTATION)
        for run in shown:
            readable(type(run).forecasts, run)


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("settings.yaml", ("settings", "model")),
        *(("metrics.json", (key,)) for key in ("steps", "steps_in_full", "test")),
    ],
)
def test_the_paper_s_table_leaves_out_runs_that_lack_what_it_shows(tmp_path, capsys, file, place):
    shutil.copytree(REFERENCE / "sequences/char_ptb", tmp_path / "sequences/char_ptb")
    before = _table.cells("sequences", loading.config_of, tmp_path)
    path = before[0].runs[0].folder / file
    content = yaml.safe_load(path.read_text())  # JSON is YAML
    inner = content
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    path.write_text(json.dumps(content) + "\n")
    after = _table.cells("sequences", loading.config_of, tmp_path)
    assert [cell.label for cell in after] == [cell.label for cell in before[1:]]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"left out: {path} has no ")


def test_when_all_runs_are_damaged_the_advice_works(results, capsys):
    folders = [folder for name in ("gru", "lstm") for folder in (results / "jena" / name).iterdir()]
    for folder in folders:
        empty(folder / "metrics.json")
    assert "damaged" in list_runs(results)
    with pytest.raises(UserError, match="move the folders named above away"):
        compare(results)
    assert [str(folder) in capsys.readouterr().err for folder in folders[:1]] == [True]
    for folder in folders:
        folder.rename(results / folder.parent.name)
    assert "not run" in list_runs(results)
    finish(results, "jena/gru")
    assert "jena/gru" in compare(results)


@dataclass(frozen=True)
class Config:
    """The settings of a toy."""

    seed: int = 0


@pytest.mark.parametrize("file", sorted(LISTED))
def test_a_damaged_run_that_is_moved_away_can_be_made_again(tmp_path, monkeypatch, file):
    monkeypatch.setattr(environment, "load_backend", lambda: None)
    monkeypatch.setattr("lab.runs.run_of", lambda *arguments: run_of(*arguments, root=tmp_path))

    def run_again():
        return perform("toy/net", Config(), lambda run: {"figure": 1}, fingerprint="abc", profiles=())

    run = run_again()
    empty(run.folder / file)
    run_again()  # it counts as complete
    assert not sound_runs("toy", tmp_path, quiet=True)
    run.folder.rename(tmp_path / "away")
    assert run_again() == run
    assert sound_runs("toy", tmp_path, quiet=True) == [run]


def test_a_damaged_run_that_is_asked_for_is_an_error_of_one_line(results):
    (folder,) = (results / "jena/gru").iterdir()
    empty(folder / "settings.yaml")
    run = find_run("jena/gru", results)
    with pytest.raises(UserError, match=r"settings\.yaml is empty; move its folder away and run jena/gru again"):
        run.settings()


def test_a_setting_that_is_no_number_is_named(results):
    (folder,) = (results / "jena/gru").iterdir()
    file = folder / "settings.yaml"
    file.write_text(file.read_text() + "  learning_rate: .nan\n")
    with pytest.raises(
        UserError, match=r"settings\.yaml has 'nan' as its settings\.learning_rate; move its folder away"
    ):
        find_run("jena/gru", results).settings()


def test_damaged_verdicts_cost_the_report_its_claims_alone(results, capsys):
    judge(results, {"claim": "A GRU forecasts"})
    assert "A GRU forecasts" in report(results)
    cut(results / "claims/verdicts.json")
    shown = report(results)
    assert "A GRU forecasts" not in shown
    assert "run jena/gru --seed" in shown
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"left out: {results / 'claims/verdicts.json'} ")
    assert line.endswith(".venv/bin/python -m experiments verify --judge writes it anew")


def test_a_diverged_run_is_listed_as_diverged(tmp_path):
    run = finish(tmp_path, "jena/gru")
    run.metrics_file.unlink()
    assert "stopped" in list_runs(tmp_path)
    run.write_json("diverged.json", {"epoch": 2})
    assert "diverged" in list_runs(tmp_path)
    finish(tmp_path, "jena/gru", seed=1)
    assert "complete" in list_runs(tmp_path)

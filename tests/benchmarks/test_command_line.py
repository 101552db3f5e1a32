"""The command line: names, help, and errors in one line."""

import ast

import pytest

from benchmarks.__main__ import NAMES, main
from tests.benchmarks.commands import ROOT, command, tables


def test_every_module_is_a_benchmark_of_the_command_line():
    modules = {path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py")}
    assert modules - {"experiments"} == set(NAMES)


@pytest.mark.parametrize("option", ["--list", "--help"])
def test_the_benchmarks_are_listed_with_what_they_measure(option):
    done = command(option)
    assert done.returncode == 0
    for name in NAMES:
        about = ast.get_docstring(ast.parse((ROOT / "benchmarks" / f"{name}.py").read_text())).splitlines()[0]
        assert f"{name} " in done.stdout
        assert about in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("widows", "there is no benchmark 'widows'; did you mean windows?"),
        ("start widows", "there is no benchmark 'widows'; did you mean windows?"),
        ("nothing_like_it", "there is no benchmark 'nothing_like_it' ("),
        ("start --quik", "unrecognized arguments: --quik"),
        ("--quick=3", "ignored explicit argument '3'"),
    ],
)
def test_a_wrong_word_is_an_error_in_one_line(words, expected):
    done = command(*words.split())
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert expected in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_each_name_runs_its_own_benchmark_and_one_that_fails_does_not_stop_the_next():
    done = command("windows", "reviews", "--quick", KERAS_BACKEND="no_such_backend")
    assert done.returncode == 2
    ((row,),) = tables(done.stdout)
    assert row["reviews"] == "5,000"
    assert "error: windows: KERAS_BACKEND is 'no_such_backend'" in done.stderr
    assert done.stderr.endswith("error: 1 of 2 benchmarks failed: windows\n")
    assert "Traceback" not in done.stderr


def test_ctrl_c_is_one_line(monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("benchmarks.__main__.run", interrupted)
    assert main(["start"]) == 130
    assert capsys.readouterr().err == "error: stopped\n"


def test_only_one_module_imports_from_the_experiments_and_the_lab():
    importing = set()
    for path in (ROOT / "benchmarks").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            if any(module.split(".")[0] in ("experiments", "lab") for module in modules):
                importing.add(path.relative_to(ROOT).as_posix())
    assert importing == {"benchmarks/experiments.py"}

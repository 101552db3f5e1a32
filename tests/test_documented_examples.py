"""The examples in README.md and CONTRIBUTING.md work when they are typed as printed, in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE = re.compile(r"`([\w/]+\.(?:py|yaml))`:\n\n```(?:python|yaml)\n(.*?)```", re.DOTALL)
"""A file to type: a line that ends in its path and a colon, then its content."""
COPIED = ("configs", "data/sources.yaml", "experiments", "foundation", "imdb", "jena", "lab", "layers", "recurrence")
COPIED += ("sequences", "tables", "Makefile", "pyproject.toml", "requirements.txt", "README.md")


@pytest.fixture
def project(tmp_path):
    """A copy of the project's code, and a function that runs a command in it and returns what it printed."""
    for name in COPIED:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / ".venv/bin/python").chmod(0o755)
    (tmp_path / ".venv/.installed").touch()
    # the last three are those of a make that runs the tests
    others = ("LAB_RESULTS", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL", "ARGS")
    left = {key: value for key, value in os.environ.items() if key not in others}

    def run(command):
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=left, capture_output=True, text=True, timeout=300)
        assert not done.returncode, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return tmp_path, run


def type_files(folder, document):
    """Types every file that a document prints, and returns their paths."""
    files = FILE.findall((ROOT / document).read_text(encoding="utf-8"))
    for path, content in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    return [path for path, _ in files]


def commands(document, name):
    """The lines of the block of commands that mentions a name."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / document).read_text(encoding="utf-8"), re.DOTALL)
    (block,) = (block for block in blocks if name in block)
    return block.splitlines()


@pytest.mark.slow
def test_a_model_of_one_s_own_against_the_others(project):
    folder, run = project
    assert type_files(folder, "README.md") == ["experiments/jena/mine.py", "configs/jena/mine.yaml"]
    short = "--profile hourly --profile quick --source simulated --epochs 1 --steps-per-epoch 2"
    printed = run(f"make jena/mine ARGS='{short}'")
    assert "common sense: " in printed
    assert re.search(r"jena/mine +complete", run("make list"))
    assert "| jena/mine" in run("make compare")


@pytest.mark.slow
def test_a_data_set_and_its_group_and_a_layer(project):
    folder, run = project
    typed = type_files(folder, "CONTRIBUTING.md")
    assert {"layers/leaky_mean.py", "tides/levels.py", "experiments/tides/gru.py"} < set(typed)
    make, listing, compare, report = commands("CONTRIBUTING.md", "make tides/gru")
    assert "validation  mae" in run(make)
    assert re.search(r"tides/gru +complete +mae 0\.\d+ \(SIMULATED\)", run(listing))
    assert "| tides/gru" in run(compare)
    assert "tides/gru" in Path(run(report).splitlines()[-1]).read_text(encoding="utf-8")
    run(f"{sys.executable} -m pytest -q -p no:cacheprovider tests/layers/test_leaky_mean.py -c /dev/null --rootdir .")


def test_a_misspelt_hook_is_rejected_by_name(project):
    folder, run = project
    type_files(folder, "README.md")
    module = folder / "experiments/jena/mine.py"
    module.write_text(module.read_text() + "\n\ndef drawn(config, network, run, data):\n    pass\n")
    with pytest.raises(AssertionError, match=r"mine\.py defines drawn\(\), which nothing calls.*did you mean draw\?"):
        run("make jena/mine ARGS='--source simulated'")

"""The commands in messages can be pasted into a fresh shell at the project's root."""

import os
import subprocess
import sys
from pathlib import Path

from foundation.program import PROGRAM

ROOT = Path(__file__).parents[2]


def test_the_program_starts_from_the_root_without_the_environment_being_active():
    clean = {"HOME": os.environ.get("HOME", "/"), "PATH": "/usr/bin:/bin"}
    command = f"{PROGRAM} run jena/nothing"
    done = subprocess.run(command, shell=True, cwd=ROOT, env=clean, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"({PROGRAM} list" in done.stderr.replace("'", "")


def test_it_is_the_project_s_own_python_where_there_is_one():
    code = "import sys; sys.prefix = sys.argv[1]; from foundation import program; print(program.PYTHON)"
    for prefix, python in ((str(ROOT / ".venv"), ".venv/bin/python"), ("/usr", sys.executable)):
        done = subprocess.run([sys.executable, "-c", code, prefix], cwd=ROOT, capture_output=True, text=True)
        assert done.stdout.strip() == python

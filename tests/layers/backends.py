"""Runs a test module on another backend."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def assert_passes_on(backend, module):
    pytest.importorskip(backend)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", module],
        env=os.environ | {"KERAS_BACKEND": backend},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]

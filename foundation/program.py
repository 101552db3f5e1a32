"""The words that start the program, for messages whose commands can be pasted into a fresh shell."""

from __future__ import annotations

import os
import sys
from pathlib import Path

IN_ENVIRONMENT = ".venv/bin/python -m experiments"
"""As `make setup` provides it; for files that are kept."""


def _python() -> str:
    """Returns the Python that runs now, as a path from the project's folder if it is the project's own."""
    own = Path(__file__).resolve().parents[1] / ".venv"
    return ".venv/bin/python" if os.path.realpath(sys.prefix) == os.path.realpath(own) else sys.executable


PYTHON = _python()
PROGRAM = PYTHON + " -m experiments"
"""As it was started."""

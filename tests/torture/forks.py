"""Starts the process that runs commands in forks, and asks it to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.torture.ended import Ended


class Forks:
    """A server in a folder of its own; commands run there, and write to `results/` in it."""

    def __init__(self, code: Path, folder: Path, variables: dict[str, str]) -> None:
        self.folder = folder
        self.log = (folder / "server.txt").open("w")
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("fork_server.py")],
            cwd=folder,
            env={**variables, "PYTHONPATH": str(code), "LAB_RESULTS": "results"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            start_new_session=True,
        )
        self._answer()

    def run(
        self,
        *words: str,
        until: str = "end",
        backend: bool = False,
        processor_seconds: int = 60,
        **variables: str,
    ) -> Ended:
        """Runs a command.

        Args:
            words: The words after `python -m experiments`.
            until: Where it ends, see `fork_server._stand_in`.
            backend: Whether it needs Keras.
            processor_seconds: How long it may compute.
            variables: Environment variables.
        """
        out, err = self.folder / "stdout.txt", self.folder / "stderr.txt"
        request: dict[str, Any] = {
            "words": words,
            "until": until,
            "backend": backend or until not in ("end", "work"),
            "seconds": 20 * processor_seconds,
            "processor_seconds": processor_seconds,
            "environment": variables,
            "stdout": str(out),
            "stderr": str(err),
        }
        assert self.process.stdin
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        code = int(self._answer())
        return Ended(words, code, out.read_text(errors="replace"), err.read_text(errors="replace"))

    def _answer(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server in {self.folder} died:\n{(self.folder / 'server.txt').read_text()}")
        return line

    def close(self) -> None:
        """Ends the server."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()
        self.log.close()


def variables(mirror: str) -> dict[str, str]:
    """Returns the environment of all commands: the user's own, without what steers the suite, and without a GPU.

    Args:
        mirror: Where data may be found.
    """
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("LAB_", "KERAS_", "PYTEST_", "MAKE", "MFLAGS"))
    }
    nowhere = "http://127.0.0.1:9"  # so that a command without its data ends at once
    return {
        **kept,
        "LAB_DATA_MIRROR": mirror,
        "CUDA_VISIBLE_DEVICES": "-1",
        "http_proxy": nowhere,
        "https_proxy": nowhere,
    }

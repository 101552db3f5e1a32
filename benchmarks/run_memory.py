"""Peak memory of a whole run of jena/gru on 420,551 rows."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from unittest import mock

from benchmarks import experiments
from benchmarks.measuring import memory
from benchmarks.measuring.processes import fresh
from benchmarks.measuring.table import show

RUN = "run jena/gru --source simulated --epochs 1 --steps-per-epoch 50"
QUICK = "--profile hourly --jit-compile false --lookback 24"


def main(quick: bool) -> None:
    """Prints the peak of reading, training, validation and test together."""
    words = f"{RUN} {QUICK}" if quick else RUN
    with tempfile.TemporaryDirectory() as results, mock.patch.dict(os.environ, LAB_RESULTS=results):
        peak = fresh(peak_of, words)
    show("Memory of a run", [{"python -m experiments": words, "peak GB": peak / 1e9}])


def peak_of(words: str) -> int:
    """Returns the peak memory of a command in bytes."""
    with contextlib.redirect_stdout(io.StringIO()):
        experiments.command(words.split())
    return memory.peak()

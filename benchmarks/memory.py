"""Peak memory of a run at 420,551 rows."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from benchmarks.timing import table


def main() -> None:
    """Prints the peak of jena/gru, reading, training, validation and test included."""
    words = ["run", "jena/gru", "--source", "simulated", "--epochs", "1", "--steps-per-epoch", "50"]
    with tempfile.TemporaryDirectory() as results:
        process = subprocess.Popen(
            [sys.executable, "-m", "experiments", *words],
            stdout=subprocess.DEVNULL,
            env=os.environ | {"LAB_RESULTS": results},
        )
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit("error: the run failed")
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    table("Memory", [{"python -m experiments": " ".join(words), "peak GB": peak / 1e9}])

"""Peak memory of a run at 420,551 rows."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile

from benchmarks.timing import table


def main() -> None:
    """Prints the peak of jena/gru, reading, training, validation and test included."""
    words = ["run", "jena/gru", "--source", "simulated", "--epochs", "1", "--steps-per-epoch", "50"]
    with tempfile.TemporaryDirectory() as results:
        environment = os.environ | {"LAB_RESULTS": results}
        subprocess.run([sys.executable, "-m", "experiments", *words], check=True, capture_output=True, env=environment)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    table("Memory", [{"python -m experiments": " ".join(words), "peak GB": peak / 1e9}])

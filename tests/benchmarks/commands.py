"""The command line of the benchmarks as a user starts it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def command(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m benchmarks` with these words and environment variables."""
    environment = {key: value for key, value in os.environ.items() if key != "MAKEFLAGS"}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=ROOT,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=300,
    )


def tables(printed: str) -> list[list[dict[str, str]]]:
    """Returns the rows of each Markdown table."""
    found: list[list[list[str]]] = []
    inside = False
    for line in printed.splitlines():
        if line.startswith("|"):
            if not inside:
                found.append([])
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        inside = line.startswith("|")
    return [[dict(zip(header, row, strict=True)) for row in rows] for header, _, *rows in found]


def number(cell: str) -> float:
    """Returns the number in a cell."""
    return float(cell.replace(",", ""))

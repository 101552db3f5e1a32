"""The state of every experiment, a line each, read from `results/` without importing a backend."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lab.runs import RESULTS, Run, all_runs


def lines(experiments: Iterable[tuple[str, str]], root: Path = RESULTS) -> str:
    """Names with their one line, to a table with each one's state and best figure."""
    rows = [("experiment", "state", "best on validation", "what it is")]
    for name, about in experiments:
        runs = list(all_runs(name, root))
        rows.append((name, state(runs), best(runs), about))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    )


def state(runs: list[Run]) -> str:
    """running, complete, stopped (the same command goes on) or not run."""
    if any(run.running for run in runs):
        return "running"
    if any(run.complete for run in runs):
        return "complete"
    return "stopped" if runs else "not run"


def best(runs: list[Run]) -> str:
    """The best figure on validation of all complete runs, measured data before simulated; none where runs have none."""
    found = [(run.metrics(), run.settings()["profiles"]) for run in runs if run.complete]
    found = [(metrics, profiles) for metrics, profiles in found if "metric" in metrics]
    if not found:
        return ""
    metric = found[0][0]["metric"]
    sign = -1 if metric == "accuracy" else 1
    top, profiles = min(found, key=lambda item: (item[0]["data"]["simulated"], sign * item[0]["validation"][metric]))
    conditions = [*profiles, *(["SIMULATED"] if top["data"]["simulated"] else [])]
    return f"{metric} {top['validation'][metric]:.4f}" + (f" ({', '.join(conditions)})" if conditions else "")

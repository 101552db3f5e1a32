"""The state of every experiment, a line each, read from `results/` without importing a backend."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lab.metric import as_loss
from lab.runs import RESULTS, Run, all_runs, readable

Results = list[tuple[dict[str, Any], list[str]]]
"""Of each complete run its metrics and its profiles."""


def lines(experiments: Iterable[tuple[str, str]], root: Path = RESULTS) -> str:
    """Returns a table with each experiment's state and best figure. Says on stderr which runs are left out, and why.

    Args:
        experiments: Their names, each with a line about it.
        root: The folder of all results.
    """
    rows = [("experiment", "state", "best on validation", "what it is")]
    for name, about in experiments:
        runs = list(all_runs(name, root))
        complete = [
            readable(lambda run: (run.metrics(), run.settings()["profiles"]), run) for run in runs if run.complete
        ]
        results = [result for result in complete if result]
        rows.append((name, state(runs, results), best(results), about))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    )


def state(runs: list[Run], results: Results) -> str:
    """Returns running, complete, stopped (the same command resumes it), diverged, damaged or not run."""
    if any(run.running for run in runs):
        return "running"
    if results:
        return "complete"
    unfinished = [run for run in runs if not run.complete]
    if any(not run.diverged for run in unfinished):
        return "stopped"
    return "diverged" if unfinished else "damaged" if runs else "not run"


def best(results: Results) -> str:
    """Returns the best figure on validation, measured data before simulated, or nothing if the runs have none."""
    results = [(metrics, profiles) for metrics, profiles in results if "metric" in metrics]
    if not results:
        return ""
    metric = results[0][0]["metric"]
    results = [(metrics, profiles) for metrics, profiles in results if metrics["metric"] == metric]
    top, profiles = min(
        results, key=lambda item: (item[0]["data"]["simulated"], as_loss(metric, item[0]["validation"][metric]))
    )
    conditions = [*profiles, *["SIMULATED"] * top["data"]["simulated"]]
    return f"{metric} {top['validation'][metric]:.4f}" + (f" ({', '.join(conditions)})" if conditions else "")

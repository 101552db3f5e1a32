"""Runs' histories as the page's script reads them: short numbers, in columns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from lab.report.sections import Curves
from lab.runs import Run

DIGITS = 5


def data(found: Iterable[Curves]) -> list[dict[str, Any]]:
    """Each set of curves with its models' histories; sets and models without any are left out."""
    result = []
    for curves in found:
        told = [(label, [*filter(None, map(_run, runs))]) for label, runs in curves.models]
        models = [{"label": label, "runs": runs} for label, runs in told if runs]
        if models:
            first = next(runs for _, runs in told if runs)[0]["columns"]
            same = first.get("loss") == first.get(curves.metric)
            measures = [curves.metric] if same else [curves.metric, "loss"]
            result.append({"title": curves.title, "measures": measures, "models": models})
    return result


def _run(run: Run) -> dict[str, Any] | None:
    if not run.history_file.is_file():
        return None
    history = pd.read_csv(run.history_file)
    if history.empty:
        return None
    seed = run.settings()["settings"].get("seed")
    return {"seed": seed, "columns": {name: [short(value) for value in history[name]] for name in history}}


def short(value: float, digits: int = DIGITS) -> float | int | None:
    """A number to five digits; none, where it is no number."""
    if not math.isfinite(value):
        return None
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded.is_integer() else rounded

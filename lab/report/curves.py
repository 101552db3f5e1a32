"""Runs' histories as the page's script reads them: short numbers, in columns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from lab.report.sections import Curves
from lab.runs import Run

DIGITS = 5


def data(sets: Iterable[Curves]) -> list[dict[str, Any]]:
    """Returns each set of curves with its models' histories; sets and models without any are left out."""
    result = []
    for curves in sets:
        histories = [(label, [*filter(None, map(_history, runs))]) for label, runs in curves.models]
        models = [{"label": label, "runs": runs} for label, runs in histories if runs]
        if models:
            columns = next(runs for _, runs in histories if runs)[0]["columns"]
            same = columns.get("loss") == columns.get(curves.metric)
            measures = [curves.metric] if same else [curves.metric, "loss"]
            result.append({"title": curves.title, "measures": measures, "models": models})
    return result


def _history(run: Run) -> dict[str, Any] | None:
    history = run.history()
    if history is None:
        return None
    columns = {name: [short(value) for value in history[name]] for name in history.select_dtypes("number")}
    return {"seed": run.settings()["settings"]["seed"], "columns": columns}


def short(value: float, digits: int = DIGITS) -> float | int | None:
    """Returns a number rounded to `digits` significant digits, or None if it isn't finite."""
    if not math.isfinite(value):
        return None
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded.is_integer() else rounded

"""Runs' histories as the page's script reads them: short numbers, in columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from lab.metric import higher_is_better
from lab.report.sections import Curves
from lab.runs import Run

DIGITS = 5


def data(sets: Iterable[Curves]) -> list[dict[str, Any]]:
    """Returns each set of curves with its models' histories; sets and models without any are left out."""
    result = []
    for curves in sets:
        histories = [(label, [*filter(None, map(_history, runs))]) for label, runs in curves.models]
        models: list[dict[str, Any]] = [{"label": label, "runs": runs} for label, runs in histories if runs]
        if models:
            columns = next(runs for _, runs in histories if runs)[0]["columns"]
            baseline = {"label": curves.baseline[0], "value": curves.baseline[1]} if curves.baseline else None
            measures = _measures(curves, columns)
            shown = {"epoch"} | {prefix + measure["column"] for measure in measures for prefix in ("", "val_")}
            for run in (run for model in models for run in model["runs"]):
                run["columns"] = {name: run["columns"][name] for name in run["columns"] if name in shown}
            result.append(
                {
                    "title": curves.title,
                    "measures": measures,
                    "baseline": baseline,
                    "models": models,
                }
            )
    return result


def look(sets: Sequence[dict[str, Any]]) -> str:
    """Returns a sentence or two that say what to look for in the curves."""
    first = sets[0]
    higher = first["measures"][0]["higher"]
    turn = "stops rising" if higher else "stops falling"
    text = f"Look for the epoch where the validation line {turn} while the training dots go on: the model overfits."
    if first["baseline"]:
        side = "below" if higher else "above"
        text += f" A model that stays {side} the dashed line is no better than {first['baseline']['label']}."
    return text


def _measures(curves: Curves, columns: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns what the vertical axis can show: the metric in its unit, the metric, and the loss if it is another."""
    metric = {"name": curves.metric, "column": curves.metric, "factor": 1, "higher": higher_is_better(curves.metric)}
    measures = [metric]
    if curves.unit:
        name, factor = curves.unit
        measures = [metric | {"name": name, "factor": factor}, metric | {"name": f"{curves.metric}, as trained"}]
    if "loss" in columns and columns["loss"] != columns.get(curves.metric):
        measures.append({"name": "loss", "column": "loss", "factor": 1, "higher": False})
    return measures


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

"""What a finished run reached, in words for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.comparison.presentation import Presentation
from lab.metric import higher_is_better


def in_words(metrics: Mapping[str, Any], presentation: Presentation) -> str:
    """Returns a line for validation and a line for test, each beside the run's baseline.

    Args:
        metrics: The run's, see `lab.training.train`.
        presentation: How the group's figures are shown.
    """
    shown = presentation.shown(metrics["metric"], metrics["validation"])
    return "\n".join(_line(split, metrics, shown, presentation) for split in ("validation", "test"))


def _line(split: str, metrics: Mapping[str, Any], shown: str, presentation: Presentation) -> str:
    metric, own = metrics["metric"], metrics[split]
    text = f"{split:10}  {metric} {_number(metric, own[metric])}"
    if shown != metric:
        text += f" = {own[shown]:.{presentation.places(shown, [own[shown]])}f} {presentation.heading(shown)}"
    if split == "validation" and metrics["best_epoch"]:
        text += f" in epoch {metrics['best_epoch']}"
    if baseline := metrics.get("baseline"):
        value = baseline[split][shown]
        level = _number(metric, value) if shown == metric else f"{value:.{presentation.places(shown, [value])}f}"
        unit = f" {presentation.heading(shown)}" if shown in presentation.headings else ""
        text += f"; {baseline['name']}: {level}{unit}"
    return text


def _number(metric: str, value: float) -> str:
    return f"{value:.2%}" if higher_is_better(metric) else f"{value:#.4g}"

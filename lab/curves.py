"""Draws a run's learning curve as the lecture does: training as dots, validation as a line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from foundation.colours import COLOURS
from foundation.picture import save
from lab.metric import higher_is_better

VALIDATION, TRAINING = COLOURS[:2]


def draw(
    history: pd.DataFrame,
    path: Path,
    *,
    metric: str,
    label: str,
    title: str,
    factor: float = 1.0,
    baseline: tuple[str, float] | None = None,
) -> None:
    """Draws the columns `metric` and `val_<metric>` of a history, one row per epoch, to a PNG.

    Args:
        history: The epochs.
        path: The file to write.
        metric: The metric that chooses the best epoch.
        label: The metric in words, with its unit.
        title: The title.
        factor: What one unit of the metric is in the label's unit.
        baseline: What the run is measured against, a label and its metric on validation; a dashed line.
    """
    save(learning_curve(history, metric=metric, label=label, title=title, factor=factor, baseline=baseline), path)


def learning_curve(
    history: pd.DataFrame,
    *,
    metric: str,
    label: str,
    title: str,
    factor: float = 1.0,
    baseline: tuple[str, float] | None = None,
) -> Figure:
    """Returns the picture, see `draw`."""
    figure = Figure(figsize=(7.5, 4.8), layout="constrained")
    axes = figure.subplots()
    training, validation = factor * history[metric], factor * history[f"val_{metric}"]
    best = int(validation.argmax() if higher_is_better(metric) else validation.argmin())
    axes.plot(history["epoch"], training, "o", color=TRAINING, ms=5, label="training")
    axes.plot(history["epoch"], validation, color=VALIDATION, lw=2, label="validation")
    marked = f"best {validation[best]:.4g} (epoch {history['epoch'][best]:.0f})"
    axes.plot(history["epoch"][best], validation[best], "*", color=VALIDATION, ms=14, label=marked)
    if baseline:
        name, level = baseline
        axes.axhline(factor * level, color="black", ls="--", lw=1.2, label=f"{name} {factor * level:.4g}")
    axes.set_xlabel("epoch", fontsize=12)
    axes.set_ylabel(f"{label}  better →" if higher_is_better(metric) else f"← better  {label}", fontsize=12)
    figure.suptitle(title, fontsize=10)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=11, framealpha=0.8)
    return figure

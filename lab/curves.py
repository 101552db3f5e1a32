"""Draws a run's loss curve as the lecture does: training as dots, validation as a line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from foundation.picture import save
from lab.metric import higher_is_better


def draw(history: pd.DataFrame, path: Path, *, metric: str, label: str, title: str) -> None:
    """Draws the columns `metric` and `val_<metric>` of a history, one row per epoch, to a PNG."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    validation = history[f"val_{metric}"]
    axes.plot(history["epoch"], history[metric], "o", color="tab:blue", label="training")
    axes.plot(history["epoch"], validation, "-", color="tab:orange", label="validation")
    best = int(validation.argmax() if higher_is_better(metric) else validation.argmin())
    axes.plot(
        history["epoch"][best],
        validation[best],
        "*",
        ms=13,
        color="tab:orange",
        label=f"best {validation[best]:.4f}",
    )
    axes.set(xlabel="epoch", ylabel=label)
    figure.suptitle(title, fontsize=9)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend()
    save(figure, path)

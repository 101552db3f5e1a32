"""The validation curves behind the paper's table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from lab.metric import higher_is_better
from sequences.task import score

WIDE = 10  # curves that span more than this factor get a logarithmic axis


def curves(cells: Sequence[Any], models: Sequence[str]) -> Figure:
    """Draws a panel for each task: each model's validation over training steps, the paper's figures as dashes.

    Args:
        cells: See `_table.Cell`.
        models: The names of all models, in the order of their colours.
    """
    tasks = sorted({cell.name for cell in cells})
    columns = min(3, len(tasks))
    rows = -(-len(tasks) // columns)
    figure = Figure(figsize=(4.6 * columns, 0.6 + 3.4 * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes, task in zip(panels, tasks, strict=False):
        own = [cell for cell in cells if cell.name == task]
        metric = own[0].metric
        for cell in own:
            colour = f"C{models.index(cell.model)}"
            for run, metrics in zip(cell.runs, cell.metrics, strict=True):
                history = pd.read_csv(run.history_file)
                steps = history["epoch"] * metrics["steps"] / metrics["epochs"]
                values = score(metric, history[f"val_{metrics['metric']}"].to_numpy())
                axes.plot(steps, values, color=colour, marker=".")
        for place, model in enumerate(models):
            if (paper := own[0].published[model]) is not None:
                axes.axhline(paper, color=f"C{place}", ls="--", lw=0.8)
        axes.set(title=task, xlabel="training steps", ylabel=f"validation {metric}")
        if axes.dataLim.y1 > WIDE * axes.dataLim.y0 and not higher_is_better(metric):
            axes.set_yscale("log")
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.grid(alpha=0.3, which="both")
    for axes in panels[len(tasks) :]:
        axes.set_visible(False)
    lines = [Line2D([], [], color=f"C{place}", marker=".") for place in range(len(models))]
    figure.legend(lines, models, loc="outside lower center", ncols=len(models))
    figure.suptitle("Validation over training; dashes: the paper's test figures", fontsize=10)
    return figure

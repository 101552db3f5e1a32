"""The paper's table as a picture, and the validation curves behind it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from foundation.colours import COLOURS, QUIET
from lab.metric import higher_is_better
from sequences.task import score

WIDE = 10  # figures that span more than this factor get a logarithmic axis
COLUMNS = 4
APART = 0.17  # of the distance of two models: half that of the paper's settings and tuned ones


def dots(cells: Sequence[Any], models: Sequence[str], size: str) -> Figure:
    """Draws a panel for each task, and in it a dot for each seed of each model, and the paper's figure as a line.

    Args:
        cells: See `_table.Cell`. Those with the settings that a search found come last, and are drawn as rings.
        models: The names of all models, in the order of their colours.
        size: What a reader must know about the tasks' size.
    """
    tasks, chains = list(dict.fromkeys(cell.name for cell in cells)), list(dict.fromkeys(c.profiles for c in cells))
    figure, panels = _panels(len(tasks), width=2.6, height=2.5)
    for axes, task in zip(panels, tasks, strict=False):
        own = [cell for cell in cells if cell.name == task]
        for cell in own:
            place, colour = models.index(cell.model), COLOURS[models.index(cell.model)]
            later = chains.index(cell.profiles)
            aside = APART * (2 * later - 1) if len(chains) > 1 else 0
            face = "none" if later else colour
            if not cell.budgeted:
                axes.plot([place + aside] * len(cell.figure), cell.figure, "o", color=colour, mfc=face, ms=7, mew=1.6)
            elif all(other.budgeted for other in own if other.model == cell.model):
                axes.plot([place + aside] * len(cell.figure), cell.figure, "x", color=QUIET, ms=7, mew=1.6)
        for place, model in enumerate(models):
            if (paper := own[0].published.get(model)) is not None:
                axes.plot([place - 0.35, place + 0.35], [paper] * 2, color="black", lw=1.6, zorder=1)
        axes.set_title(_title(task), fontsize=11)
        axes.set_xticks(range(len(models)), [model.upper() for model in models], fontsize=10)
        axes.set_xlim(-0.6, len(models) - 0.4)
        axes.set_ylabel(_better(own[0].metric), fontsize=10)
        _scale(axes, own[0].metric)
    marks = [Line2D([], [], color="0.3", marker="o", ls="none", ms=7, label="one seed, test")]
    if len(chains) > 1:
        usual, tuned = (f"{Path(chain[-1]).name.removesuffix('.yaml')}.yaml" for chain in chains[:2])
        marks[0].set_label(f"one seed, test, {usual}")
        marks.append(Line2D([], [], color="0.3", marker="o", mfc="none", mew=1.6, ls="none", ms=7, label=tuned))
    if any(cell.budgeted for cell in cells):
        marks.append(Line2D([], [], color=QUIET, marker="x", mew=1.6, ls="none", ms=7, label="training cut short"))
    if any(cell.paper is not None for cell in cells):
        marks.append(Line2D([], [], color="black", lw=1.6, label="the paper's figure"))
    figure.legend(handles=marks, loc="outside lower center", ncols=len(marks), fontsize=10, frameon=False)
    _head(figure, "Four models, task by task", size)
    return figure


def curves(cells: Sequence[Any], models: Sequence[str], size: str) -> Figure:
    """Draws a panel for each task: each model's validation over training steps, the paper's figures as dashes.

    Args:
        cells, models, size: See `dots`.
    """
    tasks = list(dict.fromkeys(cell.name for cell in cells))
    figure, panels = _panels(len(tasks), width=3.4, height=2.8)
    for axes, task in zip(panels, tasks, strict=False):
        own = [cell for cell in cells if cell.name == task]
        metric = own[0].metric
        for cell in own:
            colour = COLOURS[models.index(cell.model)]
            for run, metrics in zip(cell.runs, cell.metrics, strict=True):
                history = run.history()
                if history is None:
                    continue
                steps = history["epoch"] * metrics["steps"] / metrics["epochs"]
                values = score(metric, history[f"val_{metrics['metric']}"].to_numpy())
                axes.plot(steps, values, color=colour, marker=".")
        for place, model in enumerate(models):
            if (paper := own[0].published.get(model)) is not None:
                axes.axhline(paper, color=COLOURS[place], ls="--", lw=0.8)
        axes.set_title(_title(task), fontsize=11)
        axes.set(xlabel="training steps", ylabel=_better(metric))
        _scale(axes, metric)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    lines = [Line2D([], [], color=COLOURS[place], marker=".") for place in range(len(models))]
    figure.legend(lines, [model.upper() for model in models], loc="outside lower center", ncols=len(models))
    dashes = "; dashes: the paper's test figures" if any(cell.paper is not None for cell in cells) else ""
    _head(figure, f"Validation over training{dashes}", size)
    return figure


def _panels(count: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """Returns a figure with as many visible panels as `count`; `width` and `height` are a panel's, in inches."""
    columns = min(COLUMNS, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(max(5, width * columns), 1.2 + height * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes in panels[count:]:
        axes.set_visible(False)
    return figure, panels


def _scale(axes: Axes, metric: str) -> None:
    """Chooses a linear or a logarithmic axis."""
    if not higher_is_better(metric) and axes.dataLim.y1 > WIDE * axes.dataLim.y0 > 0:
        axes.set_yscale("log")
    axes.grid(axis="y", alpha=0.3, which="both")
    axes.spines[["top", "right"]].set_visible(False)


def _title(task: str) -> str:
    return task.split("/")[-1].replace("_", " ")


def _better(metric: str) -> str:
    return f"{metric}  better →" if higher_is_better(metric) else f"← better  {metric}"


def _head(figure: Figure, text: str, size: str) -> None:
    lines = textwrap.wrap(size, int(11 * figure.get_figwidth()))
    figure.suptitle("\n".join([text, *lines]), fontsize=12)

"""The pictures of a comparison: how good each model is, its learning curve, and the group's own pictures."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from foundation.colours import COLOURS, QUIET
from foundation.picture import save
from lab.comparison.entries import Comparison, Entry
from lab.comparison.presentation import Presentation
from lab.metric import higher_is_better

VALIDATION, TEST = COLOURS[:2]
SPLITS = {"validation": VALIDATION, "test": TEST}
COLUMNS = (4, 5)
"""Panels in a row of learning curves, whichever leaves fewer gaps."""


def draw(comparison: Comparison, presentation: Presentation, folder: Path) -> Iterator[Path]:
    """Draws what the runs allow, and yields each picture's path."""
    figures: dict[str, Figure | None] = {
        "models": models(comparison, presentation),
        "curves": curves(comparison, presentation),
    }
    first_runs = [(entry.short, entry.runs[0]) for entry in comparison.entries]
    conditions = comparison.sentence(presentation)
    figures |= {name: picture(conditions, first_runs) for name, picture in presentation.pictures.items()}
    for name, figure in figures.items():
        if figure is not None:
            path = folder / f"{name}.png"
            save(figure, path)
            yield path


def models(comparison: Comparison, presentation: Presentation) -> Figure:
    """Returns a dot for each model, on validation and on test, with a line from its lowest to its highest seed."""
    entries = comparison.entries
    shown, factor = comparison.shown(presentation)
    figure = Figure(figsize=(11, 2.2 + 0.36 * len(entries)), layout="constrained")
    panels = figure.subplots(1, len(SPLITS), sharex=True, sharey=True)
    baseline = comparison.baseline(presentation.baseline)
    for axes, (split, colour) in zip(panels, SPLITS.items(), strict=True):
        for place, entry in enumerate(entries):
            values = entry.values(split, shown)
            axes.plot([values.min(), values.max()], [place, place], color=colour, lw=2.5, solid_capstyle="round")
            axes.plot(values.mean(), place, "o", color=colour, ms=8)
            published = _published(entry, split, comparison.metric, shown, factor)
            if published is not None:
                axes.plot(published, place, "D", mfc="white", mec="black", ms=6, zorder=3)
        if baseline:
            value = baseline.values(split, shown).mean()
            axes.axvline(value, color="black", ls="--", lw=1.2, zorder=0)
            axes.annotate(
                f"{baseline.words} {value:.{presentation.places(shown, [value])}f}",
                (value, 1),
                (0, 4),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha="center",
                fontsize=11,
            )
        axes.set_title(split, loc="left", fontsize=14, color=colour, weight="bold", pad=22 if baseline else 6)
        axes.grid(axis="x", alpha=0.3)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.tick_params(labelsize=12)
    panels[0].set_yticks(range(len(entries)), [entry.short for entry in entries], fontsize=12)
    if any(entry.origin for entry in entries):
        for label, entry in zip(panels[0].get_yticklabels(), entries, strict=True):
            label.set_fontweight("normal" if entry.origin else "bold")  # the user's own
    panels[0].set_ylim(len(entries) - 0.5, -0.5)
    for axes in panels:
        axes.set_xlabel(_label(presentation.in_words(shown), comparison.metric), fontsize=13)
    marks = [Line2D([], [], color="0.3", marker="o", ms=8, lw=2.5, label="mean, lowest and highest seed")]
    if any(entry.published for entry in entries):
        label = " on ".join(filter(None, ["published", presentation.published_on]))
        marks.append(Line2D([], [], color="black", marker="D", mfc="white", ls="none", label=label))
    figure.legend(handles=marks, loc="outside lower center", ncols=len(marks), fontsize=11, frameon=False)
    title(figure, "How good is each model?", comparison.sentence(presentation))
    return figure


def curves(comparison: Comparison, presentation: Presentation) -> Figure | None:
    """Returns a panel for each model that was trained: training and validation over epochs, and the baseline."""
    shown, factor = comparison.shown(presentation)
    metric = comparison.metric
    if factor is None:  # the epochs have the metric alone
        shown, factor = metric, 1.0
    trained = [(entry, _histories(entry, metric, factor)) for entry in comparison.entries]
    panels = [(entry, histories) for entry, histories in trained if histories]
    if not panels:
        return None
    baseline = comparison.baseline(presentation.baseline)
    level = baseline.values("validation", metric).mean() * factor if baseline else None
    columns = min(min(COLUMNS, key=lambda columns: -len(panels) % columns), len(panels))
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(3.2 * columns + 0.4, 2.4 * rows + 1.3), layout="constrained")
    grid = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flat)
    for axes, (entry, histories) in zip(grid, panels, strict=False):
        _learning_curve(axes, histories)
        if level is not None:
            axes.axhline(level, color="black", ls="--", lw=1.2)
        axes.set_title(entry.short, fontsize=12)
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    for axes in grid[len(panels) - columns : len(panels)]:  # the lowest panel of each column
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("epoch", fontsize=11)
    grid[0].set_ylim(*_limits([histories for _, histories in panels], level, higher_is_better(metric)))
    grid[0].xaxis.set_major_locator(MaxNLocator(4, integer=True))
    marks = [
        Line2D([], [], color=TEST, marker=".", ls="none", ms=8, label="training"),
        Line2D([], [], color=VALIDATION, lw=2, label="validation (several seeds: mean and range)"),
    ]
    if baseline:
        marks.append(Line2D([], [], color="black", ls="--", label=f"{baseline.words} (validation)"))
    figure.legend(handles=marks, loc="outside lower center", ncols=len(marks), fontsize=11, frameon=False)
    figure.supylabel(_label(presentation.in_words(shown), metric), fontsize=13)
    overfitting = "Where validation stops improving and training goes on, a model overfits"
    title(figure, overfitting, comparison.sentence(presentation))
    return figure


def _learning_curve(axes: Axes, histories: dict[str, pd.DataFrame]) -> None:
    training, validation = histories["training"], histories["validation"]
    axes.plot(training.index, training.mean(axis=1), ".", color=TEST, ms=5)
    axes.plot(validation.index, validation.mean(axis=1), color=VALIDATION, lw=2)
    if validation.shape[1] > 1:
        low, high = validation.min(axis=1), validation.max(axis=1)
        axes.fill_between(validation.index, low, high, color=VALIDATION, alpha=0.25, lw=0)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=10)


def _histories(entry: Entry, metric: str, factor: float) -> dict[str, pd.DataFrame] | None:
    """Returns training and validation by epoch, a column for each run; None if there was nothing to train."""
    tables = [history.set_index("epoch") for run in entry.runs if (history := run.history()) is not None]
    if not tables:
        return None
    columns = {"training": metric, "validation": f"val_{metric}"}
    return {key: pd.concat([table[name] * factor for table in tables], axis=1) for key, name in columns.items()}


def _limits(panels: list[dict[str, pd.DataFrame]], level: float | None, higher: bool) -> tuple[float, float]:
    """Returns limits that show every best and last value, and most of each curve; the worst epochs may be cut off."""
    tables = [table for histories in panels for table in histories.values()]
    most = [np.nanquantile(table, 0.1 if higher else 0.9) for table in tables]
    best = [np.nanmax(table) if higher else np.nanmin(table) for table in tables]
    last = [table.iloc[-1].mean() for table in tables]
    ends = [*most, *best, *last, *([level] if level is not None else [])]
    margin = 0.06 * (max(ends) - min(ends)) or 0.05 * abs(max(ends)) or 0.1
    return min(ends) - margin, max(ends) + margin


def _published(entry: Entry, split: str, metric: str, shown: str, factor: float | None) -> float | None:
    """Returns a published figure as the picture shows it, if there is one."""
    if f"{split}_{shown}" in entry.published:
        return float(entry.published[f"{split}_{shown}"])
    if f"{split}_{metric}" in entry.published and factor is not None:
        return float(entry.published[f"{split}_{metric}"]) * factor
    return None


def _label(words: str, metric: str) -> str:
    """Returns the label of an axis; on a vertical axis, "← better" points downwards."""
    return f"{words}  better →" if higher_is_better(metric) else f"← better  {words}"


def title(figure: Figure, text: str, conditions: str) -> None:
    """Writes a title above a figure, with the conditions in small print below it."""
    lines = textwrap.wrap(conditions, int(9.5 * figure.get_figwidth()))
    figure.suptitle(text + "\n" * len(lines), fontsize=15, weight="bold")
    figure.text(0.5, 1, "\n\n" + "\n".join(lines), ha="center", va="top", fontsize=10, color=QUIET)

"""The pictures of a comparison: bars beside the published figures, all validation curves, and those of the group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from foundation.picture import save
from lab.comparison.entries import Comparison
from lab.comparison.presentation import Presentation
from lab.metric import higher_is_better


def draw(comparison: Comparison, presentation: Presentation, folder: Path) -> Iterator[Path]:
    """Draws what the runs allow, and yields each picture's path."""
    figures: dict[str, Figure | None] = {
        "bars": bars(comparison, presentation),
        "curves": curves(comparison, presentation),
    }
    models = [(entry.short, entry.runs[0]) for entry in comparison.entries]
    figures |= {name: picture(comparison.conditions, models) for name, picture in presentation.pictures.items()}
    for name, figure in figures.items():
        if figure is not None:
            path = folder / f"{name}.png"
            save(figure, path)
            yield path


def bars(comparison: Comparison, presentation: Presentation) -> Figure:
    """Returns each model's figures as bars, the baseline as a line and published figures as diamonds."""
    entries = comparison.entries[::-1]
    figure = Figure(figsize=(9, 1.6 + 0.45 * len(entries)), layout="constrained")
    axes = figure.subplots()
    metric = comparison.metric
    for split, offset, colour in (("validation", 0.2, "tab:blue"), ("test", -0.2, "lightsteelblue")):
        values = [entry.values(split, metric) for entry in entries]
        axes.barh(
            [i + offset for i in range(len(entries))],
            [v.mean() for v in values],
            height=0.38,
            xerr=[v.std() if len(v) > 1 else 0 for v in values] if any(len(v) > 1 for v in values) else None,
            color=colour,
            label=split,
        )
    key = f"validation_{metric}"
    published = [(i, entry.published[key]) for i, entry in enumerate(entries) if key in entry.published]
    if published:
        places, figures = zip(*published, strict=True)
        axes.plot(figures, [p + 0.2 for p in places], "D", color="tab:red", label="published (validation)", zorder=3)
    _baseline(axes.axvline, comparison, presentation)
    axes.set_yticks(range(len(entries)), [entry.short for entry in entries])
    everything = [v for e in entries for s in ("validation", "test") for v in e.values(s, metric)]
    everything += [figure for _, figure in published]
    axes.set_xlim(max(0.0, 0.9 * min(everything)), 1.03 * max(everything))
    axes.set_xlabel(f"{metric} (the axis doesn't start at 0)")
    _finish(figure, axes, comparison, "How each model did")
    return figure


def curves(comparison: Comparison, presentation: Presentation) -> Figure:
    """Returns every model's validation curve over epochs; several seeds as mean and band."""
    figure = Figure(figsize=(9.5, 5.5), layout="constrained")
    axes = figure.subplots()
    colours = matplotlib.colormaps["tab10" if len(comparison.entries) <= 10 else "tab20"].colors  # type: ignore[attr-defined]
    column = f"val_{comparison.metric}"
    lowest = []
    for entry, colour in zip(comparison.entries, colours * 3, strict=False):
        histories = [history for run in entry.runs if (history := run.history()) is not None]
        if not histories:
            continue
        table = pd.concat([history.set_index("epoch")[column] for history in histories], axis=1)
        axes.plot(table.index, table.mean(axis=1), color=colour, label=entry.short, lw=1.8)
        if len(histories) > 1:
            axes.fill_between(table.index, table.min(axis=1), table.max(axis=1), color=colour, alpha=0.2)
        lowest.append(table.min().min())
    line = _baseline(axes.axhline, comparison, presentation)
    if line and min(lowest, default=line) < line and not higher_is_better(comparison.metric):
        # a curve far above the baseline would flatten all others
        margin = line - min(lowest)
        axes.set_ylim(min(lowest) - 0.3 * margin, min(line + 4 * margin, axes.get_ylim()[1]))
    axes.set(xlabel="epoch", ylabel=f"validation {comparison.metric}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    _finish(figure, axes, comparison, "Validation over training")
    return figure


def _baseline(line: Callable[..., Any], comparison: Comparison, presentation: Presentation) -> float | None:
    entry = comparison.baseline(presentation.baseline)
    if entry is None:
        return None
    value = float(entry.values("validation", comparison.metric).mean())
    line(value, color="black", ls="--", lw=1, label=f"{entry.short.replace('_', ' ')} (validation)")
    return value


def _finish(figure: Figure, axes: Axes, comparison: Comparison, title: str) -> None:
    figure.suptitle(f"{title}\n{comparison.conditions}", fontsize=9)
    if labels := axes.get_legend_handles_labels()[1]:
        figure.legend(loc="outside lower center", ncols=min(4, len(labels)), fontsize=8)

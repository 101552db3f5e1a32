"""The pictures of a comparison: bars against the published figures, all validation curves, a week of forecasts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, DayLocator
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from foundation.picture import save

if TYPE_CHECKING:
    from lab.comparison.groups import Comparison

BASELINE = "common_sense"
WEEK = 7 * 24


def draw(comparison: Comparison, folder: Path) -> Iterator[Path]:
    """Draws what the runs allow, and yields each picture's path."""
    for name, picture in (("bars", bars), ("curves", curves), ("week", week)):
        figure = picture(comparison)
        if figure is not None:
            path = folder / f"{name}.png"
            save(figure, path)
            yield path


def bars(comparison: Comparison) -> Figure:
    """Each model's figure on validation and on test, common sense as a line, published figures as diamonds."""
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
    _baseline(axes.axvline, comparison)
    axes.set_yticks(range(len(entries)), [_short(entry.label) for entry in entries])
    everything = [v for e in entries for s in ("validation", "test") for v in e.values(s, metric)]
    everything += [figure for _, figure in published]
    axes.set_xlim(max(0.0, 0.9 * min(everything)), 1.03 * max(everything))
    axes.set_xlabel(f"{metric} (the axis doesn't start at 0)")
    _finish(figure, axes, comparison, "How each model did")
    return figure


def curves(comparison: Comparison) -> Figure:
    """Every model's validation curve, over epochs; several seeds as mean and band."""
    figure = Figure(figsize=(9.5, 5.5), layout="constrained")
    axes = figure.subplots()
    colours = matplotlib.colormaps["tab10" if len(comparison.entries) <= 10 else "tab20"].colors  # type: ignore[attr-defined]
    column = f"val_{comparison.metric}"
    lowest = []
    for entry, colour in zip(comparison.entries, colours * 3, strict=False):
        histories = [pd.read_csv(run.history_file) for run in entry.runs if run.history_file.is_file()]
        if not histories:
            continue
        table = pd.concat([history.set_index("epoch")[column] for history in histories], axis=1)
        axes.plot(table.index, table.mean(axis=1), color=colour, label=_short(entry.label), lw=1.8)
        if len(histories) > 1:
            axes.fill_between(table.index, table.min(axis=1), table.max(axis=1), color=colour, alpha=0.2)
        lowest.append(table.min().min())
    line = _baseline(axes.axhline, comparison)
    if line and min(lowest, default=line) < line and comparison.metric != "accuracy":
        # what goes far beyond the baseline would press all else together
        margin = line - min(lowest)
        axes.set_ylim(min(lowest) - 0.3 * margin, min(line + 4 * margin, axes.get_ylim()[1]))
    axes.set(xlabel="epoch", ylabel=f"validation {comparison.metric}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    _finish(figure, axes, comparison, "Validation over training")
    return figure


def week(comparison: Comparison) -> Figure | None:
    """A week of each model's forecasts against the truth, a panel a model; none without forecasts."""
    entries = [entry for entry in comparison.entries if (entry.runs[0].folder / "forecasts.csv").is_file()]
    if not entries:
        return None
    columns = 3
    rows = -(-len(entries) // columns)
    figure = Figure(figsize=(12, 1 + 2.1 * rows), layout="constrained")
    grid = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flat)
    for axes, entry in zip(grid, entries, strict=False):
        table = pd.read_csv(entry.runs[0].folder / "forecasts.csv", parse_dates=["time"])[:WEEK]
        gapless = table.set_index("time").resample("h").first()
        axes.plot(gapless.index, gapless["truth"], color="0.6", label="truth")
        axes.plot(gapless.index, gapless["forecast"], color="tab:blue", label="forecast")
        error = (table["truth"] - table["forecast"]).abs().mean()
        axes.set_title(f"{_short(entry.label)}: off by {error:.1f} °C this week", fontsize=9)
        axes.grid(alpha=0.3)
        axes.tick_params(labelsize=8)
        axes.xaxis.set_major_formatter(DateFormatter("%d %b"))
        axes.xaxis.set_major_locator(DayLocator(interval=2))
    for axes in grid[len(entries) :]:
        axes.set_visible(False)
    figure.supylabel("°C", fontsize=9)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.suptitle(f"The first week of the test period\n{comparison.conditions}", fontsize=10)
    return figure


def _baseline(line, comparison: Comparison) -> float | None:
    found = [entry for entry in comparison.entries if entry.label.endswith("/" + BASELINE)]
    if not found:
        return None
    value = float(found[0].values("validation", comparison.metric).mean())
    line(value, color="black", ls="--", lw=1, label="common sense (validation)")
    return value


def _finish(figure: Figure, axes: Axes, comparison: Comparison, title: str) -> None:
    figure.suptitle(f"{title}\n{comparison.conditions}", fontsize=9)
    if labels := axes.get_legend_handles_labels()[1]:
        figure.legend(loc="outside lower center", ncols=min(4, len(labels)), fontsize=8)


def _short(label: str) -> str:
    return label.split("/", 1)[-1]

"""Pictures of the weather models."""

from __future__ import annotations

from matplotlib.dates import DateFormatter, DayLocator
from matplotlib.figure import Figure

from foundation.colours import COLOURS
from lab.runs import Run, readable

WEEK = 7 * 24
PANELS = ("common_sense", "ridge", "gru", "best")
"""The models that the week shows, if they were run; others fill up."""


def week(conditions: str, models: list[tuple[str, Run]]) -> Figure | None:
    """Returns the first week of the test period: four models' forecasts and the truth, a panel for each model.

    Args:
        conditions: The data and the protocol in words.
        models: Each model's label and first run, the best first. Runs without forecasts are left out.

    Returns:
        The figure; None if no run has forecasts.
    """
    read = {label: readable(Run.forecasts, run) for label, run in models}
    tables = {label: table[:WEEK] for label, table in read.items() if table is not None}
    if not tables:
        return None
    wanted = [*(label for label in PANELS if label in tables), *(label for label in tables if label not in PANELS)]
    chosen = sorted(wanted[: len(PANELS)], key=list(tables).index, reverse=True)
    figure = Figure(figsize=(12, 7), layout="constrained")
    grid = list(figure.subplots(2, 2, sharex=True, sharey=True).flat)
    for axes, label in zip(grid, chosen, strict=False):
        table = tables[label]
        hourly = table.set_index("time").resample("h").first()
        axes.plot(hourly.index, hourly["truth"], color="0.6", lw=4, label="truth")
        axes.plot(hourly.index, hourly["forecast"], color=COLOURS[0], lw=2, label="forecast")
        error = (table["truth"] - table["forecast"]).abs().mean()
        axes.set_title(f"{label}: {error:.1f} °C off on average", fontsize=14)
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=12)
        axes.xaxis.set_major_formatter(DateFormatter("%d %b"))
        axes.xaxis.set_major_locator(DayLocator(interval=2))
    for axes in grid[len(chosen) :]:
        axes.set_visible(False)
    figure.supylabel("temperature in °C", fontsize=13)
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=13, frameon=False)
    figure.suptitle("A week of forecasts: who sees the turns coming?\n", fontsize=15, weight="bold")
    figure.text(0.5, 1, f"\n\n{conditions}", ha="center", va="top", fontsize=10, color="0.4")
    return figure

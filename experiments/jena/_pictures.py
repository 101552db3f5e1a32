"""Pictures of the weather models: a week of forecasts."""

from __future__ import annotations

from matplotlib.dates import DateFormatter, DayLocator
from matplotlib.figure import Figure

from lab.runs import Run, readable

WEEK = 7 * 24


def week(conditions: str, models: list[tuple[str, Run]]) -> Figure | None:
    """Returns the first week of the test period: each model's forecasts and the truth, a panel for each model.

    Args:
        conditions: The data and the protocol in words.
        models: Each model's label and first run. Runs without forecasts are left out.

    Returns:
        The figure; None if no run has forecasts.
    """
    read = {label: readable(Run.forecasts, run) for label, run in models}
    tables = {label: table[:WEEK] for label, table in read.items() if table is not None}
    if not tables:
        return None
    columns = 3
    rows = -(-len(tables) // columns)
    figure = Figure(figsize=(12, 1 + 2.1 * rows), layout="constrained")
    grid = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flat)
    for axes, (label, table) in zip(grid, tables.items(), strict=False):
        gapless = table.set_index("time").resample("h").first()
        axes.plot(gapless.index, gapless["truth"], color="0.6", label="truth")
        axes.plot(gapless.index, gapless["forecast"], color="tab:blue", label="forecast")
        error = (table["truth"] - table["forecast"]).abs().mean()
        axes.set_title(f"{label}: off by {error:.1f} °C this week", fontsize=9)
        axes.grid(alpha=0.3)
        axes.tick_params(labelsize=8)
        axes.xaxis.set_major_formatter(DateFormatter("%d %b"))
        axes.xaxis.set_major_locator(DayLocator(interval=2))
    for axes in grid[len(tables) :]:
        axes.set_visible(False)
    figure.supylabel("°C", fontsize=9)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.suptitle(f"The first week of the test period\n{conditions}", fontsize=10)
    return figure

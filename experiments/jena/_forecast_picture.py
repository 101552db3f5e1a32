"""The picture of a forecast: the recent days, the values and their band."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from experiments.jena._asked import Asked, unit_of
from foundation.colours import COLOURS, QUIET
from foundation.picture import save
from lab.comparison.pictures import title
from lab.runs import RESULTS

DAYS = 5
PERSISTENCE = ("last_seen", "days_before")


def draw(asked: Asked, forecasts: pd.DataFrame) -> Path:
    """Draws forecasts in `results/<group>/forecast/`, and returns the picture's path.

    Args:
        asked: The run and the table.
        forecasts: As `_forecast.coming` returns them.
    """
    group, name = asked.run.name.split("/")
    file = re.sub(r"[^\w.-]+", "_", Path(asked.table.source).stem)
    path = RESULTS / group / "forecast" / f"{name}-{file}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    save(figure(asked, forecasts), path)
    return path


def figure(asked: Asked, forecasts: pd.DataFrame) -> Figure:
    """Returns the picture: a panel for each target."""
    columns = asked.config.target_columns
    figure = Figure(figsize=(11, 2 + 3 * len(columns)), layout="constrained")
    for axes, column in zip(figure.subplots(len(columns), 1, squeeze=False)[:, 0], columns, strict=True):
        _panel(axes, asked, forecasts[forecasts["column"] == column], column)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=12, frameon=False)
    first, last = forecasts["time"].iloc[[0, -1]]
    until = f" to {last:%d %B, %H:%M}" if last > first else ""
    trained = f"{asked.table.source}; trained on {asked.data['conditions']}"
    title(figure, f"What {asked.run.name} forecasts for {first:%d %B %Y, %H:%M}{until}", trained)
    return figure


def _panel(axes: Axes, asked: Asked, forecasts: pd.DataFrame, column: str) -> None:
    unit, only = unit_of(column), len(forecasts) == 1
    number = f".{asked.decimals[column]}f"
    recent = asked.table.frame[column].loc[asked.table.times[-1] - pd.Timedelta(days=DAYS) :]
    axes.plot(recent.index, recent, color=QUIET, lw=2, label="measured")
    time, value = forecasts["time"], forecasts["forecast"]
    if "low" in forecasts:
        low, high = forecasts["low"], forecasts["high"]
        label = f"{forecasts['share'].iloc[0]:.0%} band"
        if only:
            label += f": {low.iloc[0]:{number}} to {high.iloc[0]:{number}}{unit}"
            ends = [low.iloc[0], high.iloc[0]]
            axes.plot([time.iloc[0]] * 2, ends, color=COLOURS[0], lw=9, alpha=0.3, solid_capstyle="butt", label=label)
        else:
            axes.fill_between(time, low, high, color=COLOURS[0], alpha=0.3, lw=0, label=label)
    words = f": {value.iloc[0]:{number}}{unit}" if only else ""
    axes.plot(time, value, "o" if only else "-", color=COLOURS[0], ms=9, lw=2, label=f"{asked.run.name}{words}")
    for place, key in enumerate(PERSISTENCE, start=1):
        if only:
            _one_before(axes, forecasts.iloc[0], key, (number, unit), COLOURS[place])
        else:
            label = {"last_seen": "the last value", "days_before": "the same time of the last day"}[key]
            axes.plot(time, forecasts[key], ls=":", color=COLOURS[place], lw=1.5, label=label)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=12)
    axes.set_ylabel(column, fontsize=13)
    locator = AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _one_before(axes: Axes, forecast: pd.Series, key: str, shown: tuple[str, str], colour: str) -> None:
    """Draws what persistence says, with a line from where it takes its value."""
    number, unit = shown
    start, value = forecast[f"{key}_time"], forecast[key]
    if pd.isna(value):
        return
    hours = (forecast["time"] - start).total_seconds() / 3600
    axes.plot([start, forecast["time"]], [value, value], ls=":", color=colour, lw=1.5)
    label = f"persistence, {hours:g} hours old: {value:{number}}{unit}"
    axes.plot(forecast["time"], value, "D", mfc="white", color=colour, ms=7, label=label)

"""Pictures of the series (deck: "Temperature-forecasting Problem"): all years, the first ten days, every feature."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from foundation.picture import save
from jena.schema import COLUMNS, TEMPERATURE
from tables.table import Table


def draw(series: Table, folder: Path) -> Iterator[Path]:
    """Draws three PNGs into `folder` and yields their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in (
        ("temperature", temperature(series)),
        ("first_10_days", first_days(series)),
        ("features", features(series)),
    ):
        path = folder / f"{name}.png"
        save(figure, path)
        yield path


def temperature(series: Table) -> Figure:
    """Draws the temperature over all years."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots()
    column = series.frame[COLUMNS[TEMPERATURE]]
    axes.plot(column.index, column, lw=0.3)
    axes.set(ylabel="temperature (°C)", title=f"Temperature, all years\n{_origin(series)}")
    axes.grid(alpha=0.3)
    return figure


def first_days(series: Table, days: int = 10) -> Figure:
    """Draws the temperature over the first days."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots()
    column = series.frame[COLUMNS[TEMPERATURE]]
    column = column[column.index <= column.index[0] + pd.Timedelta(days=days)]
    axes.plot(column.index, column)
    axes.set(ylabel="temperature (°C)", title=f"Temperature, the first {days} days\n{_origin(series)}")
    axes.grid(alpha=0.3)
    return figure


def features(series: Table) -> Figure:
    """Draws all 14 features over all years: daily means as lines, daily extremes as bands."""
    figure = Figure(figsize=(13, 15), layout="constrained")
    days = series.frame.resample("D")
    mean, low, high = days.mean(), days.min(), days.max()
    for axes, name in zip(figure.subplots(7, 2, sharex=True).flat, COLUMNS, strict=True):
        axes.fill_between(mean.index, low[name], high[name], alpha=0.25, lw=0)
        axes.plot(mean.index, mean[name], lw=0.5)
        axes.set_title(name, fontsize=10)
        axes.grid(alpha=0.3)
    figure.suptitle(f"All features: daily mean, minimum and maximum\n{_origin(series)}")
    return figure


def _origin(series: Table) -> str:
    return "SIMULATED weather" if series.simulated else series.source

"""The picture of a backtest: errors and coverage by month, and errors by lead time."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.jena._backtest import Backtest, unit
from foundation.colours import COLOURS
from foundation.picture import save
from lab.comparison.pictures import title
from lab.runs import RESULTS


def draw(backtest: Backtest) -> Path:
    """Draws a backtest in `results/<group>/backtest/`, and returns the picture's path."""
    group, name = backtest.name.split("/")
    file = re.sub(r"[^\w.-]+", "_", Path(backtest.asked.table.source).stem)
    path = RESULTS / group / "backtest" / f"{name}-{file}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    save(figure(backtest), path)
    return path


def figure(backtest: Backtest) -> Figure:
    """Returns the picture."""
    panels = 1 + (backtest.inside is not None) + (len(backtest.asked.ahead) > 1)
    figure = Figure(figsize=(11, 1.6 + 2.7 * panels), layout="constrained")
    axes = iter(figure.subplots(panels, 1, squeeze=False)[:, 0])
    months = backtest.by_month()
    _errors(next(axes), backtest, months, "month")
    if backtest.inside is not None:
        _coverage(next(axes), backtest, months)
    if len(backtest.asked.ahead) > 1:
        _errors(next(axes), backtest, backtest.by_lead_time(), "rows ahead")
    handles = figure.axes[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=3, fontsize=12, frameon=False)
    trained = f"{backtest.asked.table.source}; trained on {backtest.asked.data['conditions']}"
    title(figure, f"How good has {backtest.name} been?", trained)
    return figure


def _errors(axes: Axes, backtest: Backtest, table: pd.DataFrame, key: str) -> None:
    mark = "o" if len(table) < 60 else ""
    for place, name in enumerate(backtest.errors):
        axes.plot(table[key], table[name], f"{mark}-", color=COLOURS[place], lw=2, label=name)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(",".join(filter(None, ["off on average", unit(backtest.asked)])), fontsize=12)
    axes.set_xlabel("" if key == "month" else key, fontsize=12)
    _tidy(axes, len(table) if key == "month" else 0)


def _coverage(axes: Axes, backtest: Backtest, months: pd.DataFrame) -> None:
    axes.bar(months["month"], months["in band"], color=COLOURS[0], alpha=0.4)
    axes.axhline(backtest.promised, color="black", ls="--", lw=1.2)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_ylabel(f"in the band for {backtest.promised:.0%}", fontsize=12)
    _tidy(axes, len(months))


def _tidy(axes: Axes, months: int) -> None:
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    if months > 1:
        axes.set_xticks(range(0, months, -(-months // 10)))

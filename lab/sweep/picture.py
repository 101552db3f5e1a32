"""The picture of a sweep: the figure on validation over each setting, a dot a trial."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure

from foundation.picture import save
from lab.sweep.space import text

if TYPE_CHECKING:
    from lab.sweep.table import Row

MANY = 12  # values of a number from which on they make a scale


def draw(rows: Sequence[Row], metric: str, title: str, path: Path) -> None:
    """A panel a setting: trials that were trained as dots, those stopped early as rings, means as a line."""
    figure = Figure(figsize=(max(6.5, min(14, 4.2 * len(rows[0].point))), 4.6), layout="constrained")
    panels = figure.subplots(1, len(rows[0].point), sharey=True, squeeze=False)[0]
    trials = [trial for row in rows for trial in row.trials if trial.state in ("trained", "stopped")]
    best = rows[0].judged
    for axes, key in zip(panels, rows[0].point, strict=True):
        place, ticks = _scale([trial.point[key] for trial in trials])
        table = pd.DataFrame(
            {
                "place": [place[text(trial.point[key])] for trial in trials],
                "value": [trial.value for trial in trials],
                "trained": [trial.state == "trained" for trial in trials],
            }
        )
        whole, early = table[table["trained"]], table[~table["trained"]]
        axes.plot(whole["place"], whole["value"], "o", color="tab:blue", alpha=0.6, label="a trial")
        if len(early):
            axes.plot(early["place"], early["value"], "o", mfc="none", color="0.6", label="stopped early")
        if ticks:
            means = whole.groupby("place")["value"].mean()
            axes.plot(means.index, means, "-", color="tab:blue", label="mean of all with this value")
            axes.set_xticks(range(len(ticks)), ticks, rotation=30 if max(map(len, ticks)) > 8 else 0)
            axes.set_xlim(-0.5, len(ticks) - 0.5)
        elif min(table["place"]) > 0 and max(table["place"]) >= 10 * min(table["place"]):
            axes.set_xscale("log")
        axes.plot(
            [place[text(trial.point[key])] for trial in best],
            [trial.value for trial in best],
            "*",
            ms=12,
            color="tab:orange",
            label="the best point",
        )
        axes.set_xlabel(key)
        axes.grid(alpha=0.3)
    panels[0].set_ylabel(f"validation {metric}")
    figure.suptitle(title, fontsize=9)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=8)
    save(figure, path)


def _scale(values: Sequence[Any]) -> tuple[dict[str, float], list[str]]:
    """Where each value stands, and the values as ticks, in order; no ticks where it stands at itself."""
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    different = {text(value): value for value in values}
    if numbers and len(different) >= MANY:
        return {name: float(value) for name, value in different.items()}, []
    ordered = sorted(different, key=different.__getitem__) if numbers else list(different)
    return {name: float(place) for place, name in enumerate(ordered)}, ordered

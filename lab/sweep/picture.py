"""A sweep's picture: the metric on validation against each setting, one dot for each trial."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure

from foundation.picture import save
from lab.sweep.space import text

if TYPE_CHECKING:
    from lab.sweep.rows import Row

MANY = 12  # different numbers from which on an axis is to scale


def draw(rows: Sequence[Row], metric: str, title: str, path: Path) -> None:
    """Draws one panel for each setting: trained trials as dots, those stopped early as rings, means as a line."""
    figure = Figure(figsize=(max(6.5, min(14, 4.2 * len(rows[0].point))), 4.6), layout="constrained")
    panels = figure.subplots(1, len(rows[0].point), sharey=True, squeeze=False)[0]
    trials = [trial for row in rows for trial in row.trials if trial.state in ("trained", "stopped")]
    best = rows[0].averaged
    for axes, key in zip(panels, rows[0].point, strict=True):
        places, ticks = _axis([trial.point[key] for trial in trials])
        table = pd.DataFrame(
            {
                "place": [places[text(trial.point[key])] for trial in trials],
                "value": [trial.value for trial in trials],
                "trained": [trial.state == "trained" for trial in trials],
            }
        )
        trained, stopped = table[table["trained"]], table[~table["trained"]]
        axes.plot(trained["place"], trained["value"], "o", color="tab:blue", alpha=0.6, label="a trial")
        if len(stopped):
            axes.plot(stopped["place"], stopped["value"], "o", mfc="none", color="0.6", label="stopped early")
        if ticks:
            means = trained.groupby("place")["value"].mean()
            axes.plot(means.index, means, "-", color="tab:blue", label="mean of the trials with this value")
            axes.set_xticks(range(len(ticks)), ticks, rotation=30 if max(map(len, ticks)) > 8 else 0)
            axes.set_xlim(-0.5, len(ticks) - 0.5)
        elif min(table["place"]) > 0 and max(table["place"]) >= 10 * min(table["place"]):
            axes.set_xscale("log")
        axes.plot(
            [places[text(trial.point[key])] for trial in best],
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


def _axis(values: Sequence[Any]) -> tuple[dict[str, float], list[str]]:
    """Returns each value's place on the axis, and the ticks in order; an axis that is to scale needs no ticks."""
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    different = {text(value): value for value in values}
    if numbers and len(different) >= MANY:
        return {name: float(value) for name, value in different.items()}, []
    ordered = sorted(different, key=different.__getitem__) if numbers else list(different)
    return {name: float(place) for place, name in enumerate(ordered)}, ordered

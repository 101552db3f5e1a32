"""The verdicts as a picture: what was measured for each claim, its interval, and the range that confirms it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from lab.claims.verdict import FAILS, HOLDS, UNDECIDED, Verdict

LOOKS = {HOLDS: ("#1a7f4b", "o"), FAILS: ("#c8401f", "X"), UNDECIDED: ("#6b7280", "D")}
"""Colour and marker of each verdict; the markers are enough without the colours."""
BAND = {"color": "#1a7f4b", "alpha": 0.13, "lw": 0}
ROW, HEAD = 0.38, 0.8
"""Inches that a row takes, and that the rest of a panel takes."""


def forest(verdicts: Sequence[Verdict]) -> Figure | None:
    """Draws a panel for each unit and task, with one row for each claim: seeds, mean, interval, and the rule's range.

    Args:
        verdicts: One for each claim. Those without runs are left out, and those whose figure is equal in every run.

    Returns:
        The picture, or None if there is nothing to draw.
    """
    rows = [verdict for verdict in verdicts if any(map(math.isfinite, verdict.values)) and not verdict.exact]
    if not rows:
        return None
    panels: dict[tuple[str, str, str], list[Verdict]] = {}
    for verdict in rows:
        panels.setdefault((verdict.group, _task(verdict), unit(verdict)), []).append(verdict)
    heights = [HEAD + ROW * len(panel) for panel in panels.values()]
    figure = Figure(figsize=(9, sum(heights) + 1.1), layout="constrained")
    grid = figure.subplots(len(panels), squeeze=False, height_ratios=heights)[:, 0]
    for axes, ((_, _, what), panel) in zip(grid, panels.items(), strict=True):
        _draw(axes, what, panel)
    figure.suptitle("What was measured, and the range that confirms each claim", fontsize=13)
    _legend(figure, rows[0].confidence)
    return figure


def _task(verdict: Verdict) -> str:
    """Returns the experiment of a claim about two of its models, or nothing."""
    names = {side.name for side in verdict.claim.sides if "model" in side.settings}
    return names.pop() if len(names) == 1 else ""


def unit(verdict: Verdict) -> str:
    """Returns the label of a claim's axis. Verdicts of one group, task and unit share an axis."""
    if verdict.claim.logarithmic:
        return "times the other" if verdict.claim.compares else "factor"
    if verdict.claim.parts:
        return "share of the claims that holds, and that may yet"
    figures = {side.figure.split(".")[-1].removeprefix("val_") for side in verdict.claim.sides}
    what = figures.pop() if len(figures) == 1 else ""
    return " ".join(filter(None, ["difference" if verdict.claim.compares else "", "in" if what else "", what]))


def _draw(axes: Axes, what: str, rows: list[Verdict]) -> None:
    low, high = _limits(rows)
    for place, verdict in enumerate(rows):
        colour, marker = LOOKS[verdict.verdict]
        start, end = max(low, verdict.rule.low), min(high, verdict.rule.high)
        axes.barh(place, max(0, end - start), left=start, height=0.84, **BAND)  # type: ignore[arg-type]
        axes.vlines([verdict.rule.low, verdict.rule.high], place - 0.42, place + 0.42, color=BAND["color"], lw=1)
        for edge, arrow in zip(verdict.interval, "<>", strict=True):
            if math.isfinite(edge):
                axes.hlines(place, sum(verdict.values) / len(verdict.values), edge, color=colour, lw=2.2)
                if not low <= edge <= high:
                    axes.plot(low if arrow == "<" else high, place, arrow, color=colour, ms=7, clip_on=False)
        if len(verdict.values) > 1:
            axes.plot(verdict.values, [place] * len(verdict.values), "|", color="0.35", ms=9, mew=1)
        axes.plot(sum(verdict.values) / len(verdict.values), place, marker, color=colour, ms=8, mec="white", mew=0.8)
    labels = [textwrap.fill("; ".join([row.claim.claim, *row.notes]), 54) for row in rows]
    axes.set_yticks(range(len(rows)), labels, fontsize=8)
    axes.set(xlim=(low, high), ylim=(len(rows) - 0.5, -0.5))
    axes.axvline(0, color="0.4", lw=0.8, ls=":", zorder=0)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_xlabel(what, fontsize=8)
    if rows[0].claim.logarithmic:
        _powers(axes, low, high)
    conditions = " | ".join(dict.fromkeys(verdict.conditions.words for verdict in rows))
    axes.set_title(textwrap.fill(f"{rows[0].group}: {conditions}".rstrip(": "), 72), fontsize=9, loc="left")


def _powers(axes: Axes, low: float, high: float) -> None:
    """Labels exponents from `low` to `high` with the numbers that they stand for."""
    if high - low < 3:
        exponents = range(math.floor(low), math.ceil(high))
        ticks = [math.log10(number) + exponent for exponent in exponents for number in (1, 1.5, 2, 3, 5)]
        axes.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if low <= tick <= high]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda exponent, _: f"{10**exponent:.3g}"))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda exponent, _: f"$10^{{{exponent:.0f}}}$"))


def _limits(rows: list[Verdict]) -> tuple[float, float]:
    """Returns the ends of the axis. It shows all seeds and bounds, and cuts intervals that are much longer."""
    if rows[0].claim.parts:
        return -0.05, 1.05
    shown = [0.0, *(n for row in rows for n in (*row.values, row.rule.low, row.rule.high) if math.isfinite(n))]
    span = (max(shown) - min(shown)) or 1.0
    ends = [n for row in rows for n in row.interval if math.isfinite(n)]
    low = max(min([*shown, *ends]), min(shown) - span / 2)
    high = min(max([*shown, *ends]), max(shown) + span / 2)
    margin = 0.05 * (high - low) or 0.5
    return low - margin, high + margin


def _legend(figure: Figure, confidence: float) -> None:
    looks: dict[str, Any] = {"lw": 2.2, "ms": 8, "mec": "white"}
    marks: list[Artist] = [
        *(Line2D([], [], color=c, marker=marker, label=verdict, **looks) for verdict, (c, marker) in LOOKS.items()),
        Line2D([], [], color="0.35", marker="|", ls="none", ms=9, label="one seed"),
        Line2D([], [], color="0.35", lw=2.2, label=f"{confidence:.0%} interval of the mean, or what a share may be"),
        Patch(**BAND, label="the claim holds here"),  # type: ignore[arg-type]
    ]
    figure.legend(handles=marks, loc="outside lower center", ncols=3, fontsize=9)

"""The verdicts to see: what was measured of each claim, with its interval, against where it has to lie."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from lab.verdicts import FAILS, HOLDS, OPEN, Verdict, power

LOOKS = {HOLDS: ("#1a7f4b", "o"), FAILS: ("#c8401f", "X"), OPEN: ("#6b7280", "D")}
"""Colour and marker; the markers tell without the colours."""
WIDE = 3
"""So many orders of magnitude beyond its fellows, a value is told and not drawn."""
ROW, HEAD = 0.42, 1.15
"""Inches."""


def forest(verdicts: Sequence[Verdict]) -> Figure | None:
    """A panel for each group and unit, a row a claim: seeds, mean, interval, and shaded where the rule wants it.

    Args:
        verdicts: One a claim. Left out are those without runs and those of numbers that every run has the same.

    Returns:
        The picture; None where nothing can be drawn.
    """
    panels: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        if any(map(math.isfinite, verdict.values)) and not verdict.exact:
            panels.setdefault((verdict.group, unit(verdict)), []).append(verdict)
    if not panels:
        return None
    heights = [HEAD + ROW * len(rows) for rows in panels.values()]
    figure = Figure(figsize=(11, sum(heights) + 1), layout="constrained")
    grid = figure.subplots(len(panels), squeeze=False, height_ratios=heights)[:, 0]
    for axes, ((group, what), rows) in zip(grid, panels.items(), strict=True):
        _panel(axes, rows)
        words = dict.fromkeys(verdict.conditions.words for verdict in rows)
        axes.set_title("\n".join([group, *textwrap.wrap(" | ".join(filter(None, words)), 110)]), fontsize=9, loc="left")
        axes.set_xlabel(what, fontsize=8)
    figure.suptitle("The deck's claims: what was measured, and where it would have to lie", fontsize=12)
    marks: list[Artist] = [
        Line2D([], [], color=colour, marker=marker, lw=2, label=verdict) for verdict, (colour, marker) in LOOKS.items()
    ]
    marks += [
        Line2D([], [], color="0.35", marker="|", ls="none", label="a seed"),
        Patch(color="#1a7f4b", alpha=0.13, label="the claim holds here"),
    ]
    confidence = next(iter(panels.values()))[0].confidence
    figure.legend(
        handles=marks,
        loc="outside lower center",
        ncols=len(marks),
        fontsize=8,
        title=f"bar: {confidence:.0%} interval of the mean over seeds",
        title_fontsize=8,
    )
    return figure


def unit(verdict: Verdict) -> str:
    """What a claim's axis says: verdicts of one unit share it."""
    if verdict.claim.logarithmic:
        return "times" if len(verdict.sides) == 2 else "factor"
    figures = {side.figure.split(".")[-1].removeprefix("val_") for side in verdict.claim.sides}
    what = figures.pop() if len(figures) == 1 else ""
    return " ".join(filter(None, ["difference" if len(verdict.sides) == 2 else "", "in" if what else "", what]))


def _panel(axes: Axes, rows: list[Verdict]) -> None:
    low, high = _limits(rows)
    for place, verdict in enumerate(rows):
        colour, marker = LOOKS[verdict.verdict]
        start, end = max(low, verdict.rule.low), min(high, verdict.rule.high)
        if start <= end:
            axes.barh(place, end - start, left=start, height=0.84, color="#1a7f4b", alpha=0.13, lw=0)
        for bound in (verdict.rule.low, verdict.rule.high):
            if low <= bound <= high:
                axes.plot([bound] * 2, [place - 0.42, place + 0.42], color="#1a7f4b", lw=1)
        mean = sum(verdict.values) / len(verdict.values)
        ends = verdict.interval
        if all(map(math.isfinite, ends)):
            axes.plot([max(low, ends[0]), min(high, ends[1])], [place] * 2, color=colour, lw=2.2, solid_capstyle="butt")
        axes.plot(verdict.values, [place] * len(verdict.values), "|", color="0.35", ms=9, mew=1)
        axes.plot(mean, place, marker, color=colour, ms=7, mec="white", mew=0.8)
    axes.set_yticks(
        range(len(rows)), ["\n".join(textwrap.wrap(verdict.claim.claim, 52)) for verdict in rows], fontsize=8
    )
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(low, high)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    if rows[0].claim.logarithmic:
        axes.xaxis.set_major_locator(MaxNLocator(integer=high - low > 2))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda exponent, _: power(exponent)))
    if low < 0 < high:
        axes.axvline(0, color="0.4", lw=0.8, ls=":", zorder=0)


def _limits(rows: list[Verdict]) -> tuple[float, float]:
    shown = [
        number
        for verdict in rows
        for number in (0.0, *verdict.values, *verdict.interval, verdict.rule.low, verdict.rule.high)
        if math.isfinite(number)
    ]
    margin = 0.06 * (max(shown) - min(shown)) or 1
    return min(shown) - margin, max(shown) + margin

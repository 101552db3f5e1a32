"""A group's part of the report: its tables, and the models whose curves belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from lab.comparison.entries import Comparison
from lab.comparison.groups import comparisons
from lab.comparison.presentation import Presentation
from lab.comparison.table import table
from lab.identity import ConfigOf
from lab.metric import higher_is_better
from lab.runs import RESULTS, Run

EMPTY = ("", "–")
NUMBER = re.compile(r"([+−-]?)(\d[\d,]*\.?\d*(?:e[+-]?\d+)?)([KM]?)(?![\w:])", re.IGNORECASE)
FACTORS = {"": 1.0, "K": 1e3, "M": 1e6}


@dataclass(frozen=True)
class Strip:
    """Places in a strip that is drawn in a table's row, in percent of its width."""

    low: float
    mean: float
    high: float
    baseline: float | None


@dataclass(frozen=True)
class Table:
    """A table of figures, each cell as text."""

    caption: str
    frame: pd.DataFrame
    strips: tuple[Strip, ...] = ()
    """A small drawing for each row."""
    scale: str = ""
    """What the strips show, and the direction that is better."""

    @cached_property
    def numeric(self) -> frozenset[str]:
        """The columns that hold only numbers and empty cells. They are sorted as numbers."""
        return frozenset(str(column) for column in self.frame if _numeric(map(str, self.frame[column])))


@dataclass(frozen=True)
class Curves:
    """Models that were trained under the same conditions, each with its runs, which differ by their seeds only."""

    title: str
    """The conditions in words."""
    metric: str
    models: tuple[tuple[str, tuple[Run, ...]], ...]
    unit: tuple[str, float] | None = None
    """What the metric is in a unit that readers know, in words, and the factor to it."""
    baseline: tuple[str, float] | None = None
    """What models are measured against: its label, and its metric on validation."""


@dataclass(frozen=True)
class Section:
    """One group's part of the report."""

    name: str
    about: str
    tables: tuple[Table, ...]
    curves: tuple[Curves, ...]
    presentation: Presentation = field(default_factory=Presentation)
    """How the group's figures are shown."""


def section(name: str, about: str, config_of: ConfigOf, presentation: Presentation, root: Path = RESULTS) -> Section:
    """Returns a group's section: a table and a set of curves for each set of conditions that it was run under.

    Args:
        name: The group.
        about: The group in one line.
        config_of: Returns an experiment's `Config`.
        presentation: How the group's figures are shown.
        root: The folder of all results.
    """
    compared = comparisons(name, config_of, root)
    tables = tuple(_table(comparison, presentation) for comparison in compared)
    return Section(name, about, tables, tuple(_curves(one, presentation) for one in compared), presentation)


def _table(comparison: Comparison, presentation: Presentation) -> Table:
    shown, _ = comparison.shown(presentation)
    words = presentation.in_words(shown)
    return Table(
        f"{comparison.sentence(presentation)}. The best on validation comes first; the number after ± is the standard "
        "deviation over seeds.",
        table(comparison, presentation),
        _strips(comparison, presentation, shown),
        f"{words} better →" if higher_is_better(comparison.metric) else f"← better {words}",
    )


def _strips(comparison: Comparison, presentation: Presentation, shown: str) -> tuple[Strip, ...]:
    """Returns each model's lowest, mean and highest seed on validation, beside the baseline."""
    values = [entry.values("validation", shown) for entry in comparison.entries]
    low, high = min(one.min() for one in values), max(one.max() for one in values)
    margin = 0.06 * (high - low) or 1.0

    def place(value: float) -> float:
        return round(float(100 * (value - low + margin) / (high - low + 2 * margin)), 1)

    baseline = comparison.baseline(presentation.baseline)
    level = place(baseline.values("validation", shown).mean()) if baseline else None
    return tuple(Strip(place(one.min()), place(one.mean()), place(one.max()), level) for one in values)


def _curves(comparison: Comparison, presentation: Presentation) -> Curves:
    metric = comparison.metric
    shown, factor = comparison.shown(presentation)
    baseline = comparison.baseline(presentation.baseline)
    return Curves(
        comparison.sentence(presentation),
        metric,
        tuple((entry.short, entry.runs) for entry in comparison.entries),
        (presentation.in_words(shown), factor) if factor is not None and shown != metric else None,
        (baseline.words, float(baseline.values("validation", metric).mean())) if baseline else None,
    )


def number(cell: str) -> float | None:
    """Returns the number that a cell begins with, such as 0.26 in "0.26 ± 0.01" and 70,000 in "70K", or None."""
    match = NUMBER.match(cell)
    if not match:
        return None
    sign, digits, factor = match.groups()
    return (-1 if sign in ("-", "−") else 1) * float(digits.replace(",", "")) * FACTORS[factor.upper()]


def _numeric(cells: Iterable[str]) -> bool:
    filled = [cell for cell in cells if cell not in EMPTY]
    return bool(filled) and all(number(cell) is not None for cell in filled)

"""A group's part of the report: its tables, and the models whose curves belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from lab.comparison.groups import comparisons
from lab.comparison.presentation import Presentation
from lab.comparison.table import table
from lab.identity import ConfigOf
from lab.runs import RESULTS, Run

EMPTY = ("", "–")
NUMBER = re.compile(r"([+−-]?)(\d[\d,]*\.?\d*(?:e[+-]?\d+)?)([KM]?)(?![\w:])", re.IGNORECASE)
FACTORS = {"": 1.0, "K": 1e3, "M": 1e6}


@dataclass(frozen=True)
class Table:
    """A table of figures, each cell as text."""

    caption: str
    frame: pd.DataFrame

    @cached_property
    def numeric(self) -> frozenset[str]:
        """The columns that hold only numbers and empty cells. They are sorted as numbers."""
        return frozenset(str(column) for column in self.frame if _numeric(map(str, self.frame[column])))


@dataclass(frozen=True)
class Curves:
    """Models that were trained under the same conditions, each with its runs, which differ by their seeds only."""

    title: str
    metric: str
    models: tuple[tuple[str, tuple[Run, ...]], ...]


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
    tables = tuple(Table(comparison.conditions, table(comparison, presentation)) for comparison in compared)
    curves = tuple(
        Curves(
            comparison.conditions,
            comparison.metric,
            tuple((entry.short, entry.runs) for entry in comparison.entries),
        )
        for comparison in compared
    )
    return Section(name, about, tables, curves, presentation)


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

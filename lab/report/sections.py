"""What the report shows of a group: its tables, and the models whose curves belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from lab.comparison.groups import comparisons
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
        """The columns that hold numbers and nothing else, so that they are sorted as numbers."""
        return frozenset(str(column) for column in self.frame if _numeric(map(str, self.frame[column])))


@dataclass(frozen=True)
class Curves:
    """Models that were trained under the same conditions, each with its runs, which differ by seed only."""

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


def section(name: str, about: str, root: Path = RESULTS) -> Section:
    """A group's section: a table and a set of curves for each set of conditions that it was run under."""
    found = comparisons(name, root)
    return Section(
        name,
        about,
        tuple(Table(comparison.conditions, comparison.table()) for comparison in found),
        tuple(
            Curves(
                comparison.conditions,
                comparison.metric,
                tuple((entry.label.split("/", 1)[-1], entry.runs) for entry in comparison.entries),
            )
            for comparison in found
        ),
    )


def number(cell: str) -> float | None:
    """The number that a cell begins with, such as 0.26 of "0.26 ± 0.01" and 70,000 of "70K"; none without one."""
    found = NUMBER.match(cell)
    if not found:
        return None
    sign, digits, factor = found.groups()
    return (-1 if sign in ("-", "−") else 1) * float(digits.replace(",", "")) * FACTORS[factor.upper()]


def _numeric(cells: Iterable[str]) -> bool:
    told = [cell for cell in cells if cell not in EMPTY]
    return bool(told) and all(number(cell) is not None for cell in told)

"""What a group says about how its figures are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from lab.runs import Run


def _plain(figures: Mapping[str, Any], metric: str) -> str:
    return str(figures.get(f"validation_{metric}", ""))


@dataclass(frozen=True)
class Presentation:
    """How tables, pictures and the report show a group's figures."""

    baseline: str | None = None
    """The experiment that every other is measured against; pictures show it as a line."""
    headings: Mapping[str, str] = field(default_factory=dict)
    """What tables call a figure, such as "°C" for "mae_celsius"; other figures keep their names."""
    digits: Mapping[str, int] = field(default_factory=dict)
    """Decimals of a figure; 4 for others."""
    published: Callable[[Mapping[str, Any], str], str] = _plain
    """Returns the published figures of an experiment in words, given those in its YAML file and the metric."""
    unit: str = ""
    """The unit of the values in `forecasts.csv`."""
    pictures: Mapping[str, Callable[[str, list[tuple[str, Run]]], Figure | None]] = field(default_factory=dict)
    """Further pictures: a file's name without .png, and a function from the conditions in words and a list of models
    (their labels and first runs) to a figure, or to None where there is nothing to draw."""

    def heading(self, figure: str) -> str:
        """Returns what tables call a figure."""
        return self.headings.get(figure, figure)

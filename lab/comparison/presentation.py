"""What a group says about how its figures are shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from foundation.decimals import decimals_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from lab.runs import Run


def _published(figures: Mapping[str, Any], metric: str) -> str:
    return str(figures.get(f"validation_{metric}", ""))


def _conditions(recorded: str) -> str:
    """Returns "5 days back (data: weather.csv)" for "weather.csv: 5 days back"."""
    source, _, protocol = recorded.partition(": ")
    return f"{protocol[0].upper()}{protocol[1:]} (data: {source})" if protocol else recorded


@dataclass(frozen=True)
class Presentation:
    """How tables, pictures and the report show a group's figures."""

    baseline: str | None = None
    """The experiment that every other is measured against; pictures show it as a line."""
    headings: Mapping[str, str] = field(default_factory=dict)
    """What tables call a figure, such as "°C" for "mae_celsius"; other figures keep their names. Pictures show the
    first of these instead of the metric."""
    words: Mapping[str, str] = field(default_factory=dict)
    """A figure in words, for axes, such as "mean absolute error in °C"."""
    digits: Mapping[str, int] = field(default_factory=dict)
    """Decimals of a figure; 4 for others."""
    small: Collection[str] = ()
    """Figures whose unit may make them small: where it does, more decimals show three digits of them."""
    published: Callable[[Mapping[str, Any], str], str] = _published
    """Returns the published figures of an experiment in words, given those in its YAML file and the metric."""
    published_on: str = ""
    """What published figures were measured on, if runs may be measured on something else."""
    unit: str = ""
    """The unit of the values in `forecasts.csv`."""
    conditions: Callable[[str], str] = _conditions
    """Returns the data and the protocol as a sentence without its full stop, given the words in a run's record."""
    captions: Mapping[str, str] = field(default_factory=dict)
    """What a run's picture shows, in a sentence: the file's name without suffix, and the sentence."""
    pictures: Mapping[str, Callable[[str, list[tuple[str, Run]]], Figure | None]] = field(default_factory=dict)
    """Further pictures: a file's name without .png, and a function from the conditions in words and a list of models
    (their labels and first runs) to a figure, or to None where there is nothing to draw."""

    def heading(self, figure: str) -> str:
        """Returns what tables call a figure."""
        return self.headings.get(figure, figure)

    def in_words(self, figure: str) -> str:
        """Returns what axes call a figure."""
        return self.words.get(figure, self.heading(figure))

    def places(self, figure: str, values: Sequence[float]) -> int:
        """Returns the decimals of a figure, given all of its values that are shown side by side."""
        least = self.digits.get(figure, 4)
        return decimals_of(median(values), digits=3, least=least) if figure in self.small else least

    def shown(self, metric: str, figures: Collection[str]) -> str:
        """Returns the figure that pictures show: the first with a heading that the runs have, or else the metric."""
        return next((figure for figure in self.headings if figure in figures), metric)

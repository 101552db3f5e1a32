"""What is compared: models, each with its runs, and the models that share their conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lab.comparison.presentation import Presentation
from lab.runs import Run


@dataclass(frozen=True)
class Entry:
    """One model under one set of settings. Its runs differ by their seeds only."""

    label: str
    """The experiment, with those settings that its YAML files and profiles don't have."""
    name: str
    """The experiment, such as "jena/gru"."""
    runs: tuple[Run, ...]
    metrics: tuple[dict[str, Any], ...]
    """The metrics of each run."""
    published: dict[str, Any]
    """The figures to reach, from `configs/`."""
    origin: str = ""
    """Where the runs come from, if they aren't the user's own."""

    @property
    def title(self) -> str:
        """The label as tables have it."""
        return self.label + (f", {self.origin}" if self.origin else "")

    @property
    def short(self) -> str:
        """The same without the group, for pictures."""
        return self.title.split("/", 1)[-1]

    @property
    def words(self) -> str:
        """The experiment without the group, in words."""
        return self.name.split("/", 1)[-1].replace("_", " ")

    def values(self, split: str, figure: str) -> pd.Series:
        """Returns a figure of each run that has it, such as "mae" on "test"."""
        return pd.Series([own[split][figure] for own in self.metrics if figure in own[split]], dtype=float)


@dataclass(frozen=True)
class Comparison:
    """All models that were run under the same conditions."""

    slug: str
    """The name of its folder."""
    recorded: str
    """The data and the protocol, in the words of the runs' records."""
    metric: str
    entries: tuple[Entry, ...]
    """The best on validation comes first."""

    profiles: str = ""
    """The chain of profiles in words."""

    def sentence(self, presentation: Presentation) -> str:
        """Returns the conditions as a sentence without its full stop."""
        profiles = f"; settings: {self.profiles}" if self.profiles else ""
        return presentation.conditions(self.recorded) + profiles

    def shown(self, presentation: Presentation) -> tuple[str, float | None]:
        """Returns the figure that pictures show, and the factor from the metric to it if it is always the same."""
        metric = self.metric
        own = [metrics["validation"] for entry in self.entries for metrics in entry.metrics]
        figure = presentation.shown(metric, set.intersection(*(set(figures) for figures in own)))
        factors = [figures[figure] / figures[metric] for figures in own if figures[metric]]
        same = bool(factors) and max(factors) - min(factors) <= 1e-6 * abs(max(factors))
        return figure, factors[0] if same else None

    @property
    def conditions(self) -> str:
        """The data, the protocol and the profiles in words."""
        return "; ".join(filter(None, [self.recorded, self.profiles]))

    def baseline(self, name: str | None) -> Entry | None:
        """Returns the entry of the experiment that all others are measured against, if it was run."""
        own = (entry for entry in self.entries if entry.label == name)
        return min(own, key=lambda entry: entry.origin, default=None)


def changed_settings(settings: Mapping[str, Any]) -> str:
    """Returns settings in brackets, such as " (units=64)", or nothing if there are none."""
    return f" ({', '.join(f'{key}={value}' for key, value in settings.items())})" if settings else ""


def mean_and_deviation(values: Iterable[float], number: str = ".4f") -> str:
    """Returns the mean and, of several values, the standard deviation, such as "0.2617 ± 0.0012".

    Args:
        values: One value or several.
        number: The format of both.
    """
    series = pd.Series(list(values), dtype=float)
    spread = f" ± {series.std():{number}}" if len(series) > 1 else ""
    return f"{series.mean():{number}}{spread}"

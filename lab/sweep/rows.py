"""A sweep's points, each with its trials, best first."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from lab.sweep.space import Point, label
from lab.sweep.trials import Trial


@dataclass(frozen=True)
class Row:
    """A point and its trials, one for each seed."""

    point: Point
    trials: tuple[Trial, ...]

    @property
    def trained(self) -> list[Trial]:
        """The trials whose last epoch is over."""
        return [trial for trial in self.trials if trial.state == "trained"]

    @property
    def averaged(self) -> list[Trial]:
        """The trials whose mean ranks the point: the trained ones or, if there are none, those stopped early."""
        return self.trained or [trial for trial in self.trials if trial.state == "stopped"]

    @property
    def values(self) -> list[float]:
        """The values on validation of the averaged trials."""
        return [trial.value for trial in self.averaged if trial.value is not None]

    @property
    def complete(self) -> bool:
        """Whether every seed was trained to its last epoch."""
        return len(self.trained) == len(self.trials)

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """The sort key: complete points come first, then those that lack a seed, those stopped early, those failed."""
        scores = [trial.score for trial in self.averaged]
        return not self.complete, not self.trained, statistics.fmean(scores) if scores else math.inf


def rows(trials: Sequence[Trial]) -> list[Row]:
    """Returns a row for each point, the best on validation first."""
    points = {label(trial.point): trial.point for trial in trials}
    unsorted = [Row(point, tuple(t for t in trials if label(t.point) == name)) for name, point in points.items()]
    return sorted(unsorted, key=lambda row: row.rank)

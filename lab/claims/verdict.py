"""A verdict on a claim: what was measured, what follows from it by the claim's rule, and both in words."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lab.claims.evidence import Conditions
from lab.claims.spec import Claim, Rule
from lab.claims.statistics import Interval, interval, logarithm, mean_and_deviation, power
from lab.planned_run import PlannedRun

HOLDS, FAILS, UNDECIDED = "holds", "does not hold", "not decided"
VERDICTS = (HOLDS, FAILS, UNDECIDED)


@dataclass(frozen=True)
class Verdict:
    """What the runs under one set of conditions say about a claim."""

    claim: Claim
    conditions: Conditions
    seeds: tuple[int, ...]
    """Of the runs that are judged; of a share, those of any of its parts."""
    sides: tuple[tuple[float, ...], ...]
    """The figures of each side, in the order of the seeds."""
    fewest: int
    """The smallest number of seeds that decides."""
    confidence: float
    exact: bool
    """Whether the seed plays no part."""
    ended_early: bool = False
    """Whether trainings ended before the end that their settings give them; such runs decide nothing."""
    without: tuple[int, ...] = ()
    """Seeds whose runs have no finite figure; as long as there is one, nothing is decided."""
    notes: tuple[str, ...] = ()
    missing: tuple[PlannedRun, ...] = ()
    """Runs to make for the number of seeds that was asked for."""
    deciding: str = ""
    """What it takes to decide the claim; empty if it is decided."""
    parts: tuple[Verdict, ...] = ()
    """Those on the claims that a share counts."""

    @property
    def group(self) -> str:
        """The group of its experiments, such as "jena"."""
        return self.claim.sides[0].name.split("/")[0]

    @cached_property
    def values(self) -> tuple[float, ...]:
        """The numbers that are judged, one for each seed; of a share, the share that holds."""
        if self.claim.parts:
            return (self._count(HOLDS) / len(self.parts),) if self.seeds else ()
        return tuple(value(self.claim, figures) for figures in zip(*self.sides, strict=True))

    @cached_property
    def interval(self) -> Interval:
        """The interval of the mean of `values`; where the seed plays no part, their smallest and largest.

        Of a share it is the range that the open claims leave: from none of them holding to all.
        """
        if self.parts and self.values:
            return self.values[0], 1 - self._count(FAILS) / len(self.parts)
        if self.exact and self.values:
            return min(self.values), max(self.values)
        return interval(self.values, self.confidence)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notes, and what is missing."""
        without = [f"left out, no finite figure: seed {', '.join(map(str, self.without))}"] if self.without else []
        runs = [f"{len(self.missing)} {'run' if len(self.missing) == 1 else 'runs'} missing"] if self.missing else []
        if runs and self.parts and self.verdict != UNDECIDED:
            runs = [f"{runs[0]}, which can't change the verdict"]
        return (*self.notes, *without, *([self.deciding] if self.deciding else runs))

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`, by the rule alone."""
        if self.parts:
            return decide(self.rule, self.values, self.interval)
        if len(self.seeds) < self.fewest or self.ended_early or self.without:
            return UNDECIDED
        return decide(self.rule, self.values, self.interval)

    @property
    def rule(self) -> Rule:
        """The claim's rule on the scale of `values`."""
        return _on_scale(self.claim)

    @property
    def words(self) -> str:
        """The rule in words, with the number of seeds that decides."""
        if self.claim.parts:
            return self.claim.words
        if self.exact:
            return f"{self.claim.words} (any one run)"
        return f"{self.claim.words} ({self.confidence:.0%} interval of the mean, {self.fewest} seeds or more)"

    @property
    def figure(self) -> str:
        """What was measured: each side's mean ± standard deviation, then what is judged, with its interval."""
        if not self.values:
            return "–"
        if self.parts:
            return f"{self._count(HOLDS)} of {len(self.parts)} hold, {self._count(FAILS)} don't"
        low, high = self.interval
        known = not self.exact and math.isfinite(low) and math.isfinite(high)
        if self.claim.logarithmic:
            times = " times" if self.claim.compares else ""
            mean = statistics.fmean(self.values)
            return f"{power(mean)}{times}" + (f" ({power(low)} … {power(high)})" if known else "")
        text = mean_and_deviation(self.values, sign=self.claim.compares)
        if self.claim.compares:
            text = f"{' against '.join(map(mean_and_deviation, self.sides))}: {text}"
        return text + (f" ({low:.3g} … {high:.3g})" if known else "")

    def _count(self, verdict: str) -> int:
        return sum(part.verdict == verdict for part in self.parts)


def _on_scale(claim: Claim) -> Rule:
    rule = claim.rule
    if not claim.logarithmic:
        return rule
    low, high = (logarithm(bound) if bound > 0 else -math.inf for bound in (rule.low, rule.high))
    return Rule(low, high, rule.words, rule.one_is_enough)


def value(claim: Claim, figures: Sequence[float]) -> float:
    """Returns the number that is judged for one seed, given the figure of each side.

    It is the figure, or the first less the second; of a factor or a ratio it is the logarithm.
    """
    first, *others = map(logarithm, figures) if claim.logarithmic else figures
    return first - sum(others)


def decide(rule: Rule, values: Sequence[float], interval: Interval) -> str:
    """Returns the verdict: whether the interval, or one value if that is enough, lies in the rule's range."""
    low, high = interval
    if (
        any(rule.low <= value <= rule.high for value in values)
        if rule.one_is_enough
        else rule.low <= low and high <= rule.high
    ):
        return HOLDS
    return FAILS if high < rule.low or low > rule.high else UNDECIDED

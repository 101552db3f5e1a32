"""Judges the claims by finished runs: a verdict for each claim under each set of conditions, never two sets in one."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lab.claims import Claim, Claims, Rule
from lab.comparison import changed
from lab.mistake import Mistake
from lab.runs import RESULTS, all_runs

HOLDS, FAILS, OPEN = "holds", "does not hold", "not decided"
Metrics = dict[str, Any]
Steps = int | None
"""Batches that a run was trained for, where it tells them."""


@dataclass(frozen=True)
class Conditions:
    """What runs must share to be judged together."""

    profiles: tuple[str, ...] = ()
    protocol: str = ""
    """The data and the protocol in words."""
    data: str = ""
    """The data's fingerprint; none where every seed draws its own."""
    simulated: bool = False
    backend: str | None = None

    @property
    def words(self) -> str:
        """What a reader must know of it."""
        laid = " over ".join(f"{Path(profile).stem}.yaml" for profile in reversed(self.profiles))
        mark = "SIMULATED" if self.simulated and "SIMULATED" not in self.protocol else ""
        return "; ".join(part for part in (mark, self.protocol, laid) if part)


@dataclass(frozen=True)
class Missing:
    """A run that a verdict lacks."""

    name: str
    flags: tuple[str, ...]
    profiles: tuple[str, ...]
    seed: int

    @property
    def words(self) -> tuple[str, ...]:
        """The words after `python -m experiments` that make it."""
        profiles = [word for profile in self.profiles for word in ("--profile", profile)]
        return ("run", self.name, *self.flags, *profiles, "--seed", str(self.seed))


@dataclass(frozen=True)
class Verdict:
    """What the runs under one set of conditions say of a claim."""

    claim: Claim
    conditions: Conditions
    seeds: tuple[int, ...]
    sides: tuple[tuple[float, ...], ...]
    """Each side's figures, in the order of the seeds."""
    fewest: int
    """So many seeds decide."""
    confidence: float
    exact: bool
    """Whether the seed plays no part."""
    notes: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()

    @cached_property
    def values(self) -> tuple[float, ...]:
        """What is judged, a number a seed: the figure or its logarithm, or how much more it is than the other side's."""
        taken = [[logarithm(figure) for figure in side] if self.claim.logarithmic else side for side in self.sides]
        return tuple(first - sum(rest) for first, *rest in zip(*taken, strict=True))

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Where the mean of `values` lies; where the seed plays no part, from the least of them to the largest."""
        if self.exact and self.values:
            return min(self.values), max(self.values)
        return interval(self.values, self.confidence)

    @property
    def verdict(self) -> str:
        """holds, does not hold or not decided, by the rule alone."""
        if len(self.seeds) < self.fewest or not all(map(math.isfinite, self.values)):
            return OPEN
        return decide(self.rule, self.values, self.interval)

    @property
    def rule(self) -> Rule:
        """The claim's rule on the scale of `values`."""
        rule = self.claim.rule
        if not self.claim.logarithmic:
            return rule
        low, high = (logarithm(bound) if bound > 0 else -math.inf for bound in (rule.low, rule.high))
        return Rule(low, high, rule.words, rule.one_is_enough)

    @property
    def words(self) -> str:
        """The rule in words, with what it takes to decide."""
        if self.exact:
            return f"{self.claim.words} (any one run)"
        return f"{self.claim.words} ({self.confidence:.0%} interval of the mean, {self.fewest} seeds or more)"

    @property
    def figure(self) -> str:
        """What was measured: each side's mean ± standard deviation, then what is judged, with its interval."""
        if not self.values:
            return "–"
        low, high = self.interval
        known = not self.exact and math.isfinite(low) and math.isfinite(high)
        if self.claim.logarithmic:
            times = " times" if len(self.sides) == 2 else ""
            mean = statistics.fmean(self.values)
            return f"{power(mean)}{times}" + (f" ({power(low)} … {power(high)})" if known else "")
        judged = spread(self.values, sign=len(self.sides) == 2)
        told = f"{' against '.join(map(spread, self.sides))}: {judged}" if len(self.sides) == 2 else judged
        return told + (f" ({low:.3g} … {high:.3g})" if known else "")

    def record(self) -> dict[str, Any]:
        """All of it, for `verdicts.json`; what is no finite number is null."""
        low, high = self.interval
        return {
            "id": self.claim.id,
            "page": self.claim.page,
            "claim": self.claim.claim,
            "experiments": list(self.claim.experiments),
            "rule": self.words,
            "verdict": self.verdict,
            "figure": self.figure,
            "seeds": list(self.seeds),
            "conditions": self.conditions.words,
            "profiles": list(self.conditions.profiles),
            "simulated": self.conditions.simulated,
            "notes": list(self.notes),
            "missing": [" ".join(("python -m experiments", *run.words)) for run in self.missing],
            "scale": "log10" if self.claim.logarithmic else "plain",
            "values": [_finite(value) for value in self.values],
            "interval": [_finite(low), _finite(high)],
            "bounds": [_finite(self.rule.low), _finite(self.rule.high)],
        }


@dataclass(frozen=True)
class Trained:
    """One experiment's complete runs under one set of conditions, by their steps and seed."""

    runs: dict[tuple[Steps, int], Metrics]

    @property
    def weightless(self) -> bool:
        """Whether there is nothing to learn, so that one run stands for every seed."""
        return any(metrics.get("parameters") == 0 for metrics in self.runs.values())

    @property
    def seeds(self) -> set[int]:
        """The seeds of all of them."""
        return {seed for _, seed in self.runs}

    def trained_for(self, seed: int) -> set[Steps]:
        """The steps of a seed's runs."""
        return {steps for steps, other in self.runs if other == seed}

    def run(self, steps: Steps, seed: int) -> Metrics:
        """One of them; the only one, where there is nothing to learn."""
        return next(iter(self.runs.values())) if self.weightless else self.runs[steps, seed]


Experiment = tuple[str, tuple[str, ...]]
"""A name and flags."""


def judge(
    claims: Claims,
    chosen: Sequence[Claim],
    profiles: tuple[str, ...] | None = None,
    seeds: int | None = None,
    root: Path = RESULTS,
) -> list[Verdict]:
    """A verdict for each claim under each set of conditions that it has runs under; under none, an undecided one.

    Args:
        claims: The file.
        chosen: Those of its claims that are asked for.
        profiles: Judge runs under these alone; by default under whatever there are.
        seeds: So many are wanted, for what is missing; by default as many as decide.
        root: The folder of all results.

    Returns:
        The claims in their order; of each, measured data first, then the most seeds.
    """
    found = collect(claims, chosen, root)
    result = []
    for claim in chosen:
        experiments = list(dict.fromkeys((side.name, side.flags) for side in claim.sides))
        there = dict.fromkeys(conditions for experiment in experiments for conditions in found[experiment])
        if profiles is not None:
            there = {conditions: None for conditions in there if conditions.profiles == profiles}
        under = [
            judge_one(
                claims, claim, conditions, {key: found[key].get(conditions, Trained({})) for key in experiments}, seeds
            )
            for conditions in there or [Conditions(profiles or ())]
        ]
        result += sorted(under, key=lambda verdict: (verdict.conditions.simulated, -len(verdict.seeds)))
    return result


def collect(claims: Claims, chosen: Iterable[Claim], root: Path) -> dict[Experiment, dict[Conditions, Trained]]:
    """The complete runs of the claims' experiments under their own settings, whether or not they ended early."""
    wanted = {(side.name, side.flags): side for claim in chosen for side in claim.sides}
    found: dict[Experiment, dict[Conditions, Trained]] = {key: {} for key in wanted}
    for name in dict.fromkeys(name for name, _ in wanted):
        for run in all_runs(name, root):
            if not run.complete:
                continue
            record, metrics = run.settings(), run.metrics()
            try:
                own = set(changed(name, record))
            except Mistake as mistake:
                print(f"left out: {run.folder} ({mistake})")
                continue
            if "steps" in metrics:
                own -= set(claims.budget)
            for key, side in wanted.items():
                if (
                    side.name == name
                    and own <= set(side.settings)
                    and side.settings.items() <= record["settings"].items()
                ):
                    trained = found[key].setdefault(_conditions(record, metrics), Trained({}))
                    trained.runs[metrics.get("steps"), record["settings"]["seed"]] = metrics
    return found


def judge_one(
    claims: Claims, claim: Claim, conditions: Conditions, found: dict[Experiment, Trained], seeds: int | None = None
) -> Verdict:
    """What an experiment's runs, or two experiments' with equal seeds and steps, say of a claim.

    Args:
        claims: The file.
        claim: One of its claims.
        conditions: The runs'.
        found: The runs of each experiment of the claim.
        seeds: So many are wanted, for what is missing; by default as many as decide.
    """
    learned = {key: trained for key, trained in found.items() if not trained.weightless}
    exact = claim.fixed or not learned
    if learned:
        both = set.intersection(*(trained.seeds for trained in learned.values()))
        steps, common = _most_in_common(both, list(learned.values()))
    else:
        both = set.intersection(*(trained.seeds for trained in found.values()))
        steps, common = None, sorted(both)[:1]
    if not all(trained.runs for trained in found.values()):
        common = []
    used = {key: [trained.run(steps, seed) for seed in common] for key, trained in found.items()}
    sides = tuple(tuple(read(one, side.figure) for one in used[side.name, side.flags]) for side in claim.sides)

    fewest = 1 if exact else claims.seeds
    wanted = 1 if exact else seeds or fewest
    notes = [told for trained in used.values() if (told := _budgeted(trained))][:1]
    missing = []
    for (name, flags), trained in learned.items():
        missing += [
            Missing(name, flags, conditions.profiles, seed) for seed in range(wanted) if seed not in trained.seeds
        ]
    for seed in sorted(both - set(common)):
        most = {key: max(steps or 0 for steps in trained.trained_for(seed)) for key, trained in learned.items()}
        (name, flags), least = max(most, key=lambda key: most[key]), min(most.values())
        notes.append(f"seed {seed} left out: trained for {' and '.join(f'{steps:,}' for steps in most.values())} steps")
        if least < max(most.values()) and seed < wanted:
            # the longer training again, to where the shorter one ended
            flags = (*flags, f"--{claims.budget[0].replace('_', '-')}", str(least))
            missing.append(Missing(name, flags, conditions.profiles, seed))
    return Verdict(
        claim,
        conditions,
        tuple(common),
        sides,
        fewest,
        claims.confidence,
        exact,
        tuple(notes),
        tuple(missing) if len(common) < wanted else (),
    )


def decide(rule: Rule, values: Sequence[float], interval: tuple[float, float]) -> str:
    """The verdict: whether the interval, or where the rule says so one value, lies where the rule wants it."""
    low, high = interval
    if (
        any(rule.low <= value <= rule.high for value in values)
        if rule.one_is_enough
        else rule.low <= low and high <= rule.high
    ):
        return HOLDS
    return FAILS if high < rule.low or low > rule.high else OPEN


def interval(values: Sequence[float], confidence: float) -> tuple[float, float]:
    """Where the mean of what `values` were drawn from lies, by Student's t; of fewer than two, anywhere."""
    if len(values) < 2 or not all(map(math.isfinite, values)):
        return -math.inf, math.inf
    from scipy.stats import t

    mean = statistics.fmean(values)
    half = t.ppf((1 + confidence) / 2, len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return float(mean - half), float(mean + half)


def read(metrics: Metrics, figure: str) -> float:
    """A figure of a run; not a number, where it has none."""
    if figure == "gap":
        return read(metrics, "last.val_loss") - read(metrics, "last.loss")
    if figure == "seconds_per_epoch":
        return read(metrics, "seconds") / (read(metrics, "epochs") or math.nan)
    found: Any = metrics
    for key in figure.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return float(found) if isinstance(found, (int, float)) else math.nan


def logarithm(figure: float) -> float:
    """To base 10; not a number, where there is none."""
    return math.log10(figure) if figure > 0 else math.nan


def spread(values: Sequence[float], sign: bool = False) -> str:
    """Mean ± standard deviation, or the one value that all have."""
    plus = "+" if sign else ""
    if len(set(values)) == 1:
        return f"{values[0]:{plus},.0f}" if float(values[0]).is_integer() else f"{values[0]:{plus}.4g}"
    if not all(map(math.isfinite, values)):
        return "nan"
    return f"{statistics.fmean(values):{plus}.4g} ± {statistics.stdev(values):.2g}"


def power(exponent: float) -> str:
    """10 to this, in words short enough for a table."""
    return f"{10**exponent:.3g}" if abs(exponent) < 4 else f"1e{exponent:+.0f}"


def _most_in_common(seeds: set[int], found: list[Trained]) -> tuple[Steps, list[int]]:
    """The steps that most seeds were trained for in every experiment, the longest of these; and those seeds."""
    choices: dict[Steps, list[int]] = {}
    for seed in sorted(seeds):
        for steps in set.intersection(*(trained.trained_for(seed) for trained in found)):
            choices.setdefault(steps, []).append(seed)
    return max(choices.items(), key=lambda choice: (len(choice[1]), choice[0] or 0), default=(None, []))


def _conditions(record: dict[str, Any], metrics: Metrics) -> Conditions:
    data = metrics.get("data", {})
    drawn = "seed" in data or "conditions" not in data
    return Conditions(
        tuple(record["profiles"]),
        data.get("conditions", ""),
        "" if drawn else record["data"],
        bool(data.get("simulated")),
        record.get("backend"),
    )


def _budgeted(metrics: Sequence[Metrics]) -> str:
    cut = [(one["steps"], one["steps_in_full"]) for one in metrics if one.get("steps", 0) < one.get("steps_in_full", 0)]
    return f"budgeted: {cut[0][0]:,} of {cut[0][1]:,} steps" if cut else ""


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None

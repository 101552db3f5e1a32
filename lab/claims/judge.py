"""Judges the claims by finished runs: a verdict for each claim under each set of conditions, never two sets in one."""

from __future__ import annotations

import itertools
import math
import shlex
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from foundation.user_error import UserError
from lab.claims.spec import Claim, Claims, Rule, Side
from lab.comparison.groups import changed
from lab.runs import RESULTS, Run, all_runs
from lab.settings import defaults

HOLDS, FAILS, OPEN = "holds", "does not hold", "not decided"
BUDGET = ("budget_steps", "budget_minutes", "steps_per_epoch")
"""Settings that end a training early."""
SECONDS = "seconds_per_epoch"
WHOLE = math.inf
"""The length of a training that came to the end its settings give it, however many steps that is."""
Metrics = dict[str, Any]


@dataclass(frozen=True)
class Conditions:
    """What runs must share to be judged together."""

    profiles: tuple[str, ...] = ()
    protocol: str = ""
    """The data and the protocol in words."""
    data: str = ""
    """The data's fingerprint; none where every seed draws its own."""
    simulated: bool = False
    backend: str = "tensorflow"

    @property
    def words(self) -> str:
        """What a reader must know of it."""
        laid = " over ".join(f"{Path(profile).stem}.yaml" for profile in reversed(self.profiles))
        mark = "SIMULATED" if self.simulated and "SIMULATED" not in self.protocol else ""
        backend = f"on {self.backend}" if self.backend != "tensorflow" else ""
        return "; ".join(part for part in (mark, self.protocol, laid, backend) if part)


@dataclass(frozen=True)
class Missing:
    """A run that a verdict lacks."""

    name: str
    flags: tuple[str, ...]
    budget: tuple[str, ...]
    profiles: tuple[str, ...]
    seed: int

    @property
    def experiment(self) -> tuple[str, ...]:
        """Its name and flags, as `run` takes them, but for the seed."""
        profiles = [word for profile in self.profiles for word in ("--profile", profile)]
        return (self.name, *self.flags, *self.budget, *profiles)

    @property
    def words(self) -> tuple[str, ...]:
        """The words after `python -m experiments` that make it."""
        return ("run", *self.experiment, "--seed", str(self.seed))


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
    budgeted: bool = False
    """Whether trainings ended before the end that their settings give them; these decide nothing."""
    notes: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def group(self) -> str:
        """The group of its experiments, such as "jena"."""
        return self.claim.sides[0].name.split("/")[0]

    @cached_property
    def values(self) -> tuple[float, ...]:
        """What is judged, a number a seed: the figure or its logarithm, or that less the other side's."""
        taken = [[logarithm(figure) for figure in side] if self.claim.logarithmic else side for side in self.sides]
        return tuple(first - sum(rest) for first, *rest in zip(*taken, strict=True))

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Where the mean of `values` lies; where the seed plays no part, from the least of them to the largest."""
        if self.exact and self.values:
            return min(self.values), max(self.values)
        return interval(self.values, self.confidence)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notes, and what stands against a verdict."""
        without = [str(seed) for seed, value in zip(self.seeds, self.values, strict=True) if not math.isfinite(value)]
        lacks = [f"no finite figure: seed {', '.join(without)}"] if without else []
        few = [f"{self.fewest} seeds decide"] if 0 < len(self.seeds) < self.fewest else []
        runs = [f"{len(self.missing)} {'run' if len(self.missing) == 1 else 'runs'} missing"] if self.missing else []
        return (*self.notes, *lacks, *few, *runs)

    @property
    def verdict(self) -> str:
        """holds, does not hold or not decided, by the rule alone."""
        if len(self.seeds) < self.fewest or self.budgeted or not all(map(math.isfinite, self.values)):
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
            "missing": [f"python -m experiments {shlex.join(run.words)}" for run in self.missing],
            "scale": "log10" if self.claim.logarithmic else "plain",
            "values": [_finite(value) for value in self.values],
            "interval": [_finite(low), _finite(high)],
            "bounds": [_finite(self.rule.low), _finite(self.rule.high)],
        }


@dataclass(frozen=True)
class Finished:
    """A complete run."""

    metrics: Metrics
    budget: tuple[str, ...]
    """Flags that end another training where this one ended early; none where it didn't."""

    @property
    def lengths(self) -> set[float]:
        """What its training counts as: so many steps, the whole, or both."""
        return {self.metrics.get("steps", WHOLE)} | (set() if self.budget else {WHOLE})


@dataclass(frozen=True)
class Trained:
    """One experiment's complete runs under one set of conditions, by their seed."""

    runs: dict[int, list[Finished]] = field(default_factory=dict)
    learns: bool = True
    """Whether it is trained; if not, one run stands for every seed."""

    def lengths(self, seed: int) -> set[float]:
        """What a seed's runs count as."""
        return {length for run in self.runs.get(seed, []) for length in run.lengths}

    def run(self, length: float, seed: int) -> Metrics:
        """One of them; the only one, where there is nothing to learn."""
        if not self.learns:
            return next(iter(self.runs.values()))[0].metrics
        return next(run.metrics for run in self.runs[seed] if length in run.lengths)

    @property
    def longest(self) -> Finished:
        """The run of the longest training."""
        return max((run for runs in self.runs.values() for run in runs), key=lambda run: max(run.lengths))


Key = tuple[str, tuple[str, ...]]
"""An experiment: its name and flags."""


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
        profiles: Judge runs under the settings of these alone; by default under whatever there are.
        seeds: So many are wanted, for what is missing; by default as many as decide.
        root: The folder of all results.

    Returns:
        The claims in their order; of each, what has figures first, then measured data, the deck's protocol, the most
        seeds and the fewest profiles.
    """
    found = collect(chosen, profiles, root)
    result = []
    for claim in chosen:
        keys = list(dict.fromkeys((side.name, side.flags) for side in claim.sides))
        there = dict.fromkeys(conditions for key in keys for conditions in found[key])
        under = [
            judge_one(claims, claim, conditions, {key: found[key].get(conditions) for key in keys}, seeds)
            for conditions in there or [Conditions(profiles or ())]
        ]
        result += sorted(
            under,
            key=lambda verdict: (
                not verdict.seeds,
                verdict.conditions.simulated,
                not set(verdict.conditions.profiles) <= set(claims.protocol),
                -len(verdict.seeds),
                len(verdict.conditions.profiles),
            ),
        )
    return result


def best(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The first of each claim's."""
    return list({verdict.claim.id: verdict for verdict in reversed(list(verdicts))}.values())[::-1]


def collect(
    chosen: Iterable[Claim], profiles: tuple[str, ...] | None, root: Path
) -> dict[Key, dict[Conditions, Trained]]:
    """The complete runs of the claims' experiments under their own settings, whether or not they ended early."""
    wanted = {(side.name, side.flags): side for claim in chosen for side in claim.sides}
    found: dict[Key, dict[Conditions, Trained]] = {key: {} for key in wanted}
    for name in dict.fromkeys(name for name, _ in wanted):
        for run in all_runs(name, root):
            if not run.complete:
                continue
            record = run.settings()
            if profiles is not None:
                record["profiles"] = profiles  # settings tell, whatever profiles they came by
            try:
                own = changed(name, record)
            except UserError as error:
                print(f"left out: {run.folder} ({error})")
                continue
            for key, side in wanted.items():
                if name == side.name and (finished := _finished(run, own, side)):
                    conditions = _conditions(record, finished.metrics)
                    trained = found[key].setdefault(conditions, Trained(learns=_learns(side, conditions.profiles)))
                    trained.runs.setdefault(record["settings"]["seed"], []).append(finished)
    return found


def judge_one(
    claims: Claims,
    claim: Claim,
    conditions: Conditions,
    found: dict[Key, Trained | None],
    seeds: int | None = None,
) -> Verdict:
    """What an experiment's runs, or two experiments' with equal seeds and trained as long, say of a claim.

    Args:
        claims: The file.
        claim: One of its claims.
        conditions: The runs'.
        found: The runs of each experiment of the claim; None where it has none.
        seeds: So many are wanted, for what is missing; by default as many as decide.
    """
    sides = {(side.name, side.flags): side for side in claim.sides}
    every = {key: trained or Trained(learns=_learns(sides[key], conditions.profiles)) for key, trained in found.items()}
    learned = [trained for trained in every.values() if trained.learns] or list(every.values())
    exact = claim.fixed or not learned[0].learns
    known = sorted({seed for trained in learned for seed in trained.runs})
    length, common = _most_in_common(known, learned)
    if not all(trained.runs for trained in every.values()):
        common = []
    budget: tuple[str, ...] = ()
    if there := [trained.longest for trained in learned if trained.runs]:
        # what is missing is trained as long as what is compared, or as can be compared
        least = min(there, key=lambda run: max(run.lengths))
        used = [run for trained in learned for seed in common for run in trained.runs[seed] if length in run.lengths]
        budget = (used or [least])[0].budget
        length = length if common else max(least.lengths)
    used_metrics = {key: [trained.run(length, seed) for seed in common] for key, trained in every.items()}

    fewest = 1 if exact else claims.seeds
    wanted = 1 if exact else seeds or fewest
    others = [seed for seed in known if seed not in common]
    next_seeds = itertools.chain(others, (seed for seed in itertools.count() if seed not in known))
    lacking = list(itertools.islice(next_seeds, max(0, wanted - len(common))))
    missing = [
        Missing(*key, budget if trained.learns else (), conditions.profiles, seed)
        for key, trained in every.items()
        for seed in (lacking if trained.learns else lacking[:1])
        if (length not in trained.lengths(seed) if trained.learns else not trained.runs)
    ]
    values = tuple(tuple(read(one, side.figure) for one in used_metrics[side.name, side.flags]) for side in claim.sides)
    return Verdict(
        claim,
        conditions,
        tuple(common),
        values,
        fewest,
        claims.confidence,
        exact,
        any(one.get("steps", 0) < one.get("steps_in_full", 0) for many in used_metrics.values() for one in many),
        tuple(
            _notes(claim, used_metrics, [seed for seed in others if all(seed in trained.runs for trained in learned)])
        ),
        tuple(missing),
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
    if figure.startswith("gap."):
        name = figure.removeprefix("gap.")
        return read(metrics, f"last.val_{name}") - read(metrics, f"last.{name}")
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
    if not math.isfinite(exponent):
        return "–"
    return f"{10**exponent:.3g}" if abs(exponent) < 4 else f"1e{exponent:+.0f}"


def _most_in_common(seeds: list[int], found: list[Trained]) -> tuple[float, list[int]]:
    """The whole training, if a seed has it in every experiment, or the length that most seeds have; and those seeds."""
    choices: dict[float, list[int]] = {}
    for seed in seeds:
        for length in set.intersection(*(trained.lengths(seed) for trained in found)):
            choices.setdefault(length, []).append(seed)
    return max(choices.items(), key=lambda choice: (choice[0] == WHOLE, len(choice[1]), choice[0]), default=(WHOLE, []))


def _learns(side: Side, profiles: tuple[str, ...]) -> bool:
    return defaults(side.name, profiles, side.settings.get("model")).get("epochs") != 0


def _finished(run: Run, own: dict[str, Any], side: Side) -> Finished | None:
    """The run, if it is one of the side's; `own` are its settings beside the profiles'."""
    metrics = run.metrics()
    cut = metrics.get("steps", 0) < metrics.get("steps_in_full", 0)
    if set(own) - set(side.settings) - set(BUDGET if "steps" in metrics else ()):
        return None
    settings = run.settings()["settings"]
    if not side.settings.items() <= settings.items():
        return None
    flags = ["--budget-steps", str(metrics["steps"])] if cut else []
    if cut and "steps_per_epoch" in own:
        flags += ["--steps-per-epoch", str(own["steps_per_epoch"])]
    return Finished(metrics, tuple(flags))


def _conditions(record: dict[str, Any], metrics: Metrics) -> Conditions:
    data = metrics.get("data", {})
    drawn = "seed" in data or "conditions" not in data
    return Conditions(
        tuple(record["profiles"]),
        data.get("conditions", ""),
        "" if drawn else record["data"],
        bool(data.get("simulated")),
        record.get("backend") or "tensorflow",
    )


def _notes(claim: Claim, used: dict[Key, list[Metrics]], left_out: list[int]) -> Iterable[str]:
    """What a reader must know of the trainings."""
    trained = [tuple(one.get(key, 0) for key in ("steps", "steps_in_full")) for many in used.values() for one in many]
    if cut := [f"budgeted: {steps:,} of {whole:,} steps" for steps, whole in trained if steps < whole]:
        yield cut[0]
    elif len(ends := dict.fromkeys(f"{steps:,}" for steps, _ in trained if steps)) > 1:
        yield f"trained to their own ends: {' and '.join(ends)} steps"
    if SECONDS in {side.figure for side in claim.sides}:
        yield "by the clock, each run's quickest epoch"
    if left_out:
        yield f"left out, not trained as long: seed {', '.join(map(str, left_out))}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None

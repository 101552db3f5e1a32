"""Which runs a verdict lacks, and what it takes to decide a claim."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from lab.claims.evidence import ONE_CORE, WHOLE, Evidence
from lab.claims.statistics import duration, seeds_needed
from lab.claims.verdict import UNDECIDED, Verdict, decide

MOST_SEEDS = 100
"""A larger number of seeds isn't worked out."""


def that_vary(sides: Sequence[Evidence]) -> list[Evidence]:
    """Returns the evidence that the seeds are counted on: that of trained experiments, or all if none is trained."""
    return [evidence for evidence in sides if evidence.trained] or list(sides)


def known_seeds(sides: Sequence[Evidence]) -> list[int]:
    """Returns the seeds that have runs on some side."""
    return sorted({seed for evidence in that_vary(sides) for seed in evidence.runs})


def seeds_in_common(sides: Sequence[Evidence], length: float) -> list[int]:
    """Returns the seeds that have runs of this length on every side."""
    return [seed for seed in known_seeds(sides) if all(evidence.has(length, seed) for evidence in sides)]


def lacking(sides: Sequence[Evidence], length: float, wanted: int) -> list[tuple[Evidence, int]]:
    """Returns the runs, each as evidence to add to and a seed, until as many seeds as wanted have this length."""
    common, known = seeds_in_common(sides, length), known_seeds(sides)
    others = [seed for seed in known if seed not in common]
    further = itertools.chain(others, (seed for seed in itertools.count() if seed not in known))
    seeds = list(itertools.islice(further, max(0, wanted - len(common))))
    return [
        (evidence, seed)
        for evidence in sides
        for seed in (seeds if evidence.trained else seeds[:1])
        if not evidence.has(length, seed)
    ]


def what_it_takes(verdict: Verdict, sides: Sequence[Evidence], hours: Mapping[str, float]) -> str:
    """Returns what it takes to decide a claim, in words: runs, their time as far as it is known, and on what.

    Args:
        verdict: On the claim.
        sides: Its evidence.
        hours: See `lab.claims.spec.Claims`.
    """
    if verdict.without:
        return "deciding takes the runs without a figure again: delete their folders first"
    whole = seeds_in_common(sides, WHOLE)
    if len(whole) < verdict.fewest or verdict.ended_early:
        return f"deciding takes at least {_runs(verdict, sides, lacking(sides, WHOLE, verdict.fewest), hours)}"
    if verdict.exact:
        return "the runs disagree, although the seed plays no part: delete their folders and run them again"
    number = seeds_needed(
        verdict.values,
        verdict.confidence,
        lambda interval: decide(verdict.rule, verdict.values, interval) != UNDECIDED,
        MOST_SEEDS,
    )
    if number is None:
        return f"deciding takes more than {MOST_SEEDS} seeds, if they scatter like these"
    runs = _runs(verdict, sides, lacking(sides, WHOLE, number), hours)
    return f"deciding takes {number} seeds or more, if they scatter like these: {runs}"


def _runs(
    verdict: Verdict, sides: Sequence[Evidence], runs: Sequence[tuple[Evidence, int]], hours: Mapping[str, float]
) -> str:
    """Returns how many runs these are, how long they take, and on what."""
    more = "more " if any(evidence.runs for evidence in sides) else ""
    full = " in full" if any(run.ended_early for evidence in sides for run in evidence.all) else ""
    text = f"{len(runs)} {more}{'run' if len(runs) == 1 else 'runs'}{full}"
    times = {evidence.side.experiment: _time(evidence, verdict, hours) for evidence, _ in runs}
    known = [seconds for evidence, _ in runs if math.isfinite(seconds := times[evidence.side.experiment][0])]
    if not known:
        return text
    devices = " or ".join(sorted({device for seconds, device in times.values() if math.isfinite(seconds) and device}))
    return (
        f"{text}, about {duration(sum(known))}"
        + (f" on {devices}" if devices else "")
        + (f" for {len(known)} of them" if len(known) < len(runs) else "")
    )


def _time(evidence: Evidence, verdict: Verdict, hours: Mapping[str, float]) -> tuple[float, str]:
    """Returns the seconds of a whole training, and on what: those of its runs, or an estimate for one core."""
    if math.isfinite(seconds := evidence.seconds_in_full):
        return seconds, evidence.device
    size = next((profile for profile in verdict.claim.under if profile in hours), evidence.side.name)
    return 3600 * hours.get(size, math.nan), ONE_CORE

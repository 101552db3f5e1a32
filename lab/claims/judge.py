"""Judges claims by complete runs: one verdict under each set of conditions, and never runs of two sets in one."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

from lab.claims.evidence import (
    WHOLE,
    CompleteRun,
    Conditions,
    Evidence,
    collect,
    figure,
    no_evidence,
    print_once,
)
from lab.claims.planning import known_seeds, lacking, seeds_in_common, that_vary, what_it_takes
from lab.claims.share import shares
from lab.claims.spec import Claim, Claims, Side
from lab.claims.verdict import UNDECIDED, Verdict, value
from lab.identity import ConfigOf
from lab.planned_run import PlannedRun
from lab.runs import RESULTS
from lab.settings import in_words, silent

SECONDS = "seconds_per_epoch"


def judge(
    claims: Claims,
    chosen: Sequence[Claim],
    config_of: ConfigOf,
    profiles: tuple[str, ...] | None = None,
    seeds: int | None = None,
    root: Path = RESULTS,
) -> list[Verdict]:
    """Returns a verdict on each claim under each set of conditions that it has runs under.

    A claim without runs gets one undecided verdict. Runs on other data than a claim's own aren't runs for it, nor are
    runs under other profiles than its own, see `Claim.under`.

    Args:
        claims: The file.
        chosen: The claims to judge.
        config_of: Returns an experiment's `Config`.
        profiles: Only runs with the settings of these, laid over a claim's own, are judged; by default all runs.
        seeds: The number of seeds to plan runs for; by default as many as decide.
        root: The folder of all results.

    Returns:
        The verdicts in the order of the claims. Those on one claim start with verdicts that have figures, then come
        measured data before simulated, the lecture's protocol before others, more seeds before fewer.
    """
    verdicts = []
    for under, own in groupby(sorted(chosen, key=lambda claim: claim.under), key=lambda claim: claim.under):
        about = list(own)
        chain = (*under, *(profiles or ())) if under else profiles
        evidence = collect(_sides(about), config_of, claims.protocol, chain, root)
        if chain is None:
            evidence = {name: _without(claims.sizes, found) for name, found in evidence.items()}
        for claim in about:
            under_each = _under_each(claims, claim, evidence, chain or (), seeds)
            verdicts += sorted(
                under_each,
                key=lambda verdict: (
                    not verdict.seeds,
                    verdict.conditions.simulated,
                    not set(verdict.conditions.profiles) <= {*claims.protocol, *verdict.claim.under},
                    -len(verdict.seeds),
                    len(verdict.conditions.profiles),
                ),
            )
    order = {claim.id: place for place, claim in enumerate(chosen)}
    return sorted(verdicts, key=lambda verdict: order[verdict.claim.id])


def _under_each(
    claims: Claims,
    claim: Claim,
    evidence: dict[str, dict[Conditions, Evidence]],
    profiles: tuple[str, ...],
    seeds: int | None,
) -> Iterator[Verdict]:
    """Yields the verdict on a claim under each set of conditions that it has runs under, or one if it has none."""
    if claim.parts:
        judged = [list(_under_each(claims, part, evidence, profiles, seeds)) for part in claim.parts]
        without_runs = partial(_without_runs, claims, seeds=seeds)
        yield from shares(claims, claim, judged, profiles, without_runs)
    elif unset := _without_settings(claims, claim):
        yield unset
    else:
        for conditions, of_claim, other_data in _conditions(claim, evidence, profiles):
            yield judge_one(claims, claim, conditions, of_claim, seeds, other_data)


def _sides(chosen: Iterable[Claim]) -> list[Side]:
    return [side for claim in chosen for side in claim.sides]


def _without_settings(claims: Claims, claim: Claim) -> Verdict | None:
    """Returns the verdict on a claim if one of its profiles says nothing about one of its experiments."""
    for side in claim.sides:
        if profiles := silent(claim.under, side.name, side.settings.get("model")):
            return Verdict(
                claim,
                Conditions(claim.under),
                seeds=(),
                sides=tuple(() for _ in claim.sides),
                fewest=claims.seeds,
                confidence=claims.confidence,
                exact=False,
                deciding=f"deciding takes settings first: {in_words(profiles)} has none of {side.experiment}",
            )
    return None


def _without_runs(claims: Claims, claim: Claim, conditions: Conditions, seeds: int | None) -> Verdict:
    nothing = {side.experiment: no_evidence(side, conditions.profiles) for side in claim.sides}
    return judge_one(claims, claim, conditions, nothing, seeds)


def _without(sizes: Collection[str], found: dict[Conditions, Evidence]) -> dict[Conditions, Evidence]:
    """Returns the evidence that isn't of a size that other claims are about."""
    return {conditions: one for conditions, one in found.items() if not set(sizes) & set(conditions.profiles)}


def _conditions(
    claim: Claim, evidence: dict[str, dict[Conditions, Evidence]], profiles: tuple[str, ...]
) -> Iterator[tuple[Conditions, dict[str, Evidence], list[str]]]:
    """Yields each set of conditions to judge a claim under, with the evidence of its experiments.

    Yields one set without evidence if there is none; and then with it the data of runs on other data, if there are any.
    """
    found = {name: evidence[name] for name in claim.experiments}
    sides = {side.experiment: side for side in claim.sides}
    everywhere = dict.fromkeys(conditions for of_one in found.values() for conditions in of_one)
    suitable = [
        conditions
        for conditions in everywhere
        if not claim.data or (conditions.source in claim.data and conditions.public)
    ]
    other_data = sorted({conditions.data for conditions in everywhere}) if not suitable else []
    for conditions in suitable or [Conditions(profiles)]:
        of_claim = {
            name: of_one.get(conditions) or no_evidence(sides[name], conditions.profiles)
            for name, of_one in found.items()
        }
        yield conditions, of_claim, other_data


def best(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Returns the first verdict on each claim."""
    return list({verdict.claim.id: verdict for verdict in reversed(list(verdicts))}.values())[::-1]


def judge_one(
    claims: Claims,
    claim: Claim,
    conditions: Conditions,
    evidence: dict[str, Evidence],
    seeds: int | None = None,
    other_data: Sequence[str] = (),
) -> Verdict:
    """Returns the verdict of an experiment's runs, or of two experiments' runs with equal seeds and equal lengths.

    Args:
        claims: The file.
        claim: One of its claims.
        conditions: The runs' conditions.
        evidence: The runs of each experiment of the claim.
        seeds: The number of seeds to plan runs for; by default as many as decide.
        other_data: The data of all runs that there are, if the claim's figure belongs to others.
    """
    sides = list(evidence.values())
    exact = claim.fixed or not any(side.trained for side in sides)
    length, flags = _length(sides)
    common = seeds_in_common(sides, length)
    uneven = [seed for seed in known_seeds(sides) if seed not in common and all(side.of_seed(seed) for side in sides)]
    apart = [
        seed for seed in common if _timed(claim) and _on_other_machines([side.run(length, seed) for side in sides])
    ]
    common = [seed for seed in common if seed not in apart]
    figures = {seed: _figures(claim, evidence, length, seed) for seed in common}
    finite = [seed for seed in common if math.isfinite(value(claim, figures[seed]))]
    used = [side.run(length, seed) for side in sides for seed in finite]
    fewest = 1 if exact else claims.seeds
    backend = "" if conditions.backend == Conditions.backend else conditions.backend
    verdict = Verdict(
        claim,
        conditions,
        seeds=tuple(finite),
        sides=tuple(tuple(figures[seed][place] for seed in finite) for place in range(len(claim.sides))),
        fewest=fewest,
        confidence=claims.confidence,
        exact=exact,
        ended_early=any(run.ended_early for run in used),
        without=tuple(seed for seed in common if seed not in finite),
        notes=tuple(_notes(claim, used, uneven, apart, other_data)),
        missing=tuple(
            PlannedRun(
                side.side.name,
                (*side.side.flags, *(flags if side.trained else ())),
                conditions.profiles,
                seed,
                backend,
            )
            for side, seed in lacking(sides, length, 1 if exact else seeds or fewest)
        ),
    )
    if verdict.verdict != UNDECIDED:
        return verdict
    if apart and len(finite) < fewest:
        return dataclasses.replace(verdict, deciding="deciding takes runs of both on the same machine")
    return dataclasses.replace(verdict, deciding=what_it_takes(verdict, sides, claims.hours))


def _timed(claim: Claim) -> bool:
    return SECONDS in {side.figure for side in claim.sides}


def _on_other_machines(runs: Sequence[CompleteRun]) -> bool:
    """Returns whether the runs were made on different machines, as far as is known."""
    known = [run.machines for run in runs if run.machines]
    return any(machines != known[0] for machines in known)


def _length(sides: Sequence[Evidence]) -> tuple[float, tuple[str, ...]]:
    """Returns the length of training to compare, or to reach, and the flags that end a training there.

    It is the whole training if a seed has that on every side; otherwise the length that most seeds have on every side;
    otherwise the longest of the side that was trained the least.
    """
    trained = that_vary(sides)
    choices: dict[float, list[int]] = {}
    for seed in known_seeds(sides):
        for length in set.intersection(*(side.lengths(seed) for side in trained)):
            choices.setdefault(length, []).append(seed)
    if choices and all(side.runs for side in sides):
        length, seeds = max(choices.items(), key=lambda choice: (choice[0] == WHOLE, len(choice[1]), choice[0]))
        runs = [side.run(length, seed) for side in trained for seed in seeds]
        return length, next((run.flags for run in runs if run.flags), ())
    longest = [side.longest for side in trained if side.runs]
    if not longest:
        return WHOLE, ()
    shortest = min(longest, key=lambda run: max(run.lengths))
    return max(shortest.lengths), shortest.flags


def _figures(claim: Claim, evidence: dict[str, Evidence], length: float, seed: int) -> list[float]:
    """Returns each side's figure of a seed, and prints which runs have none."""
    runs = [evidence[side.experiment].run(length, seed) for side in claim.sides]
    figures = [figure(run.metrics, side.figure) for run, side in zip(runs, claim.sides, strict=True)]
    for run, side, number in zip(runs, claim.sides, figures, strict=True):
        if not math.isfinite(number):
            print_once(f"left out: {run.folder}: its {side.figure} is no finite number")
    return figures


def _notes(
    claim: Claim, used: Sequence[CompleteRun], uneven: list[int], apart: list[int], other_data: Sequence[str]
) -> Iterator[str]:
    """Yields what a reader must know about the trainings and the data."""
    lengths = [(run.metrics.get("steps", 0), run.metrics.get("steps_in_full", 0)) for run in used]
    if early := [f"budgeted: {steps:,} of {whole:,} steps" for steps, whole in lengths if steps < whole]:
        yield early[0]
    elif len(ends := dict.fromkeys(f"{steps:,}" for steps, _ in lengths if steps)) > 1:
        yield f"trained to their own ends: {' and '.join(ends)} steps"
    if shortened := dict.fromkeys(run.shortened for run in used if run.shortened):
        yield f"trained little: {' and '.join(shortened)}"
    if _timed(claim):
        yield "by the clock, each run's quickest epoch"
    if uneven:
        yield f"left out, not trained as long: seed {', '.join(map(str, uneven))}"
    if apart:
        yield f"left out, made on different machines: seed {', '.join(map(str, apart))}"
    if other_data:
        yield f"not judged on {', '.join(other_data)}: the figure belongs to {' or '.join(claim.data)}"

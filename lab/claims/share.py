"""Judges the claims that hold if enough others do, such as that on most tasks one network beats another."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from lab.claims.evidence import Conditions
from lab.claims.spec import Claim, Claims
from lab.claims.verdict import UNDECIDED, Verdict


def shares(
    claims: Claims,
    claim: Claim,
    judged: Sequence[Sequence[Verdict]],
    profiles: tuple[str, ...],
    without_runs: Callable[[Claim, Conditions], Verdict],
) -> Iterator[Verdict]:
    """Yields the verdict under each set of profiles that the counted claims have runs under, or one if they have none.

    The counted claims may have their runs on different data and backends. If one has runs on several, trainings that
    weren't ended early stand for it, and among these the most seeds.

    Args:
        claims: The file.
        claim: A claim with parts.
        judged: For each part the verdicts on it, under each set of conditions.
        profiles: Those of the verdict if no part has runs.
        without_runs: Returns the verdict on a part that has no runs under some conditions.
    """
    found = dict.fromkeys(_across_tasks(one) for verdicts in judged for one in verdicts if one.seeds)
    for conditions in found or [Conditions(profiles)]:
        parts = []
        for part, verdicts in zip(claim.parts, judged, strict=True):
            here = [one for one in verdicts if _across_tasks(one) == conditions] or [without_runs(part, conditions)]
            parts.append(max(here, key=lambda one: (not one.ended_early, len(one.seeds))))
        yield _share(claims, claim, conditions, tuple(parts))


def _across_tasks(verdict: Verdict) -> Conditions:
    """Returns what runs on other data and on another backend can share of a verdict's conditions."""
    return Conditions(verdict.conditions.profiles, simulated=verdict.conditions.simulated)


def _share(claims: Claims, claim: Claim, conditions: Conditions, parts: tuple[Verdict, ...]) -> Verdict:
    verdict = Verdict(
        claim,
        conditions,
        seeds=tuple(sorted({seed for part in parts for seed in part.seeds})),
        sides=(),
        fewest=claims.seeds,
        confidence=claims.confidence,
        exact=False,
        missing=tuple(dict.fromkeys(run for part in parts for run in part.missing)),
        parts=parts,
    )
    if verdict.verdict != UNDECIDED:
        return verdict
    unknown = ", ".join(part.claim.id for part in parts if part.verdict == UNDECIDED)
    return dataclasses.replace(verdict, deciding=f"deciding takes verdicts on some of {unknown}")

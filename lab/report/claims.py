"""The verdicts on the claims, as `python -m experiments verify` left them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from lab.claims import records
from lab.claims.verdict import FAILS, HOLDS, UNDECIDED

Records = tuple[dict[str, Any], ...]
"""A claim's verdicts, one for each set of conditions, the most telling first."""


@dataclass(frozen=True)
class Claims:
    """The claims in their order, by the first verdict of each."""

    summary: str
    """How many of the lecture's claims hold, don't hold, and are undecided; then how many at other sizes."""
    decided: tuple[Records, ...]
    undecided: tuple[Records, ...]
    """Those that have runs."""
    without_runs: int


def read(root: Path) -> Claims | None:
    """Returns the verdicts in `results/`, or None if there are none.

    Raises:
        UserError: the file is damaged.
    """
    verdicts = records.read(root)
    if verdicts is None:
        return None
    claims = [
        tuple({**record, "strip": strip(record)} for record in own)
        for _, own in groupby(verdicts, key=lambda record: record["id"])
    ]
    counts = [_counts(own[0] for own in claims if bool(own[0]["under"]) == sized) for sized in (False, True)]
    with_runs = [own for own in claims if own[0]["seeds"]]
    return Claims(
        "; in smaller sizes, ".join(filter(None, counts)),
        tuple(own for own in with_runs if own[0]["verdict"] != UNDECIDED),
        tuple(own for own in with_runs if own[0]["verdict"] == UNDECIDED),
        len(claims) - len(with_runs),
    )


def strip(record: dict[str, Any]) -> dict[str, Any] | None:
    """Returns the places of the values, the interval and the rule's range, in percent of a strip's width."""
    values = [value for value in record["values"] if value is not None]
    bounds = [bound for bound in record["bounds"] if bound is not None]
    interval = [end for end in record["interval"] if end is not None]
    if not values:
        return None
    low, high = min(values + bounds + interval), max(values + bounds + interval)
    margin = 0.15 * (high - low) or max(abs(low), 1.0) * 0.05

    def place(value: float) -> float:
        return round(100 * (value - low + margin) / (high - low + 2 * margin), 1)

    start, end = record["bounds"]
    return {
        "values": [place(value) for value in values],
        "interval": [place(end) for end in interval] if len(interval) == 2 else None,
        "bounds": [0.0 if start is None else place(start), 100.0 if end is None else place(end)],
    }


def _counts(records: Iterable[dict[str, Any]]) -> str:
    """Returns how many claims have which verdict, or nothing if there are none."""
    counts = Counter(record["verdict"] for record in records)
    if not counts:
        return ""
    return (
        f"{counts[HOLDS]} {_verb(counts[HOLDS], 'holds', 'hold')}, "
        f"{counts[FAILS]} {_verb(counts[FAILS], 'does not', 'do not')}, {counts[UNDECIDED]} undecided"
    )


def _verb(count: int, one: str, many: str) -> str:
    return one if count == 1 else many

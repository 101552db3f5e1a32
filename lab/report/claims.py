"""The claims' verdicts, as `python -m experiments verify` left them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from foundation.user_error import UserError

FILE = "claims/verdicts.json"
VERDICTS = ("holds", "does not hold", "not decided")


@dataclass(frozen=True)
class Claims:
    """The claims in their order, each with its verdict under each set of conditions."""

    claims: tuple[tuple[dict[str, Any], ...], ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many claims have each verdict, by the first of each."""
        found = Counter(records[0]["verdict"] for records in self.claims)
        return {verdict: found[verdict] for verdict in VERDICTS}


def read(root: Path) -> Claims | None:
    """The verdicts in `results/`; none, where they weren't made.

    Raises:
        UserError: the file holds something else.
    """
    path = root / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Claims(
            tuple(
                tuple({**record, "strip": strip(record)} for record in records)
                for _, records in groupby(found, key=lambda record: record["id"])
            )
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} holds no verdicts; python -m experiments verify writes it anew") from error


def strip(record: dict[str, Any]) -> dict[str, Any] | None:
    """Where values, their mean's interval and what confirms the claim lie, in percent of a strip's width."""
    values = [value for value in record["values"] if value is not None]
    bounds = [bound for bound in record["bounds"] if bound is not None]
    inner = [end for end in record["interval"] if end is not None]
    if not values:
        return None
    low, high = min(values + bounds + inner), max(values + bounds + inner)
    margin = 0.15 * (high - low) or max(abs(low), 1.0) * 0.05

    def at(value: float) -> float:
        return round(100 * (value - low + margin) / (high - low + 2 * margin), 1)

    start, end = record["bounds"]
    return {
        "values": [at(value) for value in values],
        "interval": [at(end) for end in inner] if len(inner) == 2 else None,
        "bounds": [0.0 if start is None else at(start), 100.0 if end is None else at(end)],
    }

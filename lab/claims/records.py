"""The file `results/claims/verdicts.json`: all verdicts, for the report and other programs."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from foundation.atomic import atomic
from foundation.program import IN_ENVIRONMENT, PROGRAM
from foundation.user_error import UserError
from lab.claims.verdict import VERDICTS, Verdict

FILE = "claims/verdicts.json"
TEXTS = ("id", "page", "claim", "rule", "verdict", "figure", "conditions", "scale")
LISTS = {"experiments": str, "under": str, "profiles": str, "notes": str, "missing": str, "seeds": int}
NUMBERS = {"values": None, "interval": 2, "bounds": 2}
"""Lists of numbers, and how many each holds; null stands for an infinite one."""


def write(verdicts: Sequence[Verdict], root: Path) -> Path:
    """Writes the file and returns its path."""
    file = root / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic(file) as path:
        text = json.dumps([record(verdict) for verdict in verdicts], indent=2, ensure_ascii=False, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")
    return file


def read(root: Path) -> list[dict[str, Any]] | None:
    """Returns the records of the file, or None if there is no file.

    Raises:
        UserError: the file can't be read, or holds something else.
    """
    file = root / FILE
    try:
        records = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(file, str(error)) from error
    if not isinstance(records, list):
        raise _damaged(file, "no list")
    for place, one in enumerate(records, start=1):
        if wrong := _wrong(one):
            raise _damaged(file, f"{wrong} of verdict {place} is missing or wrong")
    return records


def record(verdict: Verdict) -> dict[str, Any]:
    """Returns one verdict as the file holds it."""
    claim, conditions = verdict.claim, verdict.conditions
    return {
        "id": claim.id,
        "page": claim.page,
        "claim": claim.claim,
        "experiments": list(claim.experiments),
        "under": list(claim.under),
        "rule": verdict.words,
        "verdict": verdict.verdict,
        "figure": verdict.figure,
        "seeds": list(verdict.seeds),
        "conditions": conditions.words,
        "profiles": list(conditions.profiles),
        "simulated": conditions.simulated,
        "notes": list(verdict.remarks),
        "missing": [" ".join((*run.variables, IN_ENVIRONMENT, shlex.join(run.words))) for run in verdict.missing],
        "scale": "log10" if claim.logarithmic else "plain",
        "values": list(verdict.values),
        "interval": [number if math.isfinite(number) else None for number in verdict.interval],
        "bounds": [number if math.isfinite(number) else None for number in (verdict.rule.low, verdict.rule.high)],
    }


def _wrong(one: Any) -> str:
    """Returns the first part of a record that is missing or wrong; nothing if there is none."""
    if not isinstance(one, dict):
        return "everything"
    fine = {
        **{key: isinstance(one.get(key), str) for key in TEXTS},
        "verdict": one.get("verdict") in VERDICTS,
        "simulated": isinstance(one.get("simulated"), bool),
        **{key: _is_list(one.get(key), lambda value, kind=kind: type(value) is kind) for key, kind in LISTS.items()},
        **{key: _is_list(one.get(key), _is_number, length) for key, length in NUMBERS.items()},
    }
    return next((key for key in fine if not fine[key]), "")


def _is_list(values: Any, fine: Any, length: int | None = None) -> bool:
    return isinstance(values, list) and all(map(fine, values)) and length in (None, len(values))


def _is_number(value: Any) -> bool:
    return value is None or (type(value) in (int, float) and math.isfinite(value))


def _damaged(file: Path, reason: str) -> UserError:
    reason = " ".join(reason.split())
    return UserError(f"{file} holds no verdicts ({reason}); {PROGRAM} verify --judge writes it anew")

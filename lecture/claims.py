"""The claims' verdicts, as `python -m experiments verify` wrote them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from foundation.user_error import UserError

FILE = "claims/verdicts.json"
VERDICTS = ("holds", "does not hold", "not decided")
REFERENCE = Path(__file__).parents[1] / "results/reference"


def read(reference: Path) -> dict[str, dict[str, Any]]:
    """Returns each claim's verdict under the deck's own settings, by its id and in the deck's order.

    Claims about tasks of another size are left out: the lecture doesn't make them.

    Raises:
        UserError: the folder holds no verdicts.
    """
    path = reference / FILE
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
        first: dict[str, dict[str, Any]] = {}
        for record in records:
            if not record["under"]:
                first.setdefault(record["id"], record)
        return first
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing; make verify writes it") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} holds no verdicts; make verify writes it anew") from error


def counts(verdicts: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Returns how many claims have each verdict."""
    found = Counter(record["verdict"] for record in verdicts.values())
    return {verdict: found[verdict] for verdict in VERDICTS}


def what_runs_say(*names: str) -> None:
    """Prints claims of the lecture with what the project's runs say about them, for the notebooks."""
    verdicts = read(REFERENCE)
    for name in names:
        print(f"{verdicts[name]['verdict'].upper():13}  {verdicts[name]['claim']}: {verdicts[name]['figure']}")

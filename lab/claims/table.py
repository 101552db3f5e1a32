"""The verdicts as tables, one for each group, and the files in `results/claims/`."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from tabulate import tabulate

from foundation.atomic import atomic
from foundation.picture import save
from lab.claims import picture, records
from lab.claims.judge import best
from lab.claims.verdict import FAILS, VERDICTS, Verdict
from lab.runs import RESULTS
from lab.settings import in_words

HEADERS = ("verdict", "deck's page", "claim", "figure", "seeds", "notes")
SHARES = (0, 0.15, 0.27, 0.35, 0, 0.23)
"""Each column's share of the width that verdict and seeds leave."""


def for_terminal(verdicts: Sequence[Verdict]) -> str:
    """Returns the best verdict on each claim, as wide as the terminal, but never too narrow to read."""
    terminal = max(110, min(180, shutil.get_terminal_size((140, 1)).columns))
    width = terminal - len(FAILS) - len("seeds") - 2 * len(HEADERS)
    columns = [int(share * width) or len(FAILS) for share in SHARES]
    parts = []
    for heading, rows in _sections(best(verdicts)):
        lines = [[_fill(cell, column) for cell, column in zip(row, columns, strict=True)] for row in rows]
        parts.append(f"{heading}\n\n{_table(lines, 'simple')}")
    return "\n\n".join([*parts, summary(verdicts)])


def as_markdown(verdicts: Sequence[Verdict]) -> str:
    """Returns the best verdict on each claim as Markdown."""
    parts = [f"### {heading}\n\n{_table(rows, 'pipe')}" for heading, rows in _sections(best(verdicts))]
    return "\n\n".join([summary(verdicts), *parts]) + "\n"


def summary(verdicts: Sequence[Verdict]) -> str:
    """Returns how many claims have which verdict, with a line of its own for claims about profiles of their own."""
    lines = []
    for under, own in groupby(sorted(best(verdicts), key=_under), key=_under):
        counts = Counter(verdict.verdict for verdict in own)
        about = f" ({in_words(under)})" if under else ""
        lines.append("; ".join(f"{verdict}: {counts[verdict]}" for verdict in VERDICTS) + about)
    return "\n\n".join(lines)


def _under(verdict: Verdict) -> tuple[str, ...]:
    return verdict.claim.under


def write(verdicts: Sequence[Verdict], root: Path = RESULTS) -> list[Path]:
    """Writes all verdicts as JSON, and the best on each claim as Markdown and as pictures; returns their paths.

    Each group has a picture, and so have its claims about profiles of their own.
    """
    written = [records.write(verdicts, root)]
    folder = written[0].parent
    with atomic(folder / "table.md") as path:
        path.write_text(as_markdown(verdicts), encoding="utf-8")
    written.append(folder / "table.md")
    for (group, under), rows in _parts(best(verdicts)):
        if figure := picture.forest(rows):
            written.append(folder / f"{'-'.join([group, *(Path(profile).stem for profile in under)])}.png")
            save(figure, written[-1])
    return written


def _sections(verdicts: Sequence[Verdict]) -> Iterator[tuple[str, list[list[str]]]]:
    """Yields the heading and rows of each group, and of its claims about profiles of their own.

    The heading holds the conditions if all rows share them.
    """
    for (group, under), rows in _parts(verdicts):
        conditions = {verdict.conditions.words for verdict in rows if verdict.seeds}
        shared = conditions.pop() if len(conditions) == 1 else ""
        about = shared or in_words(under)
        yield f"{group}: {about}" if about else group, [_row(verdict, shared) for verdict in rows]


def _parts(verdicts: Sequence[Verdict]) -> Iterator[tuple[tuple[str, tuple[str, ...]], list[Verdict]]]:
    """Yields each group, and its claims about profiles of their own, with the verdicts."""
    for part in dict.fromkeys((verdict.group, verdict.claim.under) for verdict in verdicts):
        yield part, [verdict for verdict in verdicts if (verdict.group, verdict.claim.under) == part]


def _row(verdict: Verdict, shared: str) -> list[str]:
    words = verdict.conditions.words if verdict.seeds else ""
    own = [words] if words not in ("", shared, verdict.claim.sides[0].name.split("/")[1]) else []
    notes = "; ".join([*own, *verdict.remarks])
    claim = verdict.claim
    return [verdict.verdict, claim.page, claim.claim, verdict.figure, str(len(verdict.seeds)), notes]


def _fill(text: str, width: int) -> str:
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def _table(rows: list[list[str]], style: str) -> str:
    return tabulate(rows, HEADERS, tablefmt=style, disable_numparse=True)

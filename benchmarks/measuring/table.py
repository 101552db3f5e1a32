"""Prints tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tabulate import tabulate


def show(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Prints a title and a Markdown table with three digits of each number."""
    print(f"\n## {title}\n\n{tabulate(rows, headers='keys', tablefmt='github', floatfmt='.3g')}", flush=True)

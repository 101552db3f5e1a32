"""Puts the reference's tables into README.md and docs/, between the comments that name them: `python -m lab.readme`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from foundation.atomic import atomic

ROOT = Path(__file__).parents[1]
PLACE = re.compile(r"(<!-- table: (\S+?)(?:; rows: (.*?))?(?:; columns: (.*?))? -->\n).*?(<!-- end -->)", re.DOTALL)
"""A whole file as it is, or the columns of a CSV file that are listed, in this order, and its rows, if some are."""


def documents(root: Path = ROOT) -> list[Path]:
    """Returns the documents that hold tables."""
    return [root / "README.md", *sorted((root / "docs").glob("*.md"))]


def refreshed(text: str, root: Path = ROOT) -> str:
    """Returns the text with each table as its file has it now."""

    def table(place: re.Match[str]) -> str:
        start, file, rows, columns, end = place.groups()
        content = _excerpt(root / file, rows, columns) if columns else (root / file).read_text("utf-8").strip()
        return f"{start}{content}\n{end}"

    return PLACE.sub(table, text)


def _excerpt(file: Path, rows: str | None, columns: str) -> str:
    import pandas as pd

    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    if rows:
        table = table.set_index(table.columns[0]).loc[rows.split(", ")].reset_index()
    return table[columns.split(", ")].to_markdown(index=False, disable_numparse=True)


if __name__ == "__main__":
    for document in documents():
        try:
            text = refreshed(document.read_text("utf-8"))
        except FileNotFoundError as error:
            sys.exit(f"error: {document.name} shows {error.filename}, which is missing; make reference writes it")
        with atomic(document) as path:
            path.write_text(text, encoding="utf-8")

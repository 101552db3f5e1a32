"""Writes a table as Markdown, to read, and as CSV, to compute with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from foundation.atomic import atomic

if TYPE_CHECKING:
    import pandas as pd

MARKDOWN, CSV = "table.md", "table.csv"


def write(table: pd.DataFrame, folder: Path, heading: str = "") -> str:
    """Writes `table.md` and `table.csv` to a folder, which is created if need be, and returns the Markdown.

    Args:
        table: Its cells are shown as they are; only text keeps its decimals.
        folder: The folder to write to.
        heading: A line above the table, in Markdown only.
    """
    markdown = table.to_markdown(index=False, disable_numparse=True) + "\n"
    if heading:
        markdown = f"{heading}\n\n{markdown}"
    folder.mkdir(parents=True, exist_ok=True)
    with atomic(folder / MARKDOWN) as path:
        path.write_text(markdown, encoding="utf-8")
    with atomic(folder / CSV) as path:
        table.to_csv(path, index=False, lineterminator="\n")
    return markdown

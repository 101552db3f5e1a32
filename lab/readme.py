"""Puts the reference's tables into README.md, between the comments that name them: `python -m lab.readme`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from foundation.atomic import atomic

ROOT = Path(__file__).parents[1]
PLACE = re.compile(r"(<!-- table: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def refreshed(text: str, root: Path = ROOT) -> str:
    """The text with each table as its file has it now."""
    return PLACE.sub(lambda found: f"{found[1]}{(root / found[2]).read_text('utf-8').strip()}\n{found[3]}", text)


if __name__ == "__main__":
    readme = ROOT / "README.md"
    try:
        text = refreshed(readme.read_text("utf-8"))
    except FileNotFoundError as error:
        sys.exit(f"error: {error.filename}, which README.md shows, isn't there; make reference makes it")
    with atomic(readme) as path:
        path.write_text(text, encoding="utf-8")

"""Puts the reference's tables into README.md, between the comments that name them: `python -m lab.readme`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from foundation.atomic import atomic

ROOT = Path(__file__).parents[1]
PLACE = re.compile(r"(<!-- table: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def refreshed(text: str, root: Path = ROOT) -> str:
    """Returns the text with each table as its file has it now."""

    def table(place: re.Match[str]) -> str:
        start, file, end = place.groups()
        return f"{start}{(root / file).read_text('utf-8').strip()}\n{end}"

    return PLACE.sub(table, text)


if __name__ == "__main__":
    readme = ROOT / "README.md"
    try:
        text = refreshed(readme.read_text("utf-8"))
    except FileNotFoundError as error:
        sys.exit(f"error: README.md shows {error.filename}, which is missing; make reference writes it")
    with atomic(readme) as path:
        path.write_text(text, encoding="utf-8")

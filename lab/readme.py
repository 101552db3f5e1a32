"""Puts the reference's tables into README.md, between the comments that name them: `python -m lab.readme`."""

from __future__ import annotations

import re
from pathlib import Path

from lab.atomic import atomic

ROOT = Path(__file__).parents[1]
PLACE = re.compile(r"(<!-- table: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def refreshed(text: str, root: Path = ROOT) -> str:
    """The text with each table as its file has it now."""
    return PLACE.sub(lambda found: f"{found[1]}{(root / found[2]).read_text('utf-8').strip()}\n{found[3]}", text)


if __name__ == "__main__":
    readme = ROOT / "README.md"
    with atomic(readme) as path:
        path.write_text(refreshed(readme.read_text("utf-8")), encoding="utf-8")

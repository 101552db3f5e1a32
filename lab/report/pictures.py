"""Runs' own pictures, small enough to lie in the page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from lab.runs import Run

WIDTH = 1200
"""Pixels, at most."""
DRAWN_ANEW = {"loss.png"}
"""What the page draws itself."""


@dataclass(frozen=True)
class Picture:
    """A picture of a run, or a page of text that it shaded."""

    experiment: str
    what: str
    file: str
    """Where the original lies in `results/`."""
    simulated: bool
    uri: str = ""
    width: int = 0
    height: int = 0
    markup: str = ""


def embedded(runs: Sequence[Run], root: Path) -> list[Picture]:
    """Of each experiment, each picture once: that of its first run, one on measured data where there is one."""
    chosen: dict[tuple[str, str], tuple[bool, Path]] = {}
    for run in runs:
        files = [*sorted(run.folder.glob("*.png")), *sorted(run.folder.glob("*.html"))]
        files = [file for file in files if file.name not in DRAWN_ANEW and not file.name.startswith(".")]
        # what a run left both as text and as a picture is shown as text, which fits every screen
        files = [file for file in files if file.suffix == ".html" or file.with_suffix(".html") not in files]
        simulated = bool(files) and bool(run.metrics().get("data", {}).get("simulated"))
        for file in files:
            before = chosen.get((run.name, file.name))
            if before is None or before[0] > simulated:
                chosen[run.name, file.name] = simulated, file
    return [_picture(name, file, simulated, root) for (name, _), (simulated, file) in chosen.items()]


def _picture(name: str, file: Path, simulated: bool, root: Path) -> Picture:
    what, place = file.stem.replace("_", " "), file.relative_to(root).as_posix()
    if file.suffix == ".html":
        return Picture(name, what, place, simulated, markup=file.read_text(encoding="utf-8"))
    with Image.open(file) as image:
        image = image.convert("RGB")
    image.thumbnail((WIDTH, 4 * WIDTH))
    written = BytesIO()
    image.save(written, "webp", quality=60, method=6)
    uri = "data:image/webp;base64," + base64.b64encode(written.getvalue()).decode()
    return Picture(name, what, place, simulated, uri, *image.size)

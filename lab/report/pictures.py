"""Runs' own pictures, small enough to be part of the page."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image

from foundation.input_file import open_input
from foundation.user_error import UserError
from lab import run_files
from lab.runs import Run, readable

WIDTH = 1200
"""Pixels, at most."""
DRAWN_ANEW = {"loss.png"}
"""Pictures of what the page draws itself."""


@dataclass(frozen=True)
class Picture:
    """A picture of a run, or a page of text that it shaded."""

    experiment: str
    caption: str
    """What it shows, in a sentence."""
    simulated: bool
    uri: str = ""
    width: int = 0
    height: int = 0
    markup: str = ""


def embedded(runs: Sequence[Run], captions: Mapping[str, str]) -> list[Picture]:
    """Returns each picture of each experiment once: that of its first run, on measured data if there is such a run.

    Pictures that can't be read are left out; a line on stderr says so.

    Args:
        runs: The runs of a group.
        captions: What pictures show, by their files' names without suffix; others show what their names say.
    """
    # measured data first; sorting keeps the order of the runs
    ordered = sorted(runs, key=lambda run: bool(run.metrics().get("data", {}).get("simulated")))
    pictures: dict[tuple[str, str], Picture] = {}
    for run in ordered:
        files = [*sorted(run.folder.glob("*.png")), *sorted(run.folder.glob("*.html"))]
        files = [file for file in files if file.name not in DRAWN_ANEW and not file.name.startswith(".")]
        # what a run left both as text and as a picture is shown as text, which fits every screen
        for file in [file for file in files if file.suffix == ".html" or file.with_suffix(".html") not in files]:
            if (run.name, file.name) not in pictures and (picture := readable(partial(_picture, file, captions), run)):
                pictures[run.name, file.name] = picture
    places = {run.name: place for place, run in enumerate(runs)}
    return sorted(pictures.values(), key=lambda picture: places[picture.experiment])


def _picture(file: Path, captions: Mapping[str, str], run: Run) -> Picture:
    """Returns a run's picture.

    Raises:
        UserError: the file is damaged.
    """
    simulated = bool(run.metrics().get("data", {}).get("simulated"))
    caption = captions.get(file.stem, file.stem.replace("_", " ").capitalize() + ".")
    if file.suffix == ".html":
        return Picture(run.name, caption, simulated, markup=run_files.text(file))
    try:
        with open_input(file) as stream, Image.open(stream) as image:
            image = image.convert("RGB")
    except UserError as error:
        raise run_files.damaged(file, "can't be read") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise run_files.damaged(file, f"is no picture ({error})") from error
    image.thumbnail((WIDTH, 4 * WIDTH))
    written = BytesIO()
    image.save(written, "webp", quality=50, method=6)
    uri = "data:image/webp;base64," + base64.b64encode(written.getvalue()).decode()
    return Picture(run.name, caption, simulated, uri, *image.size)

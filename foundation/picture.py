"""Saves pictures as small files, whole or not at all."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from foundation.atomic import atomic

COLOURS = 256  # enough for lines, bars and text, and a third of the bytes


def save(figure: Figure, path: Path, dpi: int = 130) -> None:
    """Writes the figure as a PNG."""
    drawn = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # labels that are too long to fit, or missing glyphs
        figure.savefig(drawn, format="png", dpi=dpi)
    with atomic(path) as beside, Image.open(drawn) as image:
        palette = image.convert("RGB").quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        palette.save(beside, format="PNG", optimize=True)

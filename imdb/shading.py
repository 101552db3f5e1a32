"""Shows reviews with sentences and words shaded by attention weight: as a page and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from foundation.atomic import atomic
from foundation.picture import save

WORD, SENTENCE = (214, 39, 40), (31, 119, 180)  # red and blue
REDS = (224, 217, 210, 203)  # pale to strong, of a terminal's 256 colours; they need black letters
COLUMNS = 100  # characters in a line of the picture
STYLE = (
    "body{font:16px/1.7 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111;background:#fff}"
    "p{margin:.3em 0;display:flex;gap:.8em}"
    "p>b{flex:none;width:3.5em;text-align:right;font-weight:normal;padding:0 .3em;align-self:flex-start}"
    "i{font-style:normal;padding:.1em .15em;border-radius:.2em}"
)


@dataclass(frozen=True)
class Reading:
    """A review with the attention weights of a network."""

    heading: str
    sentences: list[list[str]]
    """The words of each sentence."""
    sentence_weights: np.ndarray
    """The weight of each sentence, shape (sentences or more,)."""
    word_weights: np.ndarray
    """The weight of each word in its sentence, shape (sentences or more, words or more)."""

    def shades(self) -> Iterator[tuple[float, list[tuple[str, float]]]]:
        """Yields the weight of each sentence and its words, each with a shade from 0 to 1.

        The shade of a word is its weight times the square root of its sentence's weight, so that words of unimportant
        sentences are pale but visible (Yang et al. 2016, section 3.6). Shades are divided by the largest one.
        """
        words = np.sqrt(self.sentence_weights)[:, None] * self.word_weights
        words = words / words.max()
        for sentence, weight, shade in zip(self.sentences, self.sentence_weights, words, strict=False):
            yield min(float(weight), 1.0), [(word, float(depth)) for word, depth in zip(sentence, shade, strict=False)]


def write(readings: Sequence[Reading], title: str, folder: Path) -> None:
    """Writes `attention.html` and `attention.png`."""
    with atomic(folder / "attention.html") as path:
        path.write_text(page(readings, title), encoding="utf-8")
    save(picture(readings, title), folder / "attention.png")


def page(readings: Sequence[Reading], title: str) -> str:
    """Returns an HTML page that needs no other file."""
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        f"<style>{STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1><p>Blue: the weight of a sentence. Red: the weight of a word.</p>",
    ]
    for reading in readings:
        lines.append(f"<h2>{escape(reading.heading)}</h2>")
        for weight, words in reading.shades():
            shaded = " ".join(f"<i{_background(WORD, depth)}>{escape(word)}</i>" for word, depth in words)
            lines.append(f"<p><b{_background(SENTENCE, weight)}>{weight:.0%}</b><span>{shaded}</span></p>")
    return "\n".join([*lines, "</body></html>\n"])


def terminal(reading: Reading) -> Iterator[str]:
    """Yields each sentence as a line for a terminal, with its weight, its words shaded with escape codes."""
    for weight, words in reading.shades():
        yield f"{weight:4.0%}  " + " ".join(_shaded(word, depth) for word, depth in words)


def strongest(reading: Reading, count: int = 4) -> list[str]:
    """Returns the words with the darkest shades, the darkest first."""
    words = sorted((pair for _, words in reading.shades() for pair in words), key=lambda pair: -pair[1])
    return list(dict.fromkeys(word for word, _ in words))[:count]


def _shaded(word: str, depth: float) -> str:
    level = min(int(depth * (len(REDS) + 1)), len(REDS))
    return f"\x1b[48;5;{REDS[level - 1]};38;5;16m{word}\x1b[0m" if level else word


def picture(readings: Sequence[Reading], title: str) -> Figure:
    """Returns the same as a figure."""
    rows: list[tuple[float | None, list[tuple[str, float]]] | str] = []
    for reading in readings:
        rows += ["", reading.heading]
        for weight, words in reading.shades():
            first, *more = _lines(words)
            rows += [(weight, first), *((None, line) for line in more)]
    figure = Figure(figsize=(11, 0.9 + 0.22 * len(rows)))
    axes = figure.add_axes((0.02, 0.01, 0.96, 1 - 0.7 / (0.9 + 0.22 * len(rows))))
    axes.set(xlim=(-7, COLUMNS), ylim=(len(rows), 0))
    axes.axis("off")
    for y, row in enumerate(rows):
        if isinstance(row, str):
            axes.text(-6.5, y, row, fontsize=11, weight="bold", va="center", parse_math=False)
            continue
        sentence, line = row
        if sentence is not None:
            axes.barh(y, 6, left=-6.5, height=0.85, color=_rgb(SENTENCE), alpha=sentence)
            axes.text(-1, y, f"{sentence:.0%}", fontsize=9, ha="right", va="center")
        x = 0
        for word, depth in line:
            axes.barh(y, len(word) + 0.4, left=x - 0.2, height=0.85, color=_rgb(WORD), alpha=depth)
            middle = x + len(word) / 2
            axes.text(middle, y, word, fontsize=11, family="monospace", ha="center", va="center", parse_math=False)
            x += len(word) + 1
    figure.suptitle(title, fontsize=10, y=0.995, va="top")
    return figure


def _lines(words: list[tuple[str, float]]) -> list[list[tuple[str, float]]]:
    """Returns the words in lines of at most `COLUMNS` characters."""
    lines: list[list[tuple[str, float]]] = [[]]
    used = 0
    for word, depth in words:
        if lines[-1] and used + len(word) > COLUMNS:
            lines.append([])
            used = 0
        lines[-1].append((word, depth))
        used += len(word) + 1
    return lines


def _background(colour: tuple[int, int, int], depth: float) -> str:
    return f' style="background:rgba({colour[0]},{colour[1]},{colour[2]},{depth:.2f})"'


def _rgb(colour: tuple[int, int, int]) -> tuple[float, float, float]:
    return colour[0] / 255, colour[1] / 255, colour[2] / 255

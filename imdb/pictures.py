"""Pictures of the reviews: their lengths, and the part of the text that the most frequent words cover."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from foundation.picture import save
from imdb.corpus import Corpus
from imdb.vocabulary import OFFSET


def draw(corpus: Corpus, folder: Path, *, length: int, words: int) -> Iterator[Path]:
    """Draws two PNGs into `folder`, with marks at `length` and at `words` codes, and yields their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in (("lengths", lengths(corpus, length)), ("coverage", coverage(corpus, words))):
        path = folder / f"{name}.png"
        save(figure, path)
        yield path


def lengths(corpus: Corpus, length: int) -> Figure:
    """Draws the distribution of the reviews' lengths, by sentiment."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    words = corpus.training.lengths
    edges = np.linspace(0, max(np.quantile(words, 0.995), length * 1.05), 60).tolist()
    for label, name, colour in ((1, "positive", "tab:blue"), (0, "negative", "tab:orange")):
        axes.hist(words[corpus.training.labels == label], edges, histtype="step", lw=1.8, color=colour, label=name)
    axes.axvline(length, color="black", ls="--", lw=1)
    cut = f"{np.mean(words >= length):.0%} are cut at {length} words "
    axes.text(length, 0.97 * axes.get_ylim()[1], cut, ha="right", va="top", fontsize=9)
    axes.set(xlabel="words in a review", ylabel="training reviews", title=f"How long reviews are\n{_origin(corpus)}")
    axes.legend(loc="center right")
    return figure


def coverage(corpus: Corpus, words: int) -> Figure:
    """Draws the part of the text that the most frequent words cover."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    counts = np.bincount(corpus.training.ranks)[1:]
    covered = 100 * counts.cumsum() / counts.sum()
    axes.plot(np.arange(1, len(covered) + 1), covered)
    kept = min(words - OFFSET - 1, len(covered))
    axes.axvline(kept, color="black", ls="--", lw=1)
    axes.text(kept, 3, f"{words:,} codes cover {covered[kept - 1]:.1f} % of the text ", ha="right", fontsize=9)
    axes.set(xscale="log", xlabel="most frequent words", ylabel="% of the text", ylim=(0, 102))
    axes.set_title(f"What the vocabulary covers\n{_origin(corpus)}")
    axes.grid(alpha=0.3)
    return figure


def _origin(corpus: Corpus) -> str:
    return "SIMULATED reviews" if corpus.simulated else corpus.source

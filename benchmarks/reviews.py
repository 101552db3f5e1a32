"""Seconds and peak memory of reading the 50,000 film reviews and padding them for a network."""

from __future__ import annotations

import time
from typing import Literal

from benchmarks.measuring import memory
from benchmarks.measuring.processes import fresh
from benchmarks.measuring.table import show


def main(quick: bool) -> None:
    """Prints the seconds and the gigabytes."""
    show("Reading and padding the film reviews", [fresh(read, "simulated" if quick else "real")])


def read(source: Literal["real", "simulated"]) -> dict[str, object]:
    """Reads and pads all reviews."""
    from foundation.fetch import fetch
    from imdb import corpus

    for file in (corpus.RANKS, corpus.INDEX) if source == "real" else ():
        fetch(file)  # a download is no part of the reading
    started = time.perf_counter()
    reviews = corpus.load(source=source)
    for part in (reviews.training, reviews.test):
        part.padded(10_000, 500)
    seconds = time.perf_counter() - started
    count = f"{len(reviews.training) + len(reviews.test):,}"
    return {"source": reviews.source, "reviews": count, "s": seconds, "peak GB": memory.peak() / 1e9}

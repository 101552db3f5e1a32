"""The reviews that an experiment works on: the real ones wherever they can be had, or simulated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from imdb import reviews, simulate, text
from imdb.reviews import Reviews
from imdb.vocabulary import Vocabulary, split_words
from lab.fetch import NoNetwork, fetch

Source = Literal["auto", "real", "simulated"]
RANKS, INDEX, TEXTS = "imdb/imdb.npz", "imdb/imdb_word_index.json", "imdb/aclImdb_v1.tar.gz"
ORDER_SEED = 113  # files have one sentiment after the other; Keras's loader mixes them by this seed
SIMULATED_TRAINING, SIMULATED_TEST, SIMULATION_SEED = 4000, 1000, 0
SIMULATED = f"simulated (seed {SIMULATION_SEED})"


@dataclass(frozen=True)
class Corpus:
    """Reviews to train and to test on, in mixed order, and their vocabulary."""

    training: Reviews
    test: Reviews
    vocabulary: Vocabulary
    source: str
    """The file's name, or "simulated" with its seed."""

    @property
    def simulated(self) -> bool:
        """Whether a grammar wrote these reviews."""
        return self.source.startswith("simulated")

    @property
    def fingerprint(self) -> str:
        """A digest of ranks and sentiments."""
        digest = hashlib.sha256()
        for part in (self.training, self.test):
            for array in (part.ranks, part.starts, part.labels):
                digest.update(array.tobytes())
        return digest.hexdigest()[:16]


@lru_cache(maxsize=1)  # a command that runs all experiments reads them once
def load(*, source: Source = "auto", mirror: str | None = None) -> Corpus:
    """The reviews.

    Args:
        source: "real" are the public ones from the data folder, the mirror or the network; "auto" simulates where
            none of them has them, and says so.
        mirror: Where to look before the network.

    Raises:
        Mistake: a file is damaged, or holds something else.
        NoNetwork: `source` is "real" and nothing has a file.
    """
    if source != "simulated":
        try:
            return real(fetch(RANKS, mirror=mirror), fetch(INDEX, mirror=mirror))
        except NoNetwork as error:
            if source == "real":
                raise
            print(f"{error}: simulating reviews instead")
    return simulated()


def real(ranks: Path, index: Path) -> Corpus:
    """The reviews in a file of ranks, each part in an order mixed by a seed."""
    training, test = (
        part.take(np.random.default_rng(ORDER_SEED).permutation(len(part))) for part in reviews.read(ranks)
    )
    return Corpus(training, test, Vocabulary.read(index), ranks.name)


def simulated() -> Corpus:
    """The grammar's reviews."""
    parts, name = texts(source="simulated")
    vocabulary = Vocabulary.count(parts["train"][0])
    training, test = (
        Reviews.join([[vocabulary.ranks[word] for word in split_words(review)] for review in written], labels)
        for written, labels in parts.values()
    )
    return Corpus(training, test, vocabulary, name)


def texts(*, source: Source = "auto", mirror: str | None = None) -> tuple[dict[str, tuple[list[str], list[int]]], str]:
    """The reviews as text, in mixed order: texts and sentiments under "train" and "test"; and their source's name.

    As `load` otherwise; the archive's order isn't that of the ranks, so neither is theirs.
    """
    if source != "simulated":
        try:
            path = fetch(TEXTS, mirror=mirror)
            return {part: _mixed(*found) for part, found in text.read(path).items()}, path.name
        except NoNetwork as error:
            if source == "real":
                raise
            print(f"{error}: simulating reviews instead")
    written, labels = simulate.simulate(SIMULATED_TRAINING + SIMULATED_TEST, SIMULATION_SEED)
    return {
        "train": (written[:SIMULATED_TRAINING], labels[:SIMULATED_TRAINING]),
        "test": (written[SIMULATED_TRAINING:], labels[SIMULATED_TRAINING:]),
    }, SIMULATED


def _mixed(written: list[str], labels: list[int]) -> tuple[list[str], list[int]]:
    order = np.random.default_rng(ORDER_SEED).permutation(len(labels))
    return [written[i] for i in order], [labels[i] for i in order]


def summary(corpus: Corpus) -> str:
    """One line: reviews, words, lengths."""
    lengths = np.concatenate([corpus.training.lengths, corpus.test.lengths])
    return (
        f"{corpus.source}: {len(corpus.training):,} reviews to train and {len(corpus.test):,} to test on, "
        f"{corpus.training.labels.mean():.0%} and {corpus.test.labels.mean():.0%} positive; "
        f"{lengths.sum():,} words, {len(corpus.vocabulary.ranks):,} different ones; "
        f"{int(np.median(lengths))} in the median review, {lengths.max():,} in the longest"
    )

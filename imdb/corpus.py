"""Loads the reviews of an experiment: the public ones, or simulated ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from foundation.fetch import NoNetworkError, fetch
from imdb import reviews, simulate, text
from imdb.reviews import Reviews
from imdb.vocabulary import Vocabulary, split_words

Source = Literal["auto", "real", "simulated"]
RANKS, INDEX, TEXTS = "imdb/imdb.npz", "imdb/imdb_word_index.json", "imdb/aclImdb_v1.tar.gz"
ORDER_SEED = 113  # the files are sorted by sentiment, and Keras's loader shuffles them with this seed
SIMULATED_TRAINING, SIMULATED_TEST, SIMULATION_SEED = 4000, 1000, 0


@dataclass(frozen=True)
class Corpus:
    """Shuffled reviews for training and test, and their vocabulary."""

    training: Reviews
    test: Reviews
    vocabulary: Vocabulary
    source: str
    """The file's name, or "simulated" with its seed."""

    @property
    def simulated(self) -> bool:
        """Whether the reviews come from a grammar."""
        return self.source.startswith("simulated")

    @property
    def fingerprint(self) -> str:
        """A digest of ranks and labels."""
        digest = hashlib.sha256()
        for part in (self.training, self.test):
            for array in (part.ranks, part.starts, part.labels):
                digest.update(array.tobytes())
        return digest.hexdigest()[:16]


@lru_cache(maxsize=2)  # a command that runs all experiments reads them once without and once with texts
def load(*, source: Source = "auto", mirror: str | None = None, texts: bool = False) -> Corpus:
    """Returns the reviews.

    Args:
        source: "real" for the public reviews, "simulated", or "auto" for the public ones if they can be fetched, and
            otherwise simulated ones, which is reported.
        mirror: The folder or address to look in before the public addresses.
        texts: Whether to load the reviews with their texts, from another file. It has the same reviews in another
            order, and their ranks are computed from the words of the texts.

    Raises:
        UserError: a file is damaged, or does not hold the reviews.
        NoNetworkError: `source` is "real" and a file cannot be fetched.
    """
    if source != "simulated":
        try:
            if texts:
                return written(fetch(TEXTS, mirror=mirror), fetch(INDEX, mirror=mirror))
            return ranked(fetch(RANKS, mirror=mirror), fetch(INDEX, mirror=mirror))
        except NoNetworkError as error:
            if source == "real":
                raise
            print(f"{error}: simulating reviews instead")
    return simulated()


def ranked(path: Path, index: Path) -> Corpus:
    """Returns the reviews of a file of ranks."""
    return _mixed(reviews.read(path), Vocabulary.read(index), path.name)


def written(path: Path, index: Path) -> Corpus:
    """Returns the reviews of an archive of texts."""
    vocabulary = Vocabulary.read(index)
    return _mixed([_read(*part, vocabulary) for part in text.read(path).values()], vocabulary, path.name)


def simulated() -> Corpus:
    """Returns reviews from the grammar, with their texts."""
    texts, labels = simulate.simulate(SIMULATED_TRAINING + SIMULATED_TEST, SIMULATION_SEED)
    vocabulary = Vocabulary.count(texts[:SIMULATED_TRAINING])
    training, test = (
        _read(texts[part], labels[part], vocabulary)
        for part in (slice(None, SIMULATED_TRAINING), slice(SIMULATED_TRAINING, None))
    )
    return Corpus(training, test, vocabulary, f"simulated (seed {SIMULATION_SEED})")


def _read(texts: list[str], labels: list[int], vocabulary: Vocabulary) -> Reviews:
    ranks = [[vocabulary.ranks[word] for word in split_words(text) if word in vocabulary.ranks] for text in texts]
    return replace(Reviews.join(ranks, labels), texts=tuple(texts))


def _mixed(parts: Iterable[Reviews], vocabulary: Vocabulary, source: str) -> Corpus:
    training, test = (part.take(np.random.default_rng(ORDER_SEED).permutation(len(part))) for part in parts)
    return Corpus(training, test, vocabulary, source)


def summary(corpus: Corpus) -> str:
    """Returns a line about the reviews: their number, words and lengths."""
    lengths = np.concatenate([corpus.training.lengths, corpus.test.lengths])
    return (
        f"{corpus.source}: {len(corpus.training):,} reviews to train and {len(corpus.test):,} to test on, "
        f"{corpus.training.labels.mean():.0%} and {corpus.test.labels.mean():.0%} positive; "
        f"{lengths.sum():,} words, {len(corpus.vocabulary.ranks):,} different ones; "
        f"{int(np.median(lengths))} in the median review, {lengths.max():,} in the longest"
    )

"""The reviews that an experiment works on: the real ones wherever they can be had, or simulated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from imdb import reviews, simulate, text
from imdb.reviews import Reviews
from imdb.vocabulary import Vocabulary, split_words
from lab.fetch import NoNetwork, fetch
from lab.mistake import Mistake

Source = Literal["auto", "real", "simulated"]
RANKS, INDEX, TEXTS = "imdb/imdb.npz", "imdb/imdb_word_index.json", "imdb/aclImdb_v1.tar.gz"
ORDER_SEED = 113  # files have one sentiment after the other; Keras's loader mixes them by this seed
COMPARED = 97  # each so many-th review's text is held against its ranks
SIMULATED_TRAINING, SIMULATED_TEST, SIMULATION_SEED = 4000, 1000, 0


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


@lru_cache(maxsize=2)  # a command that runs all experiments reads them once, and once more with texts
def load(*, source: Source = "auto", mirror: str | None = None, texts: bool = False) -> Corpus:
    """The reviews.

    Args:
        source: "real" are the public ones from the data folder, the mirror or the network; "auto" simulates where
            none of them has them, and says so.
        mirror: Where to look before the network.
        texts: Whether the reviews bring their texts.

    Raises:
        Mistake: a file is damaged, or holds something else.
        NoNetwork: `source` is "real" and nothing has a file.
    """
    if source != "simulated":
        try:
            archive = fetch(TEXTS, mirror=mirror) if texts else None
            return real(fetch(RANKS, mirror=mirror), fetch(INDEX, mirror=mirror), archive)
        except NoNetwork as error:
            if source == "real":
                raise
            print(f"{error}: simulating reviews instead")
    return simulated()


def real(ranks: Path, index: Path, archive: Path | None = None) -> Corpus:
    """The reviews in a file of ranks, with an archive's texts if one is given; each part is mixed by a seed.

    Raises:
        Mistake: a file is damaged, or the texts are not those of the ranks.
    """
    vocabulary = Vocabulary.read(index)
    parts = reviews.read(ranks)
    if archive is not None:
        written = text.read(archive)
        training, test = (
            _with_texts(part, *written[name], vocabulary) for part, name in zip(parts, ("train", "test"), strict=True)
        )
        parts = training, test
    training, test = (part.take(np.random.default_rng(ORDER_SEED).permutation(len(part))) for part in parts)
    return Corpus(training, test, vocabulary, ranks.name)


def simulated() -> Corpus:
    """The grammar's reviews."""
    texts, labels = simulate.simulate(SIMULATED_TRAINING + SIMULATED_TEST, SIMULATION_SEED)
    vocabulary = Vocabulary.count(texts[:SIMULATED_TRAINING])
    ranks = [vocabulary.known(split_words(text)) for text in texts]
    training, test = (
        replace(Reviews.join(ranks[part], labels[part]), texts=tuple(texts[part]))
        for part in (slice(None, SIMULATED_TRAINING), slice(SIMULATED_TRAINING, None))
    )
    return Corpus(training, test, vocabulary, f"simulated (seed {SIMULATION_SEED})")


def summary(corpus: Corpus) -> str:
    """One line: reviews, words, lengths."""
    lengths = np.concatenate([corpus.training.lengths, corpus.test.lengths])
    return (
        f"{corpus.source}: {len(corpus.training):,} reviews to train and {len(corpus.test):,} to test on, "
        f"{corpus.training.labels.mean():.0%} and {corpus.test.labels.mean():.0%} positive; "
        f"{lengths.sum():,} words, {len(corpus.vocabulary.ranks):,} different ones; "
        f"{int(np.median(lengths))} in the median review, {lengths.max():,} in the longest"
    )


def _with_texts(part: Reviews, texts: list[str], labels: list[int], vocabulary: Vocabulary) -> Reviews:
    """The reviews with their texts: both files have them in the same order."""
    same = np.array_equal(part.labels, labels) and all(
        np.array_equal(part[i], vocabulary.known(split_words(texts[i]))) for i in range(0, len(part), COMPARED)
    )
    if not same:
        raise Mistake(f"{TEXTS} and {RANKS} hold different reviews: delete both and fetch them again")
    return replace(part, texts=tuple(texts))

"""From reviews to a classification problem."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.imdb._config import ImdbConfig
from foundation.user_error import UserError
from imdb.corpus import RANKS

if TYPE_CHECKING:
    from experiments.protocol import Experiment
    from imdb.corpus import Corpus
    from imdb.reviews import Reviews
    from imdb.vocabulary import Vocabulary
    from lab.training import Problem

METRIC = "accuracy"


def read(config: ImdbConfig) -> Corpus:
    """Returns the reviews that the settings name."""
    from imdb.corpus import load

    return load(source=config.source, mirror=config.mirror, texts=config.texts)


def codes(experiment: Experiment, config: ImdbConfig, reviews: Reviews, vocabulary: Vocabulary) -> np.ndarray:
    """Returns the reviews as the network takes them: int32, shape (reviews, length) unless the experiment says."""
    if experiment.inputs:
        return experiment.inputs(config, (reviews, vocabulary))
    return reviews.padded(config.words, config.length, reverse=config.reverse)


def problem(experiment: Experiment, config: ImdbConfig, corpus: Corpus) -> Problem:
    """Returns the reviews as batches, with the metric.

    Raises:
        UserError: the split leaves no review to train or to validate on.
    """
    from lab.training import Baseline, Problem

    first = training_reviews(config, corpus)
    if not 0 < first < len(corpus.training):
        raise UserError(
            f"--validation-split {config.validation_split} leaves no review on one side; give one nearer 0.2"
        )

    def padded(part: Reviews) -> tuple[np.ndarray, np.ndarray]:
        return codes(experiment, config, part, corpus.vocabulary), part.labels[:, None].astype(np.float32)

    inputs, labels = padded(corpus.training)
    steps = min(config.steps_per_epoch or first, -(-first // config.batch_size))

    def training(epoch: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        order = np.random.default_rng((config.seed, epoch)).permutation(first)
        for start in range(0, steps * config.batch_size, config.batch_size):
            batch = order[start : start + config.batch_size]
            yield inputs[batch], labels[batch]

    return Problem(
        training=training,
        steps_per_epoch=steps,
        validation=(inputs[first:], labels[first:]),
        test=padded(corpus.test),
        evaluation_batch=config.evaluation_batch,
        metric=METRIC,
        label="accuracy",
        baseline=Baseline("always the same answer", same(corpus.training.labels[first:]), same(corpus.test.labels)),
        conditions=conditions(config, corpus),
        record={
            "source": corpus.source,
            "simulated": corpus.simulated,
            "fingerprint": corpus.fingerprint,
            "reviews": {"training": first, "validation": len(corpus.training) - first, "test": len(corpus.test)},
            "conditions": conditions(config, corpus),
        },
    )


def same(labels: np.ndarray) -> dict[str, float]:
    """Returns the accuracy of the better one of the two constant answers."""
    positive = float(labels.mean())
    return {METRIC: max(positive, 1 - positive)}


def conditions(config: ImdbConfig, corpus: Corpus) -> str:
    """Returns the data and the protocol in one line, for the titles of pictures and tables."""
    source = "SIMULATED reviews" if corpus.simulated else Path(RANKS).name  # also for texts: the same reviews
    training = training_reviews(config, corpus)
    return (
        f"{source}: {config.words:,} words, trained on {training:,} reviews, "
        f"validated on {len(corpus.training) - training:,}, tested on {len(corpus.test):,}"
    )


def training_reviews(config: ImdbConfig, corpus: Corpus) -> int:
    """Returns how many of the training reviews are trained on; the others are for validation."""
    return round(len(corpus.training) * (1 - config.validation_split))

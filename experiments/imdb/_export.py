"""A network with its vocabulary's codes inside: from the ranks of words to a probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from experiments.imdb._config import ImdbConfig

if TYPE_CHECKING:
    from experiments.protocol import Experiment
    from lab.export import Exported
    from lab.runs import Run


def export(experiment: Experiment, config: ImdbConfig, run: Run) -> Exported:
    """Returns a finished run's network behind a layer that turns ranks into codes."""
    import keras

    from imdb.reviews import Reviews
    from lab.export import QUESTIONS, Exported
    from layers.word_codes import WordCodes

    network = experiment.network(config)
    run.load_weights(network)
    rng = np.random.default_rng(0)
    shape = list(network.input_shape[1:])
    start: Literal["before", "after"] | None = None
    if config.texts:  # sentences of words, padded on the right
        order = "sentences of words, each filled up with 0"
        inputs = rng.integers(1, config.words, (QUESTIONS, *shape)).astype(np.int32)
        inputs[:, :, shape[-1] // 2 :] = 0
        codes = np.where(inputs < config.words - 3, inputs + 3, 2) * (inputs > 0)
    else:
        start = "after" if config.reverse else "before"
        shape[0] -= start == "after"
        order = "words, filled up with 0 at the front" + ("; the last word comes first" if config.reverse else "")
        reviews = [rng.integers(1, config.words, rng.integers(1, 2 * shape[0])) for _ in range(QUESTIONS)]
        inputs = np.zeros((QUESTIONS, *shape), np.int32)
        for row, review in zip(inputs, reviews, strict=True):
            kept = review[: shape[0]][::-1] if config.reverse else review[-shape[0] :]
            row[shape[0] - len(kept) :] = kept
        if config.reverse:  # a long review's start is cut off with its first words
            reviews = [review[: shape[0]] for review in reviews]
        codes = Reviews.join(reviews, [0] * QUESTIONS).padded(config.words, config.length, reverse=config.reverse)
    ranks = keras.Input(shape, dtype="int32", name="ranks")
    model = keras.Model(ranks, network(WordCodes(config.words, start)(ranks)))
    sizes = ", ".join(map(str, shape))
    about = (
        f"ranks (batch, {sizes}), int32: {order}, by their rank in imdb_word_index.json, {config.words} if they have "
        "none; the answer (batch, 1) is the probability that the review is positive"
    )
    return Exported(model, inputs, network.predict(codes.astype(np.int32), verbose=0), about)

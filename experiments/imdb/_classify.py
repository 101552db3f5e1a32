"""Classifies a text of the user's with a trained network."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from experiments.imdb._config import ImdbConfig
from experiments.imdb._problem import METRIC, codes, read
from foundation.user_error import UserError

if TYPE_CHECKING:
    from experiments.protocol import Experiment
    from lab.runs import Run

TYPOGRAPHY = str.maketrans({"’": "'", "‘": "'", **dict.fromkeys("“”„«»–—…", " ")})
"""Characters that pasted texts have and the reviews don't, and what stands for them."""


def classify(experiment: Experiment, config: ImdbConfig, run: Run, text: str) -> str:
    """Returns a finished run's verdict on a text, with its probability, and the words that the run doesn't know.

    Raises:
        UserError: the text has no word, or none that the run knows.
    """
    from imdb.reviews import Reviews
    from imdb.vocabulary import split_words
    from lab.environment import load_backend

    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UserError("the text is no valid text (a part of it is no UTF-8); give plain words") from error
    record = run.metrics()
    corpus = read(dataclasses.replace(config, source="simulated" if record["data"]["simulated"] else "real"))
    if corpus.fingerprint != record["data"]["fingerprint"]:
        raise UserError(f"the reviews are other ones than {run.folder} was trained on; run {run.name} on these first")
    text = text.translate(TYPOGRAPHY)
    words = split_words(text)
    if not words:
        raise UserError("the text has no word in it; give a review, such as --text 'A great film'")
    unknown = [word for word in dict.fromkeys(words) if not corpus.vocabulary.knows(word, config.words)]
    if set(unknown) == set(words):
        raise UserError(
            f"none of the text's words is among the {config.words:,} that this run knows; give an English one"
        )
    ranks = [corpus.vocabulary.ranks.get(word, config.words) for word in words]
    review = dataclasses.replace(Reviews.join([ranks], [0]), texts=(text,))
    inputs = codes(experiment, config, review, corpus.vocabulary)
    load_backend()
    network = experiment.network(config)
    run.load_weights(network)
    positive = float(network.predict(inputs, verbose=0)[0, 0])
    lines = [f"{'positive' if positive >= 0.5 else 'negative'}, with probability {max(positive, 1 - positive):.3f}"]
    if record["data"]["simulated"]:
        lines[0] += " (trained on SIMULATED reviews)"
    if unknown:
        lines.append(f"not among its {config.words:,} words, and read as one and the same: {', '.join(unknown)}")
    lines.append(f"{run.name} is right on {record['test'][METRIC]:.1%} of its test reviews.")
    return "\n".join(lines)

"""Classifies texts of the user's with a trained network."""

from __future__ import annotations

import dataclasses
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from experiments.imdb._config import ImdbConfig
from experiments.imdb._problem import METRIC, codes, read
from foundation.atomic import atomic
from foundation.user_error import UserError

if TYPE_CHECKING:
    import numpy as np

    from experiments.protocol import Experiment
    from imdb.vocabulary import Vocabulary
    from lab.runs import Run

TYPOGRAPHY = str.maketrans({"’": "'", "‘": "'", **dict.fromkeys("“”„«»–—…", " ")})
"""Characters that pasted texts have and the reviews don't, and what stands for them."""
WORDS = "words.json"
"""A run's words, each with its rank, so that it answers without the reviews."""
LITTLE = 0.5
"""A run that was trained for less than this share of the usual steps says so."""


def write_words(config: ImdbConfig, run: Run, vocabulary: Vocabulary) -> None:
    """Writes the words that a run's network knows to the run."""
    known = {word: rank for word, rank in vocabulary.ranks.items() if vocabulary.knows(word, config.words)}
    with atomic(run.folder / WORDS) as path:
        path.write_text(json.dumps(known, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


class Classifier:
    """Answers whether a text is a positive review: `classifier(text)`."""

    def __init__(self, experiment: Experiment, config: ImdbConfig, run: Run, shade: bool) -> None:
        self.experiment, self.config, self.run, self.shade = experiment, config, run, shade
        self.metrics = run.metrics()
        self.vocabulary = self._vocabulary()

    def __call__(self, text: str) -> str:
        """Returns the verdict with its probability, what the network attended to, and the words it doesn't know.

        Raises:
            UserError: the text has no word, or none that the run knows.
        """
        text = _plain(text)
        words = _words(text)
        unknown = [word for word in dict.fromkeys(words) if not self.vocabulary.knows(word, self.config.words)]
        if set(unknown) == set(words):
            raise UserError(
                f"none of the text's words is among the {self.config.words:,} that this run knows; give an English one"
            )
        inputs = self._inputs(text, words)
        positive = float(self._predict(inputs)[0, 0])
        lines = [f"{'positive' if positive >= 0.5 else 'negative'}, with probability {max(positive, 1 - positive):.3f}"]
        if self.metrics["data"]["simulated"]:
            lines[0] += " (trained on SIMULATED reviews)"
        if self.experiment.attention:
            lines += self._attention(text, inputs)
        if unknown:
            known = f"{self.config.words:,}"
            lines.append(f"not among its {known} words, and read as one and the same: {', '.join(unknown)}")
        return "\n".join(lines)

    def about(self) -> str:
        """Returns how often the run is right, and whether it was trained for little."""
        from lab.settings import defaults

        lines = [f"{self.run.name} is right on {self.metrics['test'][METRIC]:.1%} of its test reviews."]
        whole = -(-self.metrics["data"]["reviews"]["training"] // self.config.batch_size)
        steps = self.metrics["epochs"] * min(self.config.steps_per_epoch or whole, whole)
        usual = defaults(self.run.name)["epochs"] * whole
        if steps < LITTLE * usual:
            more = f"make {self.run.name} trains it in full"
            lines.append(f"It was trained for only {steps:,} of {usual:,} steps; {more}.")
        return "\n".join(lines)

    @cached_property
    def network(self) -> Any:
        """The network, with the weights of its best epoch."""
        from lab.environment import load_backend

        load_backend()
        network = self.experiment.network(self.config)
        self.run.load_weights(network)
        return network

    def _vocabulary(self) -> Vocabulary:
        from imdb.vocabulary import Vocabulary

        if (self.run.folder / WORDS).is_file():
            return Vocabulary.read(self.run.folder / WORDS)
        record = self.metrics["data"]  # a run from before this file
        corpus = read(dataclasses.replace(self.config, source="simulated" if record["simulated"] else "real"))
        if corpus.fingerprint != record["fingerprint"]:
            raise UserError(
                f"the reviews are other ones than {self.run.folder} was trained on; run {self.run.name} on these first"
            )
        return corpus.vocabulary

    def _inputs(self, text: str, words: list[str]) -> np.ndarray:
        from imdb.reviews import Reviews

        ranks = [self.vocabulary.ranks.get(word, self.config.words) for word in words]
        review = dataclasses.replace(Reviews.join([ranks], [0]), texts=(text,))
        return codes(self.experiment, self.config, review, self.vocabulary)

    def _predict(self, inputs: np.ndarray) -> np.ndarray:
        answer = self.network(inputs)
        from keras import ops  # once the network has loaded the backend

        return ops.convert_to_numpy(answer)

    def _attention(self, text: str, inputs: np.ndarray) -> list[str]:
        """Returns the text shaded for a terminal, or the words that count most."""
        from imdb import shading

        assert self.experiment.attention
        sentences, *weights = self.experiment.attention(self.config, self.network, inputs, text)
        reading = shading.Reading("", sentences, *weights)
        if self.shade:
            return list(shading.terminal(reading))
        return [f"it attended most to: {', '.join(shading.strongest(reading))}"]


def _plain(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UserError("the text is no valid text (a part of it is no UTF-8); give plain words") from error
    return text.translate(TYPOGRAPHY)


def _words(text: str) -> list[str]:
    from imdb.vocabulary import split_words

    words = split_words(text)
    if not words:
        raise UserError("the text has no word in it; give a review, such as --text 'A great film'")
    return words

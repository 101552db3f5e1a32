"""Is a film review positive? (deck: "Using LSTM in Keras")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from experiments.imdb._config import ImdbConfig, RecurrentConfig, sentiment, word_vectors
from experiments.protocol import Experiment, Group
from lab.comparison.presentation import Presentation

if TYPE_CHECKING:
    import keras

    from experiments.imdb._classify import Classifier
    from imdb.corpus import Corpus
    from lab.export import Exported
    from lab.runs import Run
    from lab.training import Problem

__all__ = ["GROUP", "ImdbConfig", "RecurrentConfig", "sentiment", "word_vectors"]


class Imdb(Group):
    """The experiments on film reviews."""

    part = 3
    optional = ("inputs", "optimizer", "draw", "attention")
    loss = "binary_crossentropy"
    presentation: ClassVar[Presentation] = Presentation(
        captions={
            "attention": "How much each sentence and each word counts for an answer.",
            "receptive_field": "The words that reach the last output, level by level.",
        }
    )

    def load(self, experiment: Experiment, config: ImdbConfig) -> Corpus:
        """Reads the reviews."""
        from experiments.imdb._problem import read

        return read(config)

    def describe(self, data: Corpus) -> str:
        """Returns where the reviews come from."""
        from imdb.corpus import summary

        return summary(data)

    def problem(self, experiment: Experiment, config: ImdbConfig, data: Corpus) -> Problem:
        """Returns the reviews as batches of codes and labels."""
        from experiments.imdb._problem import problem

        return problem(experiment, config, data)

    def next_command(self, name: str) -> list[str]:
        """Returns a question to the network."""
        return ["classify", name]

    def finish(
        self, config: ImdbConfig, model: keras.Model, run: Run, data: Corpus, metrics: dict[str, Any]
    ) -> dict[str, Any]:
        """Keeps the words that the network knows in the run."""
        from experiments.imdb._classify import write_words

        write_words(config, run, data.vocabulary)
        return metrics

    def classify(self, experiment: Experiment, config: ImdbConfig, run: Run, shade: bool) -> Classifier:
        """Returns what says whether a run takes a text for a positive review."""
        from experiments.imdb._classify import Classifier

        return Classifier(experiment, config, run, shade)

    def export(self, experiment: Experiment, config: ImdbConfig, run: Run) -> Exported:
        """Returns a network from the ranks of words to the probability that a review is positive."""
        from experiments.imdb import _export

        return _export.export(experiment, config, run)

    def show_data(self, config: ImdbConfig) -> None:
        """Prints one review as a network sees it, and draws the reviews to `results/imdb/data/`."""
        from experiments.imdb._problem import read
        from imdb import pictures
        from imdb.corpus import load, summary
        from imdb.sentences import split
        from lab.runs import RESULTS

        corpus = read(config)
        print(summary(corpus))
        first = corpus.training.take(np.array([0]))
        print(f"\na {'positive' if first.labels[0] else 'negative'} one: {corpus.vocabulary.decode(first[0])}")
        (codes,) = first.padded(config.words, config.length, reverse=config.reverse)
        print(f"\nits codes, the last of {config.length}: … {' '.join(map(str, codes[-12:]))}")
        texts = load(source="simulated" if corpus.simulated else "real", mirror=config.mirror, texts=True)
        print(f"\n{texts.source}: one as sentences of words:")
        for sentence in split(texts.training.texts[0]):
            print("-", " ".join(sentence))
        for path in pictures.draw(corpus, RESULTS / "imdb" / "data", length=config.length, words=config.words):
            print(path)


GROUP = Imdb()

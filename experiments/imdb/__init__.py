"""Is a film review positive? What all IMDB experiments share (deck: "Using LSTM in Keras")."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from jsonargparse.typing import OpenUnitInterval, PositiveInt

from experiments import catalogue
from foundation.user_error import UserError
from imdb.corpus import RANKS, Source
from lab.training_config import TrainingConfig, VocabularySize

if TYPE_CHECKING:
    import keras

    from imdb.corpus import Corpus
    from imdb.reviews import Reviews
    from imdb.vocabulary import Vocabulary
    from lab.runs import Run
    from lab.training import Problem

METRIC = "accuracy"
PASTED = str.maketrans(
    {"’": "'", "‘": "'", **dict.fromkeys("“”„«»–—…", " ")}
)  # as texts have them, but not the reviews


@dataclass(frozen=True)
class ImdbConfig(TrainingConfig):
    """The deck's protocol."""

    steps_per_epoch: PositiveInt | None
    """Batches in an epoch; null, or more than there are: every review once."""
    evaluation_batch: PositiveInt = field(metadata={"result": False})
    """Reviews in a batch of validation or test."""
    words: VocabularySize
    """Codes of the vocabulary: the most frequent words, and three for padding, start and all rarer words."""
    length: PositiveInt
    """Words of a review that are read, its last ones; shorter ones are padded on the left."""
    reverse: bool
    """Turn each review around first: its first words are then read, from the last of them to the first."""
    validation_split: OpenUnitInterval
    """The part of the training reviews that is kept for validation, as Keras does the last ones."""
    embedding: PositiveInt
    """Size of a word's vector."""
    source: Source = field(metadata={"result": False})
    """real: the public reviews; simulated: a grammar's; auto: real if they can be had."""

    texts: ClassVar[bool] = False
    """Whether `codes` needs the reviews' texts, beside their ranks."""

    def codes(self, reviews: Reviews, vocabulary: Vocabulary) -> np.ndarray:
        """The reviews as the network takes them: int32, shape (reviews, length)."""
        return reviews.padded(self.words, self.length, reverse=self.reverse)

    def optimizer(self, steps: int) -> keras.Optimizer:
        """The deck's; `steps` are those of an epoch."""
        import keras

        return keras.optimizers.RMSprop(self.learning_rate)


@dataclass(frozen=True)
class RecurrentConfig(ImdbConfig):
    """Of experiments whose first layer above the word vectors is recurrent."""

    units: PositiveInt
    """Size of each recurrent layer's state."""
    mask: bool
    """Pass over padding instead of reading it as a word."""


def word_vectors(config: ImdbConfig, *, mask: bool = False) -> list[Any]:
    """The layers from codes, shape (batch, length), to word vectors, shape (batch, length, embedding)."""
    import keras

    from layers.right_padded import RightPadded

    codes = keras.Input((config.length,), dtype="int32")
    embedding = keras.layers.Embedding(config.words, config.embedding, mask_zero=mask)
    return [codes, RightPadded(), embedding] if mask else [codes, embedding]


def sentiment() -> keras.Layer:
    """The last layer: the probability that the review is positive, shape (batch, 1)."""
    import keras

    return keras.layers.Dense(1, activation="sigmoid")


def run(experiment: ModuleType, name: str, config: ImdbConfig, profiles: tuple[str, ...]) -> Run:
    """Trains the model that `experiment.build(config)` returns, or goes on with it, and writes the run."""
    from imdb.corpus import summary
    from lab.runs import carry_out

    corpus = reviews(config)

    def work(run: Run) -> dict[str, Any]:
        from lab.environment import jit_compile
        from lab.training import train

        network = catalogue.build(experiment, config)
        problem = pose(config, corpus)
        network.compile(
            config.optimizer(problem.steps_per_epoch),
            loss="binary_crossentropy",
            metrics=[METRIC],
            jit_compile=jit_compile(config.jit_compile),
        )
        metrics = train(network, problem, run, config.epochs, network, tensorboard=config.tensorboard)
        if hasattr(experiment, "draw"):  # pictures of its own
            experiment.draw(config, network, run, corpus)
        return metrics

    return carry_out(name, config, work, fingerprint=corpus.fingerprint, profiles=profiles, about=summary(corpus))


def result(metrics: dict[str, Any]) -> str:
    """What a finished run reached, in a line."""
    validation, test = (100 * metrics[split][METRIC] for split in ("validation", "test"))
    return f"validation accuracy {validation:.2f} % (epoch {metrics['best_epoch']}), test accuracy {test:.2f} %"


def show_data(config: ImdbConfig) -> None:
    """Prints what the reviews are and one of them as a network sees it, and draws them to `results/imdb/data/`."""
    from imdb import pictures
    from imdb.corpus import load, summary
    from imdb.sentences import split
    from lab.runs import RESULTS

    corpus = reviews(config)
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


def reviews(config: ImdbConfig) -> Corpus:
    """The reviews that the settings name."""
    from imdb.corpus import load

    return load(source=config.source, mirror=config.mirror, texts=config.texts)


def pose(config: ImdbConfig, corpus: Corpus) -> Problem:
    """The problem as `lab.training` takes it.

    Raises:
        UserError: the split leaves no review to train or to validate on.
    """
    from lab.training import Problem

    first = kept(config, corpus)
    if not 0 < first < len(corpus.training):
        raise UserError(
            f"--validation-split {config.validation_split} leaves no review on one side; give one nearer 0.2"
        )

    def padded(part: Reviews) -> tuple[np.ndarray, np.ndarray]:
        return config.codes(part, corpus.vocabulary), part.labels[:, None].astype(np.float32)

    codes, labels = padded(corpus.training)
    steps = min(config.steps_per_epoch or first, -(-first // config.batch_size))

    def training(epoch: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        order = np.random.default_rng((config.seed, epoch)).permutation(first)
        for start in range(0, steps * config.batch_size, config.batch_size):
            batch = order[start : start + config.batch_size]
            yield codes[batch], labels[batch]

    return Problem(
        training=training,
        steps_per_epoch=steps,
        validation=(codes[first:], labels[first:]),
        test=padded(corpus.test),
        evaluation_batch=config.evaluation_batch,
        metric=METRIC,
        label="accuracy",
        conditions=conditions(config, corpus),
        record={
            "source": corpus.source,
            "simulated": corpus.simulated,
            "fingerprint": corpus.fingerprint,
            "reviews": {"training": first, "validation": len(corpus.training) - first, "test": len(corpus.test)},
            "conditions": conditions(config, corpus),
        },
    )


def conditions(config: ImdbConfig, corpus: Corpus) -> str:
    """The data and the protocol in a line, for the titles of pictures and tables."""
    source = "SIMULATED reviews" if corpus.simulated else Path(RANKS).name  # whose reviews the archive of texts has too
    training = kept(config, corpus)
    return (
        f"{source}: {config.words:,} words, trained on {training:,} reviews, "
        f"validated on {len(corpus.training) - training:,}, tested on {len(corpus.test):,}"
    )


def kept(config: ImdbConfig, corpus: Corpus) -> int:
    """How many of the training reviews are trained on."""
    return round(len(corpus.training) * (1 - config.validation_split))


def classify(experiment: ModuleType, config: ImdbConfig, run: Run, text: str) -> str:
    """What a finished run makes of a text: its sentiment, with the probability, and the words it doesn't know.

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
    corpus = reviews(dataclasses.replace(config, source="simulated" if record["data"]["simulated"] else "real"))
    if corpus.fingerprint != record["data"]["fingerprint"]:
        raise UserError(f"the reviews are other ones than {run.folder} was trained on; run {run.name} on these first")
    text = text.translate(PASTED)
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
    codes = config.codes(review, corpus.vocabulary)
    load_backend()
    network = catalogue.build(experiment, config)
    run.load_weights(network)
    positive = float(network.predict(codes, verbose=0)[0, 0])
    lines = [f"{'positive' if positive >= 0.5 else 'negative'}, with probability {max(positive, 1 - positive):.3f}"]
    if record["data"]["simulated"]:
        lines[0] += " (trained on SIMULATED reviews)"
    if unknown:
        lines.append(f"not among its {config.words:,} words, and read as one and the same: {', '.join(unknown)}")
    lines.append(f"{run.name} is right on {record['test'][METRIC]:.1%} of its test reviews.")
    return "\n".join(lines)

"""Words make sentences, sentences a review, by attention (deck: "Hierarchical Neural Attention Encoder").

The hierarchical attention network of Yang et al. 2016. On their IMDB set, which has ten classes, they trained by SGD
with momentum 0.9 and tuned its rate; Adam comes as far in fewer epochs, from its usual rate on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from jsonargparse.typing import OpenUnitInterval, PositiveInt

from experiments.imdb import ImdbConfig, sentiment
from lab.setting_types import DropoutRate

if TYPE_CHECKING:
    import keras

    from imdb import shading
    from imdb.corpus import Corpus
    from imdb.reviews import Reviews
    from imdb.vocabulary import Vocabulary
    from lab.runs import Run

SHOWN = 6  # a review that is drawn has at least this number of sentences


@dataclass(frozen=True)
class Config(ImdbConfig):
    """The part of a review that is read, and the sizes of the network."""

    sentences: PositiveInt
    """Sentences of a review that are read: its last ones, where reviewers sum up."""
    length: PositiveInt
    """Words of a sentence that are read: its first ones."""
    reverse: bool
    """Read backwards, from the last word of the last sentence."""
    units: PositiveInt
    """Size of each GRU's state, in each direction."""
    dropout: DropoutRate
    """Fraction of the vectors of words and of sentences dropped in training."""
    decay: OpenUnitInterval
    """Factor on the learning rate after each epoch."""

    texts: ClassVar[bool] = True


def inputs(config: Config, data: tuple[Reviews, Vocabulary]) -> np.ndarray:
    """Returns codes of words, sentence by sentence: int32, shape (reviews, sentences, length)."""
    from imdb.sentences import padded

    reviews, vocabulary = data
    return padded(reviews.texts, vocabulary, config.words, config.sentences, config.length, reverse=config.reverse)


def optimizer(config: Config, steps_per_epoch: int) -> keras.Optimizer:
    """Returns Adam, with a learning rate that falls after each epoch."""
    import keras

    rate = keras.optimizers.schedules.ExponentialDecay(
        float(config.learning_rate), steps_per_epoch, config.decay, staircase=True
    )
    return keras.optimizers.Adam(rate)


def build(config: Config) -> keras.Model:
    """Builds a network from word codes, (batch, sentences, length), to the probability of "positive", (batch, 1)."""
    import keras

    from layers.hierarchical_attention_network import HierarchicalAttentionNetwork

    return keras.Sequential(
        [
            keras.Input((config.sentences, config.length), dtype="int32"),
            HierarchicalAttentionNetwork(config.words, config.embedding, config.units, dropout=config.dropout),
            sentiment(),
        ]
    )


def draw(config: Config, network: keras.Model, run: Run, data: Corpus) -> None:
    """Shades the words and sentences of two test reviews by their weight, in `attention.html` and `attention.png`."""
    from experiments.imdb._problem import conditions
    from imdb import shading

    readings = [_read(config, network, review, data.vocabulary) for review in _chosen(config, data.test)]
    shading.write(readings, f"{run.name}: what counts in a review\n{conditions(config, data)}", run.folder)


def attention(
    config: Config, network: keras.Model, inputs: np.ndarray, text: str
) -> tuple[list[list[str]], np.ndarray, np.ndarray]:
    """Returns a text's words by sentence, and the weights of sentences, (sentences,), and words, (sentences, words)."""
    from keras import ops

    from imdb.sentences import cut

    _, words, sentences = network.layers[0](inputs, return_attention_scores=True)
    parts = cut(text, config.sentences, config.length, reverse=config.reverse)
    return parts, ops.convert_to_numpy(sentences[0]), ops.convert_to_numpy(words[0])


def _chosen(config: Config, test: Reviews) -> list[Reviews]:
    """Returns the first positive and the first negative review that are neither short nor cut, or the first ones."""
    from imdb.sentences import split

    reviews = []
    for label in (1, 0):
        candidates = np.flatnonzero(test.labels == label)
        whole = (i for i in candidates if SHOWN <= len(split(test.texts[i])) <= config.sentences)
        reviews.append(test.take(np.array([next(whole, candidates[0])])))
    return reviews


def _read(config: Config, network: keras.Model, review: Reviews, vocabulary: Vocabulary) -> shading.Reading:
    """Returns a review with the weights that the network gives to its sentences and words."""
    from imdb.shading import Reading

    own = inputs(config, (review, vocabulary))
    probability = float(network(own)[0, 0])
    truth = "positive" if review.labels[0] else "negative"
    heading = f"a {truth} review, {probability:.0%} positive by the network"
    return Reading(heading, *attention(config, network, own, review.texts[0]))

"""The settings of all IMDB experiments, and the layers that they share (deck: "Using LSTM in Keras")."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from jsonargparse.typing import OpenUnitInterval, PositiveInt, restricted_number_type

from imdb.corpus import Source
from lab.identity import setting
from lab.training_config import TrainingConfig

if TYPE_CHECKING:
    import keras

    VocabularySize = int
else:
    VocabularySize = restricted_number_type("VocabularySize", int, (">", 3))  # three codes are no words


@dataclass(frozen=True)
class ImdbConfig(TrainingConfig):
    """The lecture's protocol."""

    steps_per_epoch: PositiveInt | None
    """Batches in an epoch; null, or more than there are, means every review once."""
    evaluation_batch: PositiveInt = field(metadata=setting("working"))
    """Reviews in a batch of validation or test."""
    words: VocabularySize
    """Codes in the vocabulary: the most frequent words, and three for padding, start and all rarer words."""
    length: PositiveInt
    """Words of a review that are read, its last ones; shorter reviews are padded on the left."""
    reverse: bool
    """Reverse each review before it is cut to `length`."""
    validation_split: OpenUnitInterval
    """The fraction of training reviews kept for validation; Keras takes the last ones."""
    embedding: PositiveInt
    """Size of a word vector."""
    source: Source = field(metadata=setting("data"))
    """real: the public reviews; simulated: reviews from a grammar; auto: real if available, otherwise simulated."""

    texts: ClassVar[bool] = False
    """Whether the network needs the texts of the reviews beside the ranks of their words."""


@dataclass(frozen=True)
class RecurrentConfig(ImdbConfig):
    """The settings of experiments with recurrent layers above the word vectors."""

    units: PositiveInt
    """Size of the state of each recurrent layer."""
    mask: bool
    """Skip padding instead of reading it as a word."""


def word_vectors(config: ImdbConfig, *, mask: bool = False) -> list[Any]:
    """Returns the layers from codes, shape (batch, length), to word vectors, shape (batch, length, embedding)."""
    import keras

    from layers.right_padded import RightPadded

    codes = keras.Input((config.length,), dtype="int32")
    embedding = keras.layers.Embedding(config.words, config.embedding, mask_zero=mask)
    return [codes, RightPadded(), embedding] if mask else [codes, embedding]


def sentiment() -> keras.Layer:
    """Returns the last layer: the probability that the review is positive, shape (batch, 1)."""
    import keras

    return keras.layers.Dense(1, activation="sigmoid")

"""One LSTM layer (deck: "Using LSTM in Keras")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.imdb import RecurrentConfig, sentiment, word_vectors

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(RecurrentConfig):
    """The size of the state."""


def build(config: Config) -> keras.Model:
    """Builds a network from word codes, shape (batch, length), to the probability of a positive review, (batch, 1)."""
    import keras

    return keras.Sequential(
        [
            *word_vectors(config, mask=config.mask),
            keras.layers.LSTM(config.units),
            sentiment(),
        ]
    )

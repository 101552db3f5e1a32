"""One LSTM layer (deck: "Using LSTM in Keras")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.imdb import RecurrentConfig as Config
from experiments.imdb import sentiment, word_vectors

if TYPE_CHECKING:
    import keras


def build(config: Config) -> keras.Model:
    """Builds a network from word codes, shape (batch, length), to the probability of a positive review, (batch, 1)."""
    import keras

    from layers.lstm import LSTM

    return keras.Sequential(
        [
            *word_vectors(config, mask=config.mask),
            LSTM(config.units),
            sentiment(),
        ]
    )

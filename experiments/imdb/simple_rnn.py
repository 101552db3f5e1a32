"""One layer of the simplest recurrence (deck: "Recurrent Layer in Keras")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.imdb import RecurrentConfig as Config
from experiments.imdb import sentiment, word_vectors

if TYPE_CHECKING:
    import keras


def build(config: Config) -> keras.Model:
    """Builds a network from word codes, shape (batch, length), to the probability of a positive review, (batch, 1)."""
    import keras

    from layers.simple_rnn import SimpleRNN

    return keras.Sequential(
        [
            *word_vectors(config, mask=config.mask),
            SimpleRNN(config.units),
            sentiment(),
        ]
    )

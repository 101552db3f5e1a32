"""Layers of the simplest recurrence, each reading the outputs of the one below (deck: "Recurrent Layer in Keras")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.imdb import RecurrentConfig, sentiment, word_vectors

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(RecurrentConfig):
    """The stack's size; its body, all but the last layer, has the slide's 328,320 parameters."""

    layers: PositiveInt
    """Recurrent layers, one on the other."""


def build(config: Config) -> keras.Model:
    """Codes of words, shape (batch, length), to the probability of a positive review, shape (batch, 1)."""
    import keras

    lower = [keras.layers.SimpleRNN(config.units, return_sequences=True) for _ in range(config.layers - 1)]
    return keras.Sequential(
        [
            *word_vectors(config, mask=config.mask),
            *lower,
            keras.layers.SimpleRNN(config.units),
            sentiment(),
        ]
    )

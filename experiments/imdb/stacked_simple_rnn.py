"""Layers of the simplest recurrence, each reading the outputs of the one below (deck: "Recurrent Layer in Keras")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.imdb import RecurrentConfig, sentiment, word_vectors
from lab.setting_types import LayerCount

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(RecurrentConfig):
    """The size of the stack. Without the last layer it has 328,320 parameters, as on the slide."""

    layers: LayerCount
    """Number of stacked recurrent layers."""


def build(config: Config) -> keras.Model:
    """Builds a network from word codes, shape (batch, length), to the probability of a positive review, (batch, 1)."""
    import keras

    from layers.simple_rnn import SimpleRNN

    lower = [SimpleRNN(config.units, return_sequences=True) for _ in range(config.layers - 1)]
    return keras.Sequential(
        [
            *word_vectors(config, mask=config.mask),
            *lower,
            SimpleRNN(config.units),
            sentiment(),
        ]
    )

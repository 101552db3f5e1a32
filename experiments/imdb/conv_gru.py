"""Convolutions shorten a long review for a GRU (deck: "Combining CNN & RNN for Long Sequences")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.imdb import ImdbConfig, sentiment, word_vectors

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(ImdbConfig):
    """The sizes of the convolutions and of the GRU."""

    filters: PositiveInt
    """Filters of each convolution."""
    kernel_size: PositiveInt
    """Words that a filter spans."""
    pool_size: PositiveInt
    """Steps that are pooled into one."""
    units: PositiveInt
    """Size of the GRU's state."""


def build(config: Config) -> keras.Model:
    """Builds a network from word codes, shape (batch, length), to the probability of a positive review, (batch, 1)."""
    import keras

    from layers.gru import GRU

    return keras.Sequential(
        [
            *word_vectors(config),
            keras.layers.Conv1D(config.filters, config.kernel_size, activation="relu"),
            keras.layers.MaxPooling1D(config.pool_size),
            keras.layers.Conv1D(config.filters, config.kernel_size, activation="relu"),
            GRU(config.units),
            sentiment(),
        ]
    )

"""Convolutions alone, which look for phrases (deck: "Building a 1D ConvNet Model for IMDB Dataset")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.imdb import ImdbConfig, sentiment, word_vectors

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(ImdbConfig):
    """The convolutions' sizes."""

    filters: PositiveInt
    """Filters of each convolution."""
    kernel_size: PositiveInt
    """Words that a filter spans."""
    pool_size: PositiveInt
    """Steps that are pooled into one."""


def build(config: Config) -> keras.Model:
    """Builds a network from word codes, shape (batch, length), to the probability of a positive review, (batch, 1)."""
    import keras

    return keras.Sequential(
        [
            *word_vectors(config),
            keras.layers.Conv1D(config.filters, config.kernel_size, activation="relu"),
            keras.layers.MaxPooling1D(config.pool_size),
            keras.layers.Conv1D(config.filters, config.kernel_size, activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            sentiment(),
        ]
    )

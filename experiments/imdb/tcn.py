"""Causal convolutions that see all of a review (deck: "Temporal Convolutional Network (TCN)")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.imdb import ImdbConfig, sentiment, word_vectors
from lab.setting_types import DropoutRate, LayerCount

if TYPE_CHECKING:
    import keras

    from imdb.corpus import Corpus
    from lab.runs import Run


@dataclass(frozen=True)
class Config(ImdbConfig):
    """The convolutions' sizes, and their dropout."""

    filters: PositiveInt
    """Filters of each convolution."""
    kernel_size: PositiveInt
    """Timesteps that a filter spans."""
    levels: LayerCount
    """Stacked blocks of two convolutions; each block has twice the dilation of the one below."""
    dropout: DropoutRate
    """Fraction of the filters of each convolution dropped in training, the same at each word."""


def build(config: Config) -> keras.Model:
    """Builds a network from word codes, shape (batch, length), to the probability of a positive review, (batch, 1)."""
    import keras

    from layers.causal_conv import pytorch_uniform
    from layers.tcn import TCN

    return keras.Sequential(
        [
            *word_vectors(config),
            TCN(
                config.filters,
                config.kernel_size,
                config.levels,
                return_sequences=False,
                dropout=config.dropout,
                kernel_initializer=pytorch_uniform(),
            ),
            sentiment(),
        ]
    )


def draw(config: Config, network: keras.Model, run: Run, data: Corpus) -> None:
    """Draws which part of a review the output depends on, to `receptive_field.png`."""
    from experiments import receptive_field

    receptive_field.draw(network.layers[1], config.length, run)

"""Convolutions that shorten a long sequence, then a GRU (deck: "Combining CNN & RNN for Long Sequences")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.jena import GRUConfig
from lab.setting_types import DropoutRate

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(GRUConfig):
    """Sizes of the convolutions and of the GRU, and its dropout."""

    filters: PositiveInt
    """Filters of each convolution."""
    kernel_size: PositiveInt
    """Timesteps that a filter spans."""
    pool_size: PositiveInt
    """Timesteps that are pooled into one."""
    dropout: DropoutRate
    """Fraction of a layer's inputs dropped in training."""
    recurrent_dropout: DropoutRate
    """Fraction of the state dropped between timesteps, with the same mask at each timestep."""


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    from layers.gru import GRU

    return keras.Sequential(
        [
            keras.Input(config.window),
            keras.layers.Conv1D(config.filters, config.kernel_size, activation="relu"),
            keras.layers.MaxPooling1D(config.pool_size),
            keras.layers.Conv1D(config.filters, config.kernel_size, activation="relu"),
            GRU(
                config.units,
                dropout=config.dropout,
                recurrent_dropout=config.recurrent_dropout,
                **config.cell,
            ),
            keras.layers.Dense(config.outputs),
        ]
    )

"""Convolutions and pooling alone, which lose what is recent (deck: "Sequence Processing with ConvNets")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.jena import JenaConfig

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(JenaConfig):
    """The convolutions' sizes."""

    filters: PositiveInt
    """Filters of each convolution."""
    kernel_size: PositiveInt
    """Timesteps that a filter spans."""
    pool_size: PositiveInt
    """Timesteps that are pooled into one."""


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    return keras.Sequential(
        [
            keras.Input(config.window),
            keras.layers.Conv1D(config.filters, config.kernel_size, activation="relu"),
            keras.layers.MaxPooling1D(config.pool_size),
            keras.layers.Conv1D(config.filters, config.kernel_size, activation="relu"),
            keras.layers.MaxPooling1D(config.pool_size),
            keras.layers.Conv1D(config.filters, config.kernel_size, activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dense(config.outputs),
        ]
    )

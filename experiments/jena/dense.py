"""One densely connected layer on the flattened window (deck: "Create Baselines")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.jena import JenaConfig

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(JenaConfig):
    """The hidden layer's size."""

    units: PositiveInt
    """Units of the hidden layer."""


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    return keras.Sequential(
        [
            keras.Input(config.window),
            keras.layers.Flatten(),
            keras.layers.Dense(config.units, activation="relu"),
            keras.layers.Dense(config.outputs),
        ]
    )

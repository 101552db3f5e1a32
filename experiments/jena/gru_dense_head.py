"""A GRU layer under a bigger densely connected regressor (deck: "Going Further")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.jena import GRUConfig

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(GRUConfig):
    """Sizes of the GRU and of the regressor."""

    dense_units: PositiveInt
    """Units of the regressor's hidden layer."""


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    from layers.gru import GRU

    return keras.Sequential(
        [
            keras.Input(config.window),
            GRU(config.units, **config.cell),
            keras.layers.Dense(config.dense_units, activation="relu"),
            keras.layers.Dense(config.outputs),
        ]
    )

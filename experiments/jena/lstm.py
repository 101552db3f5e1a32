"""One LSTM layer (deck: "Going Further")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.jena import JenaConfig

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(JenaConfig):
    """The LSTM's size."""

    units: PositiveInt
    """Size of the LSTM's state."""


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    from layers.lstm import LSTM

    return keras.Sequential(
        [
            keras.Input(config.window),
            LSTM(config.units),
            keras.layers.Dense(config.outputs),
        ]
    )

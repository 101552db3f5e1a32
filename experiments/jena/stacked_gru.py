"""Two GRU layers with dropout, the first passing on its whole sequence (deck: "Stacking Recurrent Layers")."""

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
    """Sizes, cells and dropout of both GRUs."""

    upper_units: PositiveInt
    """Size of the second GRU's state."""
    dropout: DropoutRate
    """Fraction of a layer's inputs dropped in training."""
    recurrent_dropout: DropoutRate
    """Fraction of the state dropped between timesteps, with the same mask at each timestep."""


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    from layers.gru import GRU

    dropout = {"dropout": config.dropout, "recurrent_dropout": config.recurrent_dropout}
    return keras.Sequential(
        [
            keras.Input(config.window),
            GRU(config.units, return_sequences=True, **dropout, **config.cell),
            GRU(config.upper_units, activation="relu", **dropout, **config.cell),
            keras.layers.Dense(config.outputs),
        ]
    )

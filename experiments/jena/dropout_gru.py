"""One GRU layer with dropout on its inputs and its state (deck: "Advanced Use of RNN")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.jena import GRUConfig
from lab.setting_types import DropoutRate

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(GRUConfig):
    """The GRU's size, cell and dropout."""

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
            GRU(
                config.units,
                dropout=config.dropout,
                recurrent_dropout=config.recurrent_dropout,
                **config.cell,
            ),
            keras.layers.Dense(config.outputs),
        ]
    )

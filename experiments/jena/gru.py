"""One GRU layer (deck: "Using Gated Recurrent Unit (GRU)")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.jena import GRUConfig as Config

if TYPE_CHECKING:
    import keras


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    from layers.gru import GRU

    return keras.Sequential(
        [
            keras.Input(config.window),
            GRU(config.units, **config.cell),
            keras.layers.Dense(config.outputs),
        ]
    )

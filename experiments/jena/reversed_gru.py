"""One GRU layer that reads from the newest sample to the oldest (deck: "Using Reversed Data for Training")."""

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
            GRU(config.units, go_backwards=True, **config.cell),
            keras.layers.Dense(config.outputs),
        ]
    )

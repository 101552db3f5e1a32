"""Tomorrow is like today: the common-sense baseline (deck: "Create Baselines")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.jena import JenaConfig as Config

if TYPE_CHECKING:
    import keras


def build(config: Config) -> keras.Model:
    """Builds a network from windows, (batch, timesteps, features), to values that were seen, (batch, outputs)."""
    import keras

    windows = keras.Input(config.window)
    values = keras.ops.take(keras.ops.take(windows, config.places, axis=2), config.repeated, axis=1)
    return keras.Model(windows, keras.ops.reshape(values, (-1, config.outputs)))

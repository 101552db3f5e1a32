"""Tomorrow's temperature is the last one seen: the common-sense baseline (deck: "Create Baselines")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.jena import JenaConfig as Config

if TYPE_CHECKING:
    import keras


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to their last values, (batch, outputs)."""
    import keras

    windows = keras.Input(config.window)
    last = keras.ops.take(windows[:, -1], config.places, axis=1)
    return keras.Model(windows, keras.ops.tile(last, (1, config.rows_ahead)))

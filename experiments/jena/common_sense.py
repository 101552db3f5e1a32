"""Tomorrow's temperature is the last one seen: the common-sense baseline (deck: "Create Baselines")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.jena import JenaConfig as Config
from jena.schema import TEMPERATURE

if TYPE_CHECKING:
    import keras


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to their last temperature, (batch, 1)."""
    import keras

    windows = keras.Input(config.window)
    return keras.Model(windows, windows[:, -1, TEMPERATURE : TEMPERATURE + 1])

"""The last value of each target, repeated: what any model must beat (deck: "Create Baselines")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.jena import JenaConfig as Config
from experiments.jena._channels import per_target, targets_apart, together

if TYPE_CHECKING:
    import keras


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    windows = keras.Input(config.window)
    last = targets_apart(config, windows)[..., -1:]
    return keras.Model(windows, together(config, keras.ops.repeat(last, per_target(config), axis=2)))

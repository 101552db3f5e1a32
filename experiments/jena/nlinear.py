"""NLinear: a weighted sum of a target's past, less its last value, which is added again (deck: "Going Further").

Zeng et al. 2022, "Are Transformers Effective for Time Series Forecasting?" (arXiv 2205.13504). Subtracting the last
value helps where later years lie higher or lower than the training data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.jena import JenaConfig as Config
from experiments.jena._channels import adam, targets_apart, together, weighted_sums

if TYPE_CHECKING:
    import keras


def optimizer(config: Config, steps_per_epoch: int) -> keras.Optimizer:
    """Returns Adam, whose rate is halved after each epoch, as the authors have it."""
    return adam(config, steps_per_epoch, keep=0.5, after=1)


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    windows = keras.Input(config.window)
    past = targets_apart(config, windows)
    last = past[..., -1:]
    return keras.Model(
        windows,
        together(config, last + weighted_sums(config)(past - last)),
    )

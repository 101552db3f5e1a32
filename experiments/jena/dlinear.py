"""DLinear: one weighted sum of a target's trend, and one of what remains (deck: "Going Further").

Zeng et al. 2022, "Are Transformers Effective for Time Series Forecasting?" (arXiv 2205.13504).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.jena import JenaConfig
from experiments.jena._channels import adam, targets_apart, together, weighted_sums

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(JenaConfig):
    """The trend's smoothness."""

    smoothing: PositiveInt
    """Samples that the trend's moving average spans."""


def optimizer(config: Config, steps_per_epoch: int) -> keras.Optimizer:
    """Returns Adam, whose rate is halved after each epoch, as the authors have it."""
    return adam(config, steps_per_epoch, keep=0.5, after=1)


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras
    from keras import ops

    windows = keras.Input(config.window)
    past = targets_apart(config, windows)
    before, after = config.smoothing // 2, (config.smoothing - 1) // 2
    ends = ops.repeat(past[..., :1], before, axis=2), ops.repeat(past[..., -1:], after, axis=2)
    padded = ops.concatenate([ends[0], past, ends[1]], axis=2)
    trend = keras.layers.AveragePooling1D(config.smoothing, strides=1, data_format="channels_first")(padded)
    answers = [weighted_sums(config)(part) for part in (trend, past - trend)]
    return keras.Model(windows, together(config, answers[0] + answers[1]))

"""Linear regression on all samples of a window, a baseline that the chapter leaves out (deck: "Create Baselines")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jsonargparse.typing import NonNegativeFloat

from experiments.jena import JenaConfig
from experiments.jena._regression import normal_equations

if TYPE_CHECKING:
    import keras

    from experiments.jena._problem import Weather


@dataclass(frozen=True)
class Config(JenaConfig):
    """The regression's penalty."""

    alpha: NonNegativeFloat
    """Weight of the sum of squared coefficients beside the sum of squared errors (Hoerl, Kennard 1970)."""


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    return keras.Sequential([keras.Input(config.window), keras.layers.Flatten(), keras.layers.Dense(config.outputs)])


def fit(config: Config, network: keras.Model, data: Weather) -> None:
    """Solves for the coefficients on all training windows at once; the intercept isn't penalised."""
    gram, moments = normal_equations(data.splits.training, lambda samples: samples.reshape(len(samples), -1))
    size = len(gram) - 1
    gram[np.arange(size), np.arange(size)] += config.alpha
    *coefficients, intercept = np.linalg.lstsq(gram, moments)[0]
    network.set_weights([np.array(coefficients), intercept])

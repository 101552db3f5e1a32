"""Linear regression on all samples of a window, the baseline that the chapter leaves out (deck: "Create Baselines")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jsonargparse.typing import NonNegativeFloat

from experiments.jena import JenaConfig

if TYPE_CHECKING:
    import keras

    from jena.windows import Windows

SOLVED_AT_ONCE = 4096  # windows whose products are summed in one go


@dataclass(frozen=True)
class Config(JenaConfig):
    """The regression's penalty."""

    alpha: NonNegativeFloat
    """Weight of the squared coefficients' sum beside that of the squared errors (Hoerl, Kennard 1970)."""


def build(config: Config) -> keras.Model:
    """Windows, shape (batch, timesteps, features), to forecasts, shape (batch, 1)."""
    import keras

    return keras.Sequential([keras.Input(config.window), keras.layers.Flatten(), keras.layers.Dense(1)])


def fit(config: Config, network: keras.Model, windows: Windows) -> None:
    """Solves for the coefficients on all windows at once; the intercept goes free of the penalty."""
    size = config.window[0] * config.window[1]
    squares, products = np.zeros((size + 1, size + 1)), np.zeros((size + 1, 1))
    for start in range(0, len(windows), SOLVED_AT_ONCE):
        rows = windows.rows[start : start + SOLVED_AT_ONCE]
        inputs = windows.samples(rows).reshape(len(rows), size).astype(float)
        inputs = np.concatenate([inputs, np.ones((len(rows), 1))], axis=1)
        squares += inputs.T @ inputs
        products += inputs.T @ windows.targets(rows)
    squares[np.arange(size), np.arange(size)] += config.alpha
    *coefficients, intercept = np.linalg.lstsq(squares, products)[0]
    network.set_weights([np.array(coefficients), intercept])

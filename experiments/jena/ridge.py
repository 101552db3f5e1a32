"""Linear regression on all samples of a window, the baseline that the chapter leaves out (deck: "Create Baselines")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jsonargparse.typing import NonNegativeFloat

from experiments.jena import JenaConfig

if TYPE_CHECKING:
    import keras

    from jena.windows import Windows

SUMMED_AT_ONCE = 4096  # windows whose products are summed in one go


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
    squares, products = sums(windows, lambda samples: samples.reshape(len(samples), -1))
    size = len(squares) - 1
    squares[np.arange(size), np.arange(size)] += config.alpha
    *coefficients, intercept = np.linalg.lstsq(squares, products)[0]
    network.set_weights([np.array(coefficients), intercept])


def sums(windows: Windows, inputs: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """What a regression on all windows needs to know of them.

    Args:
        windows: Those to learn from.
        inputs: Samples, shape (windows, timesteps, features), to what is regressed on, shape (windows, size).

    Returns:
        Of the inputs with a one after them, the sums of the products of any two, shape (size + 1, size + 1), and of
        those with the target, shape (size + 1, 1).
    """
    squares: Any = 0.0
    products: Any = 0.0
    for start in range(0, len(windows), SUMMED_AT_ONCE):
        rows = windows.rows[start : start + SUMMED_AT_ONCE]
        found = np.concatenate([inputs(windows.samples(rows)), np.ones((len(rows), 1))], axis=1, dtype=float)
        squares += found.T @ found
        products += found.T @ windows.targets(rows)
    return squares, products

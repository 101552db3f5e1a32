"""Ridge regression on products of weather and calendar, with small networks for its errors (deck: "Going Further").

Tomorrow's weather depends on combinations: wind and season, pressure and its fall. A ridge regression uses all products
of two among the last sample, its changes and the calendar. An ensemble of strongly regularised networks then learns its
remaining error. The settings were chosen on validation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jsonargparse.typing import NonNegativeFloat, PositiveInt

from experiments.jena import JenaConfig
from experiments.jena._regression import normal_equations
from foundation.user_error import UserError
from lab.setting_types import DropoutRate

if TYPE_CHECKING:
    import keras

    from experiments.jena._problem import Weather
    from tables.table import Table

CALENDAR = 4  # columns after those of the weather
CHANGES = (3, 12)  # samples back from the last one, to take its change since then
FINE = 12  # the last samples are taken one by one, earlier ones averaged in groups of this size


@dataclass(frozen=True)
class Config(JenaConfig):
    """The penalty of the regression, and the ensemble."""

    alpha: NonNegativeFloat
    """Weight of the sum of squared coefficients beside the sum of squared errors; regressors are normalised."""
    members: PositiveInt
    """Networks in the ensemble."""
    units: PositiveInt
    """Size of the hidden layer of each network."""
    noise: NonNegativeFloat
    """Standard deviation of the noise added to the inputs of each network in training."""
    dropout: DropoutRate
    """Fraction of hidden units dropped in training."""
    weight_decay: NonNegativeFloat
    """Weight decay of AdamW, multiplied by the learning rate (Loshchilov, Hutter 2019)."""

    @property
    def features(self) -> int:
        """The columns of the weather and of the calendar."""
        return len(self.columns) + CALENDAR


def inputs(config: Config, data: Table) -> np.ndarray:
    """Returns the weather with the wind as a vector, and the calendar: shape (rows, features).

    Raises:
        UserError: the wind is what is to be forecast.
    """
    from jena.derived import DIRECTION, SPEED, with_wind_and_calendar

    if {SPEED, DIRECTION} & set(config.target_columns):
        raise UserError(f"jena/best sees the wind as a vector and can't forecast {SPEED} or {DIRECTION}; another can")
    return with_wind_and_calendar(data)


def optimizer(config: Config, steps_per_epoch: int) -> keras.Optimizer:
    """Returns AdamW, with a learning rate that falls to zero along a cosine."""
    import keras

    rate = keras.optimizers.schedules.CosineDecay(float(config.learning_rate), max(1, steps_per_epoch * config.epochs))
    return keras.optimizers.AdamW(rate, weight_decay=config.weight_decay)


def build(config: Config) -> keras.Model:
    """Builds a network from windows to forecasts, shape (batch, outputs).

    With one output, the network returns those of all members in training, so that each has a loss of its own. With
    several outputs, the members share the loss of their mean.

    Raises:
        UserError: a window has too few samples.
    """
    import keras

    from layers.ensemble_mean import EnsembleMean

    if config.window[0] < 2 * FINE:
        raise UserError(
            f"{config.window[0]} samples are too few; give a --lookback of {2 * FINE * config.step} rows or more"
        )
    windows = keras.Input(config.window)
    inputs = keras.layers.BatchNormalization(
        center=False, scale=False, epsilon=1e-6, trainable=False, name="normalised"
    )(_regressors(windows))
    ridge = keras.layers.Dense(config.outputs, trainable=False, name="ridge")(inputs)
    members = []
    for _ in range(config.members):
        x = keras.layers.GaussianNoise(config.noise)(inputs)
        x = keras.layers.Dense(config.units, activation="gelu", kernel_initializer="glorot_normal")(x)
        x = keras.layers.Dropout(config.dropout)(x)
        members.append(ridge + keras.layers.Dense(config.outputs, kernel_initializer="zeros")(x))
    if config.outputs > 1:
        return keras.Model(windows, keras.ops.mean(keras.ops.stack(members), axis=0))
    return keras.Model(windows, EnsembleMean()(keras.ops.concatenate(members, axis=1)))


def _regressors(windows: Any) -> Any:
    """Returns what is regressed on: shape (batch, timesteps, features) to (batch, 1407) for 120 samples.

    These are the recent samples and the means of earlier ones, both less the last sample; the last sample, its changes
    and the calendar; and all products of two of the latter.
    """
    import keras

    weather, last = windows[..., :-CALENDAR], windows[:, -1]
    before = weather - weather[:, -1:]
    flat = keras.layers.Flatten()
    recent, earlier = flat(before[:, -FINE:-1]), flat(keras.layers.AveragePooling1D(FINE)(before[:, :-FINE]))
    factors = keras.ops.concatenate([last, *(-before[:, -1 - change] for change in CHANGES)], axis=1)
    one, other = np.triu_indices(factors.shape[1])
    products = keras.ops.take(factors, one, axis=1) * keras.ops.take(factors, other, axis=1)
    return keras.ops.concatenate([recent, earlier, factors, products], axis=1)


def fit(config: Config, network: keras.Model, data: Weather) -> None:
    """Measures the mean and variance of the regressors, and solves the ridge regression on all training windows."""
    import keras

    normalised = network.get_layer("normalised")
    regressors = keras.Model(network.input, normalised.input)
    gram, moments = normal_equations(
        data.splits.training, lambda samples: keras.ops.convert_to_numpy(regressors(samples))
    )
    count, mean, target = gram[-1, -1], gram[-1, :-1] / gram[-1, -1], moments[-1] / gram[-1, -1]
    covariances = gram[:-1, :-1] / count - np.outer(mean, mean)
    variance = np.diag(covariances)
    scale = np.sqrt(variance + normalised.epsilon)
    penalised = covariances / np.outer(scale, scale) + config.alpha / count * np.eye(len(mean))
    coefficients = np.linalg.solve(penalised, (moments[:-1] / count - np.outer(mean, target)) / scale[:, None])
    normalised.set_weights([mean, variance])
    repeats = max(1, len(config.quantile_levels))  # every quantile starts from the regression
    network.get_layer("ridge").set_weights([np.repeat(coefficients, repeats, axis=1), np.repeat(target, repeats)])

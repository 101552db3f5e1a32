"""Tomorrow is like today: the common-sense baseline (deck: "Create Baselines")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.jena import JenaConfig as Config

if TYPE_CHECKING:
    import keras


DAY = 86_400  # seconds


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to values that were seen, (batch, outputs).

    A value at `delay` is forecast by the last one seen, as in the deck. Each of the next rows is forecast by the value
    of the same time a day before, or as many days as it takes to have seen it; by the last one if no window goes back
    that far.
    """
    import keras

    windows = keras.Input(config.window)
    timesteps = config.window[0]
    day = max(1, round(DAY / config.every.total_seconds()))
    seen = [timesteps - 1]
    if config.horizon:
        rows = [config.lookback + ahead % day - day for ahead in range(config.horizon)]
        seen = [row // config.step if rows[0] >= 0 else timesteps - 1 for row in rows]
    values = keras.ops.take(keras.ops.take(windows, config.places, axis=2), seen, axis=1)
    return keras.Model(windows, keras.ops.reshape(values, (-1, config.outputs)))

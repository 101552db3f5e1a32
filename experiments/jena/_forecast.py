"""Forecasts of a trained network: those of the test period, kept in the run, and one for a file of the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.jena._config import JenaConfig
from experiments.jena._problem import Weather, inputs, read
from foundation.user_error import UserError

if TYPE_CHECKING:
    import keras

    from experiments.protocol import Experiment
    from lab.runs import Run

DAYS = 60  # of the test period whose forecasts are kept


def write(config: JenaConfig, model: keras.Model, run: Run, weather: Weather) -> None:
    """Writes `forecasts.csv`: time, truth and forecast in °C, hourly, for the first days of the test period."""
    import keras
    import pandas as pd

    from foundation.atomic import atomic
    from jena.schema import TEMPERATURE

    series, splits = weather.series, weather.splits
    hour = max(1, 60 // config.spacing)
    rows = splits.test.rows[: DAYS * 24 * hour : hour]
    normalised = keras.ops.convert_to_numpy(model(rows))[:, 0]  # `predict` would compile the model once more
    table = pd.DataFrame(
        {
            "time": series.table.index[rows + config.delay],
            "truth": series.values[rows + config.delay, TEMPERATURE],
            "forecast": np.round(splits.normaliser.celsius(normalised), 2),
        }
    )
    with atomic(run.folder / "forecasts.csv") as path:
        table.to_csv(path, index=False, lineterminator="\n")


def forecast(experiment: Experiment, config: JenaConfig, run: Run, csv: str) -> str:
    """Returns the temperature that a finished run forecasts for `delay` rows after a file's last, and its usual error.

    Raises:
        UserError: the file can't be read, or is shorter than a window.
    """
    from jena.normalise import Normaliser
    from lab.environment import load_backend

    metrics = run.metrics()
    normaliser = Normaliser(np.array(metrics["data"]["mean"]), np.array(metrics["data"]["std"]))
    series = read(config, csv)
    if len(series.table) <= config.lookback:
        raise UserError(f"{csv} has {len(series.table)} rows; this run needs {config.lookback + 1}: give a longer file")
    window = normaliser(inputs(experiment, config, series))[-1 - config.lookback : -1 : config.step]
    load_backend()
    network = experiment.network(config)
    run.load_weights(network)
    temperature = normaliser.celsius(network.predict(window[None], verbose=0)[0, 0])
    time = series.table.index[-1] + config.delay * series.spacing
    warning = " (trained on SIMULATED weather)" if metrics["data"]["simulated"] else ""
    return (
        f"{time:%d.%m.%Y %H:%M}  {temperature:.1f} °C{warning}\n"
        f"On its test period {run.name} is off by {metrics['test']['mae_celsius']:.2f} °C on average."
    )

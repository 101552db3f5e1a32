"""Forecasts of a trained network: those of the test period, kept in the run, and one for a file of the user's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.jena._config import JenaConfig
from experiments.jena._problem import Weather, inputs
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

    series, splits = weather.series, weather.splits
    hour = max(1, 60 // config.spacing)
    rows = splits.test.rows[: DAYS * 24 * hour : hour]
    normalised = keras.ops.convert_to_numpy(model(rows))[:, 0]  # `predict` would compile the model once more
    ahead, target = splits.test.ahead[0], config.places[0]
    table = pd.DataFrame(
        {
            "time": series.frame.index[rows + ahead],
            "truth": series.values[rows + ahead, target],
            "forecast": np.round(splits.normaliser.undo(normalised, target), 2),
        }
    )
    with atomic(run.folder / "forecasts.csv") as path:
        table.to_csv(path, index=False, lineterminator="\n")


def forecast(experiment: Experiment, config: JenaConfig, run: Run, csv: str) -> str:
    """Returns what a finished run forecasts for `delay` rows after a file's last, and all that bears on it.

    Raises:
        UserError: the file cannot be read, or its newest window is not whole or unlike the run's training data.
    """
    from jena.read import read_clean
    from jena.schema import TEMPERATURE
    from lab.environment import load_backend
    from lab.trained_runs import introduce
    from tables.last_window import last_window
    from tables.normalise import Normaliser

    metrics = run.metrics()
    data = metrics["data"]
    normaliser = Normaliser(np.array(data["mean"]), np.array(data["std"]))
    table = read_clean(csv, config.spacing)
    window = last_window(table, config.lookback, skip=1)
    features = inputs(experiment, config, table)[window.rows]
    refusals, warnings = _unlike(data, features, table.values[window.rows])
    if refusals:
        raise UserError(
            f"{table.source} is unlike the data of {run.folder}: {'; '.join(refusals)}: "
            f"check its units, or train on data like these"
        )
    load_backend()
    network = experiment.network(config)
    run.load_weights(network)
    normalised = network.predict(normaliser(features)[None, :: config.step], verbose=0)[0, 0]
    temperature = normaliser.undo(normalised, TEMPERATURE)
    time = table.times[-1] + config.delay * table.spacing
    seen = range(len(table.frame))[window.rows][:: config.step][-1]
    simulated = " (trained on SIMULATED weather)" if data["simulated"] else ""
    lines = [
        f"{time:%d.%m.%Y %H:%M}  {temperature:.1f} °C{simulated}",
        f"Persistence says {table.values[seen, TEMPERATURE]:.1f} °C, the last temperature that the model sees "
        f"({table.times[seen]:%d.%m.%Y %H:%M}); the file's newest row has {table.values[-1, TEMPERATURE]:.1f} °C.",
        introduce(run),
        f"On its test period {run.name} is off by {metrics['test']['mae_celsius']:.2f} °C on average.",
        *(f"Warning: {phrase}" for phrase in (*window.phrases(), *warnings)),
        *(f"{table.source}: {phrase}" for phrase in table.report.told()),
    ]
    return "\n".join(lines)


def _unlike(data: Mapping[str, Any], features: np.ndarray, values: np.ndarray) -> tuple[list[str], list[str]]:
    """Returns why a window cannot be what a run was trained on, and what is unusual about it.

    Args:
        data: The run's record of its data.
        features: What the network sees, before it is normalised: shape (rows, features).
        values: The measurements, shape (rows, columns).
    """
    from jena.schema import COLUMNS
    from tables.last_window import Familiar, too_far
    from tables.normalise import Normaliser

    known = data.get("familiar", data)
    mean, std = np.array(known["mean"]), np.array(known["std"])
    if known is data:  # a run from before this record: the columns that the network sees as they are
        same = [n for n in range(len(COLUMNS)) if np.array_equal(features[:, n], values[:, n])]
        return too_far([COLUMNS[n] for n in same], values[:, same], Normaliser(mean[same], std[same])), []
    familiar = Familiar.from_record(known, Normaliser(mean, std))
    return familiar.refusals(values), familiar.warnings(values)

"""From the weather to a forecasting problem: the series, its splits, and the model that cuts its own windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.jena._config import JenaConfig

if TYPE_CHECKING:
    import keras

    from experiments.protocol import Experiment
    from lab.training import Problem
    from tables.normalise import Normaliser
    from tables.splits import Splits
    from tables.table import Table
    from tables.windows import Windows

CHUNK = 1024  # windows at a time
ERRORS = {"mae": "mean absolute error", "mse": "mean squared error"}


YEAR = timedelta(days=360)
"""A year, or so nearly that every season is in it."""


@dataclass(frozen=True)
class Weather:
    """The series that the settings name, and its windows in three splits."""

    series: Table
    splits: Splits

    @property
    def fingerprint(self) -> str:
        """The digest of the series."""
        return self.series.fingerprint


def read(config: JenaConfig) -> Table:
    """Returns the series that the settings name."""
    return config.table()


def inputs(experiment: Experiment, config: JenaConfig, series: Table) -> np.ndarray:
    """Returns what the network sees of each row, before it is normalised: shape (rows, features)."""
    return experiment.inputs(config, series) if experiment.inputs else series.values


def cut(experiment: Experiment, config: JenaConfig, series: Table) -> Splits:
    """Returns the windows of the series in three splits."""
    from tables.splits import split

    return split(
        series,
        config.target_columns,
        train_end=config.train_end,
        validation_end=config.validation_end,
        test_end=config.test_end,
        lookback=config.lookback,
        step=config.step,
        delay=None if config.horizon else config.delay,
        horizon=config.horizon,
        values=inputs(experiment, config, series),
        batch_size=config.batch_size,
        seed=config.seed,
        reach_back=config.reach_back,
        across_breaks=config.as_it_stands and config.gaps == "keep",
    )


def answers(windows: Windows, rows: np.ndarray) -> np.ndarray:
    """Returns what a network should answer for the windows at `rows`: float32, shape (len(rows), outputs)."""
    return windows.answers(rows).reshape(len(rows), -1)


def forecaster(network: keras.Model, windows: Windows) -> keras.Model:
    """Adds a layer that cuts windows: from row numbers, shape (batch,), to forecasts, shape (batch, outputs)."""
    import keras

    from layers.cut_windows import CutWindows

    rows = keras.Input((), dtype="int32")
    return keras.Model(rows, network(CutWindows(windows.data, windows.offsets)(rows)))


def problem(config: JenaConfig, weather: Weather) -> Problem:
    """Returns the forecasting problem as `lab.training` takes it."""
    from lab.training import Baseline, Problem

    series, splits = weather.series, weather.splits
    figure, size = in_units(config, splits.normaliser)
    shows_unit = bool(size and config.unit and config.metric == "mae")

    def training(epoch: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for rows in splits.training.batches(epoch, config.steps_per_epoch):
            yield rows, answers(splits.training, rows)

    def whole(windows: Windows) -> tuple[np.ndarray, np.ndarray]:
        return windows.rows, answers(windows, windows.rows)

    return Problem(
        training=training,
        steps_per_epoch=config.steps_per_epoch or -(-len(splits.training) // config.batch_size),
        validation=whole(splits.validation),
        test=whole(splits.test),
        evaluation_batch=config.evaluation_batch,
        metric=config.metric,
        label=f"{ERRORS[config.metric]}{f' in {config.unit}' if shows_unit else ''}",
        factor=size if shows_unit else 1.0,
        baseline=Baseline("common sense", common_sense(config, splits.validation), common_sense(config, splits.test)),
        conditions=conditions(config, series),
        derive=lambda metrics: {**metrics, figure: metrics["mae"] * size} if size else metrics,
        record={
            "source": series.source,
            "public": config.csv is None,
            "simulated": series.simulated,
            "fingerprint": series.fingerprint,
            "rows": len(series.frame),
            "first": str(series.frame.index[0]),
            "last": str(series.frame.index[-1]),
            "faults": list(series.report.told()),
            **({"file": series.report.facts} if series.report.facts else {}),
            "windows": {
                "training": len(splits.training),
                "validation": len(splits.validation),
                "test": len(splits.test),
            },
            "mean": splits.normaliser.mean.tolist(),
            "std": splits.normaliser.std.tolist(),
            "familiar": familiar(config, weather),
            "conditions": conditions(config, series),
        },
    )


def in_units(config: JenaConfig, normaliser: Normaliser) -> tuple[str, float]:
    """Returns what the error in the unit of the target is called, and how large 1 is in it; 0 for several targets."""
    if len(config.places) > 1:
        return "", 0.0
    return "mae_celsius" if config.unit == "°C" else "mae_unit", float(normaliser.std[config.places[0]])


def common_sense(config: JenaConfig, windows: Windows) -> dict[str, float]:
    """Returns the normalised errors of forecasts that repeat what was seen, see `JenaConfig.repeated`."""
    places = windows.rows[:, None] + windows.offsets[config.repeated]
    absolute = squared = 0.0
    for some in np.array_split(np.arange(len(places)), -(-len(places) // CHUNK)):
        seen = windows.data[places[some]][..., config.places].reshape(len(some), -1)
        errors = seen - answers(windows, windows.rows[some])
        absolute += float(np.abs(errors).mean(dtype=float)) * len(some) / len(places)
        squared += float(np.square(errors).mean(dtype=float)) * len(some) / len(places)
    return {"mae": absolute, "mse": squared}


def familiar(config: JenaConfig, weather: Weather) -> dict[str, Any]:
    """Returns what the training rows have in common, so that a forecast recognises other units."""
    from tables.last_window import LEEWAY, Familiar
    from tables.normalise import Normaliser

    training = weather.series.values[: weather.splits.training.max_index]
    normaliser = Normaliser.fit(training)
    leeway = 1.0 if len(training) * config.every >= YEAR else LEEWAY
    record = Familiar.fit(config.columns, training, normaliser, config.lookback, leeway).record()
    return {"mean": normaliser.mean.tolist(), "std": normaliser.std.tolist(), **record}


def conditions(config: JenaConfig, series: Table) -> str:
    """Returns the data and the protocol in one line, for the titles of pictures and tables."""
    return f"{'SIMULATED weather' if series.simulated else series.source}: {config.protocol()}"

"""From the weather to a forecasting problem: the series, its splits, and the model that cuts its own windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.jena._config import JenaConfig

if TYPE_CHECKING:
    import keras

    from experiments.protocol import Experiment
    from jena.read import Series
    from jena.splits import Splits
    from jena.windows import Windows
    from lab.training import Problem

METRIC = "mae"


@dataclass(frozen=True)
class Weather:
    """The series that the settings name, and its windows in three splits."""

    series: Series
    splits: Splits

    @property
    def fingerprint(self) -> str:
        """The digest of the series."""
        return self.series.fingerprint


def read(config: JenaConfig) -> Series:
    """Returns the series that the settings name."""
    from jena.series import load

    return load(
        csv=config.csv,
        source=config.source,
        mirror=config.mirror,
        spacing=config.spacing,
        duplicates=config.duplicates,
        gaps=config.gaps,
        missing=config.missing,
    )


def inputs(experiment: Experiment, config: JenaConfig, series: Series) -> np.ndarray:
    """Returns what the network sees of each row, before it is normalised: shape (rows, features)."""
    return experiment.inputs(config, series) if experiment.inputs else series.values


def cut(experiment: Experiment, config: JenaConfig, series: Series) -> Splits:
    """Returns the windows of the series in three splits."""
    from jena.splits import split

    return split(
        series,
        inputs(experiment, config, series),
        train_end=config.train_end,
        validation_end=config.validation_end,
        lookback=config.lookback,
        step=config.step,
        delay=config.delay,
        batch_size=config.batch_size,
        seed=config.seed,
        gaps=config.gaps,
    )


def forecaster(network: keras.Model, windows: Windows) -> keras.Model:
    """Adds a layer that cuts windows: from row numbers, shape (batch,), to forecasts, shape (batch, 1)."""
    import keras

    from layers.cut_windows import CutWindows

    rows = keras.Input((), dtype="int32")
    return keras.Model(rows, network(CutWindows(windows.data, windows.offsets)(rows)))


def problem(config: JenaConfig, weather: Weather) -> Problem:
    """Returns the forecasting problem as `lab.training` takes it."""
    from lab.training import Problem

    series, splits = weather.series, weather.splits
    degrees = splits.normaliser.degrees

    def training(epoch: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for rows in splits.training.batches(epoch, config.steps_per_epoch):
            yield rows, splits.training.targets(rows)

    def whole(windows: Windows) -> tuple[np.ndarray, np.ndarray]:
        return windows.rows, windows.targets(windows.rows)

    return Problem(
        training=training,
        steps_per_epoch=config.steps_per_epoch or -(-len(splits.training) // config.batch_size),
        validation=whole(splits.validation),
        test=whole(splits.test),
        evaluation_batch=config.evaluation_batch,
        metric=METRIC,
        label=f"mean absolute error (1 = {degrees:.2f} °C)",
        conditions=conditions(config, series),
        derive=lambda metrics: {**metrics, "mae_celsius": metrics[METRIC] * degrees},
        record={
            "source": series.source,
            "public": config.csv is None,
            "simulated": series.simulated,
            "fingerprint": series.fingerprint,
            "rows": len(series.table),
            "first": str(series.table.index[0]),
            "last": str(series.table.index[-1]),
            "faults": list(series.faults),
            **({"file": series.report.facts} if series.report else {}),
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


def familiar(config: JenaConfig, weather: Weather) -> dict[str, Any]:
    """Returns what the training rows have in common, so that a forecast recognises other units."""
    from jena.schema import COLUMNS
    from tables.last_window import Familiar
    from tables.normalise import Normaliser

    training = weather.series.values[: weather.splits.training.max_index]
    normaliser = Normaliser.fit(training)
    record = Familiar.fit(COLUMNS, training, normaliser, config.lookback).record()
    return {"mean": normaliser.mean.tolist(), "std": normaliser.std.tolist(), **record}


def conditions(config: JenaConfig, series: Series) -> str:
    """Returns the data and the protocol in one line, for the titles of pictures and tables."""
    source = "SIMULATED weather" if series.simulated else series.source
    back, ahead = config.lookback * config.spacing / 1440, config.delay * config.spacing / 60
    return f"{source}: {back:g} days back, {ahead:g} h ahead, rows every {config.spacing} min"

"""Tomorrow's temperature from the last days' weather: what all Jena experiments share (deck: "Learning Parameters")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from jsonargparse.typing import PositiveFloat, PositiveInt

from experiments import catalogue
from foundation.user_error import UserError
from jena.schema import COLUMNS, Source
from lab.training_config import TrainingConfig

if TYPE_CHECKING:
    import keras

    from jena.read import Series
    from jena.splits import Splits
    from jena.windows import Windows
    from lab.runs import Run
    from lab.training import Problem

METRIC = "mae"
SHOWN_DAYS = 60  # of forecasts kept in a run, from the test period's start


@dataclass(frozen=True)
class JenaConfig(TrainingConfig):
    """The deck's protocol. Rows are the series' rows, `spacing` minutes apart."""

    steps_per_epoch: PositiveInt | None
    """Batches in an epoch; null: every training window once."""
    evaluation_batch: PositiveInt = field(metadata={"result": False})
    """Windows in a batch of validation or test; larger is faster."""
    spacing: PositiveInt
    """Minutes from row to row; a denser file is thinned to it."""
    lookback: PositiveInt
    """Rows that a window goes back."""
    step: PositiveInt
    """Rows from one sample of a window to the next."""
    delay: PositiveInt
    """Rows from a window's end to its target."""
    train_end: PositiveFloat
    """Where training ends: a row, or below 1 a fraction of the series."""
    validation_end: PositiveFloat
    """Where validation ends and the test begins: a row, or below 1 a fraction of the series."""
    duplicates: Literal["drop", "keep"]
    """Rows with a repeated time."""
    gaps: Literal["skip", "keep"]
    """Windows across a break in time."""
    missing: Literal["interpolate", "keep"]
    """Values of −9999, which stand for none."""
    csv: str | None = field(metadata={"result": False})
    """A file of Jena's columns to use instead, plain, .zip or .gz."""
    source: Source = field(metadata={"result": False})
    """real: the public series; simulated: a model of the station; auto: real if it can be had."""

    features: ClassVar[int] = len(COLUMNS)
    """Columns of `values`."""

    @property
    def window(self) -> tuple[int, int]:
        """A window's shape, (timesteps, features)."""
        return -(-self.lookback // self.step), self.features

    def values(self, series: Series) -> np.ndarray:
        """The weather as the network takes it, before it is normalised: shape (rows, features)."""
        return series.values

    def optimizer(self, steps: int) -> keras.Optimizer:
        """The deck's; `steps` are those of an epoch."""
        import keras

        return keras.optimizers.RMSprop(self.learning_rate)


@dataclass(frozen=True)
class GRUConfig(JenaConfig):
    """Of experiments that have a GRU."""

    units: PositiveInt
    """Size of the GRU's state."""
    reset_after: bool
    """Apply the reset gate after the recurrent product; false is the first edition's cell."""
    recurrent_activation: Literal["sigmoid", "keras2_hard_sigmoid"]
    """The gates' activation; keras2_hard_sigmoid is the first edition's."""

    @property
    def cell(self) -> dict[str, Any]:
        """The kind of cell, as GRU's keyword arguments."""
        from layers.keras2_hard_sigmoid import keras2_hard_sigmoid

        gates = keras2_hard_sigmoid if self.recurrent_activation == "keras2_hard_sigmoid" else "sigmoid"
        return {"reset_after": self.reset_after, "recurrent_activation": gates}


def run(experiment: ModuleType, name: str, config: JenaConfig, profiles: tuple[str, ...]) -> Run:
    """Trains the model that `experiment.build(config)` returns, or goes on with it, and writes the run."""
    from jena.series import summary
    from lab.runs import carry_out

    series = weather(config)
    splits = cut(config, series)

    def work(run: Run) -> dict[str, Any]:
        from lab.environment import jit_compile
        from lab.training import train

        network = catalogue.build(experiment, config)
        if hasattr(experiment, "fit"):  # solved, not trained step by step
            experiment.fit(config, network, splits.training)
        model = forecaster(network, splits.training)
        problem = pose(config, series, splits)
        model.compile(
            config.optimizer(problem.steps_per_epoch),
            loss=METRIC,
            metrics=[METRIC],
            jit_compile=jit_compile(config.jit_compile),
        )
        metrics = train(model, problem, run, config.epochs, network, tensorboard=config.tensorboard)
        forecasts(run, config, series, splits, model)
        if hasattr(experiment, "draw"):  # pictures of its own
            experiment.draw(config, network, run, series, splits)
        return metrics

    return carry_out(name, config, work, fingerprint=series.fingerprint, profiles=profiles, about=summary(series))


def result(metrics: dict[str, Any]) -> str:
    """What a finished run reached, in a line."""
    validation, test = metrics["validation"], metrics["test"]
    at = f" (epoch {metrics['best_epoch']})" if metrics["best_epoch"] else ""
    return (
        f"validation MAE {validation[METRIC]:.4f} = {validation['mae_celsius']:.3f} °C{at}, "
        f"test MAE {test[METRIC]:.4f} = {test['mae_celsius']:.3f} °C"
    )


def show_data(config: JenaConfig) -> None:
    """Prints what the series is, and draws it to `results/jena/data/`."""
    from jena import pictures
    from jena.series import summary
    from lab.runs import RESULTS

    series = weather(config)
    print(summary(series))
    print(series.table.describe().T[["mean", "std", "min", "max"]].round(2).to_string())
    for path in pictures.draw(series, RESULTS / "jena" / "data"):
        print(path)


def weather(config: JenaConfig, csv: str | None = None) -> Series:
    """The series that the settings name, or the one in `csv` up to its last row."""
    from jena.series import load

    return load(
        csv=csv or config.csv,
        source=config.source,
        mirror=config.mirror,
        spacing=config.spacing,
        duplicates=config.duplicates,
        gaps=config.gaps,
        missing=config.missing,
        to_last=csv is not None,
    )


def cut(config: JenaConfig, series: Series) -> Splits:
    """The series' windows in three splits, by the settings."""
    from jena.splits import split

    return split(
        series,
        config.values(series),
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
    """`network` behind the cutting of windows: row numbers, shape (batch,), to forecasts, shape (batch, 1)."""
    import keras

    from layers.cut_windows import CutWindows

    rows = keras.Input((), dtype="int32")
    return keras.Model(rows, network(CutWindows(windows.data, windows.offsets)(rows)))


def pose(config: JenaConfig, series: Series, splits: Splits) -> Problem:
    """The forecasting problem as `lab.training` takes it."""
    from lab.training import Problem

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
        derive=lambda found: {**found, "mae_celsius": found[METRIC] * degrees},
        record={
            "source": series.source,
            "simulated": series.simulated,
            "fingerprint": series.fingerprint,
            "rows": len(series.table),
            "first": str(series.table.index[0]),
            "last": str(series.table.index[-1]),
            "faults": list(series.faults),
            "windows": {
                "training": len(splits.training),
                "validation": len(splits.validation),
                "test": len(splits.test),
            },
            "mean": splits.normaliser.mean.tolist(),
            "std": splits.normaliser.std.tolist(),
            "conditions": conditions(config, series),
        },
    )


def conditions(config: JenaConfig, series: Series) -> str:
    """The data and the protocol in a line, for the titles of pictures and tables."""
    source = "SIMULATED weather" if series.simulated else series.source
    back, ahead = config.lookback * config.spacing / 1440, config.delay * config.spacing / 60
    return f"{source}: {back:g} days back, {ahead:g} h ahead, rows every {config.spacing} min"


def forecasts(run: Run, config: JenaConfig, series: Series, splits: Splits, model: keras.Model) -> None:
    """Writes `forecasts.csv`: time, truth and forecast in °C, hourly, for the first days of the test period."""
    import keras
    import pandas as pd

    from foundation.atomic import atomic
    from jena.schema import TEMPERATURE

    hour = max(1, 60 // config.spacing)
    rows = splits.test.rows[: SHOWN_DAYS * 24 * hour : hour]
    normalised = keras.ops.convert_to_numpy(model(rows))[:, 0]  # `predict` would be compiled for this alone
    table = pd.DataFrame(
        {
            "time": series.table.index[rows + config.delay],
            "truth": series.values[rows + config.delay, TEMPERATURE],
            "forecast": np.round(splits.normaliser.celsius(normalised), 2),
        }
    )
    with atomic(run.folder / "forecasts.csv") as path:
        table.to_csv(path, index=False, lineterminator="\n")


def forecast(experiment: ModuleType, config: JenaConfig, run: Run, csv: str) -> str:
    """What a finished run makes of a file: the temperature `delay` rows after its last, and how wrong the run has been.

    Raises:
        UserError: the file can't be read, or is shorter than a window.
    """
    from jena.normalise import Normaliser
    from lab.environment import load_backend

    record = run.metrics()
    normaliser = Normaliser(np.array(record["data"]["mean"]), np.array(record["data"]["std"]))
    series = weather(config, csv)
    if len(series.table) <= config.lookback:
        raise UserError(f"{csv} has {len(series.table)} rows; this run needs {config.lookback + 1}: give a longer file")
    window = normaliser(config.values(series))[-1 - config.lookback : -1 : config.step]
    load_backend()
    network = catalogue.build(experiment, config)
    run.load_weights(network)
    temperature = normaliser.celsius(network.predict(window[None], verbose=0)[0, 0])
    time = series.table.index[-1] + config.delay * series.spacing
    warning = " (trained on SIMULATED weather)" if record["data"]["simulated"] else ""
    return (
        f"{time:%d.%m.%Y %H:%M}  {temperature:.1f} °C{warning}\n"
        f"{run.name} has been wrong by {record['test']['mae_celsius']:.2f} °C on average on its test period."
    )

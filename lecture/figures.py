"""Each figure's numbers: weights and series from `recurrence/`, from the committed runs and from `exported/`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from foundation.user_error import UserError
from lecture.weights import plain
from recurrence.gru import GRU
from recurrence.lstm import LSTM
from recurrence.simple_rnn import SimpleRNN

FIGURES = {  # in the lecture's order
    "loop": "The loop",
    "gradients": "Vanishing gradients",
    "lstm": "LSTM, step by step",
    "generator": "The generator",
    "guess": "Guess tomorrow",
    "overfitting": "Overfitting",
    "convolution": "Convolutions",
}
EXPORTED = Path(__file__).parent / "exported"
TEMPERATURE, COLUMN = "T (degC)", 1
GUESSERS = ("common_sense", "ridge", "gru", "best")
UNITS, LONGEST, SEQUENCES = 16, 200, 4  # of the networks whose gradients are shown


def data(reference: Path) -> dict[str, Any]:
    """The numbers of all figures, by the figures' names."""
    makers: dict[str, Callable[[Path], Any]] = {
        "loop": loop,
        "gradients": gradients,
        "lstm": lstm,
        "generator": generator,
        "guess": guess,
        "overfitting": overfitting,
        "convolution": convolution,
    }
    return {name: makers[name](reference) for name in FIGURES}


def exported(name: str) -> dict[str, Any]:
    """One file of `exported/`."""
    return json.loads((EXPORTED / f"{name}.json").read_text(encoding="utf-8"))


def runs(reference: Path, name: str, profiles: Sequence[str] = ()) -> list[Path]:
    """The folders of the committed runs under these profiles, by seed.

    Raises:
        UserError: there is none.
    """
    folders = sorted((reference / name).glob("seed*"))
    found = [folder for folder in folders if record(folder)["profiles"] == list(profiles)]
    if not found:
        raise UserError(f"{reference} has no run of {name}; make reference makes it")
    return found


def record(folder: Path) -> dict[str, Any]:
    """A run's settings and what they were made of."""
    return yaml.safe_load((folder / "settings.yaml").read_text(encoding="utf-8"))


def metrics(folder: Path) -> dict[str, Any]:
    """A run's metrics."""
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


def loop(reference: Path) -> dict[str, Any]:
    """The network of `recurrence/unrolled`, whose weights follow from its seed, and the inputs that it read."""
    rng = np.random.default_rng(0)
    inputs = np.array(metrics(runs(reference, "recurrence/unrolled")[0])["inputs"])
    rnn = SimpleRNN.initialise(1, 2, rng)
    rnn.b[:] = rng.uniform(-0.5, 0.5, 2)
    return {"weights": plain(rnn), "inputs": np.round(inputs, 2).tolist()}


def gradients(reference: Path) -> dict[str, Any]:
    """Fresh weights of three networks, sequences with their first number marked, and what training made of them."""
    rng = np.random.default_rng(0)
    kinds: dict[str, Any] = {"simple_rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}
    weights = {name: plain(kind.initialise(2, UNITS, rng), digits=4) for name, kind in kinds.items()}
    marks = np.arange(LONGEST + 1) == 0
    sequences = [np.stack([rng.uniform(-1, 1, LONGEST + 1).round(2), marks], axis=-1) for _ in range(SEQUENCES)]
    head = rng.standard_normal(UNITS).round(3)
    trained = metrics(runs(reference, "recurrence/vanishing_gradient")[0])
    return {
        "weights": weights,
        "sequences": [sequence.tolist() for sequence in sequences],
        "head": head.tolist(),
        "error": trained["error"],
    }


def lstm(reference: Path) -> dict[str, Any]:
    """Three trained networks that keep a number, and a sequence for them to read."""
    numbers = [0.4, 0.8, -0.3, 0.5, -0.9, 0.2, 0.7, -0.6, 0.1, 0.9, -0.4, 0.3]
    stores, recalls = {1, 7}, {3, 5, 9, 11}
    inputs = [[number, int(t in stores), int(t in recalls)] for t, number in enumerate(numbers)]
    return {**exported("gates"), "inputs": inputs}


def generator(reference: Path) -> dict[str, Any]:
    """Two weeks of measured temperature."""
    weather = exported("weather")
    return {"start": weather["start"], "temperature": weather["columns"][TEMPERATURE][: 14 * 24]}


def guess(reference: Path) -> dict[str, Any]:
    """Four weeks of weather, and what four models forecast for each hour that has five days before it."""
    weather = exported("weather")
    columns, hours = weather["columns"], len(weather["columns"][TEMPERATURE])
    times = pd.date_range(weather["start"], periods=hours, freq="h")[weather["lookback"] + weather["delay"] :]
    return {
        "start": weather["start"],
        "lookback": weather["lookback"],
        "delay": weather["delay"],
        "temperature": columns[TEMPERATURE],
        "pressure": columns["p (mbar)"],
        "humidity": columns["rh (%)"],
        "forecasts": {name: forecasts(reference, f"jena/{name}", times) for name in GUESSERS},
    }


def forecasts(reference: Path, name: str, times: pd.DatetimeIndex) -> list[float]:
    """What a run under the hourly profile alone forecast for these times, in °C."""
    folder = runs(reference, name, ["hourly"])[0]
    table = pd.read_csv(folder / "forecasts.csv", index_col="time", parse_dates=True)
    return table["forecast"].reindex(times).tolist()


def overfitting(reference: Path) -> dict[str, Any]:
    """Learning curves, the mean of all seeds, and each seed's result on validation."""
    hourly = ["hourly"]
    weather = ("gru", "dropout_gru", "stacked_gru", "reversed_gru", "bidirectional_gru")
    reviews = ("lstm", "reversed_lstm", "bidirectional_lstm")
    (baseline,) = runs(reference, "jena/common_sense", hourly)
    return {
        "degrees": metrics(baseline)["data"]["std"][COLUMN],
        "common_sense": metrics(baseline)["validation"]["mae"],
        "curves": {name: curve(runs(reference, f"jena/{name}", hourly)) for name in weather[:3]},
        "validation": {
            "weather": {name: best(runs(reference, f"jena/{name}", hourly), "mae") for name in weather},
            "reviews": {name: best(runs(reference, f"imdb/{name}"), "accuracy") for name in reviews},
        },
    }


def curve(folders: Sequence[Path]) -> dict[str, list[float]]:
    """Error on training and on validation after each epoch, the mean of these runs."""
    histories = [pd.read_csv(folder / "history.csv") for folder in folders]
    names = {"training": "mae", "validation": "val_mae"}
    return {name: np.mean([table[column] for table in histories], axis=0).round(5).tolist() for name, column in names.items()}


def best(folders: Sequence[Path], figure: str) -> list[float]:
    """Each run's figure on validation at its best epoch."""
    return [round(metrics(folder)["validation"][figure], 5) for folder in folders]


def convolution(reference: Path) -> dict[str, Any]:
    """Three days of measured temperature."""
    return {"temperature": exported("weather")["columns"][TEMPERATURE][24 : 4 * 24]}

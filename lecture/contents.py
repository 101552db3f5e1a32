"""Each figure's numbers: weights and series from `recurrence/`, from the committed runs and from `exported/`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from itertools import pairwise
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
    "attention": "Attention",
    "results": "Results",
}
EXPORTED = Path(__file__).parent / "exported"
CONFIGS = Path(__file__).parents[1] / "configs"
TEMPERATURE, COLUMN = "T (degC)", 1
GUESSERS = ("common_sense", "ridge", "gru", "best")
MODELS = ("tcn", "lstm", "gru", "rnn")
MEASURES = {
    "accuracy": "accuracy (%)",
    "mse": "squared error",
    "nll": "negative log-likelihood",
    "perplexity": "perplexity",
    "bpc": "bits per character",
}
TASKS = {  # in the paper's order
    "sequential_mnist": "Sequential MNIST",
    "permuted_mnist": "Permuted MNIST",
    "adding": "Adding problem",
    "copy_memory": "Copy memory",
    "jsb_chorales": "JSB chorales",
    "nottingham": "Nottingham",
    "word_ptb": "PTB, words",
    "wikitext103": "Wikitext-103, words",
    "lambada": "LAMBADA, words",
    "char_ptb": "PTB, characters",
    "text8": "text8, characters",
}
REVIEWS = (
    (
        "a mixed review",
        "The camera work is excellent. The dialogue is terrible. Some scenes are brilliant and others are just dull. "
        "In the end I was glad that I had seen it.",
    ),
    (
        "a good film",
        "I went in without hopes. The first half hour is slow. Then the story takes hold of you, and the two leads are "
        "wonderful together. The music is beautiful. I laughed, I cried, and I will see it again.",
    ),
    (
        "a bad film",
        "What a waste of a good cast. The plot makes no sense, the jokes are awful, and the ending is the worst I have "
        "seen this year. My friend liked the costumes. I was bored.",
    ),
)
UNITS, LONGEST, SEQUENCES = 16, 200, 2  # of the networks whose gradients are shown


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
        "attention": attention,
        "results": results,
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


def duration(reference: Path, command: str) -> str:
    """Returns how long a command's trainings took, such as "about 6 minutes on one core"; "" if none is known."""
    words = [word for part in shlex.split(command) for word in part.removeprefix("ARGS=").split()]
    options = dict(pairwise(words))
    profiles = [options["--profile"]] if "--profile" in options else []
    seconds = 0.0
    for name in (word for word in words if "/" in word):
        folders = sorted((reference / name).glob("seed*"))
        alike = [folder for folder in folders if record(folder)["profiles"] == profiles]
        model = options.get("--model")
        alike = [folder for folder in alike if record(folder)["settings"].get("model") == model and on_cpu(folder)]
        times = [times["seconds"] for times in map(metrics, alike) if "seconds" in times]
        if not times:
            return ""
        seconds += min(times)
    minutes = round(seconds / 60)
    return "" if not minutes else f"about {minutes} minutes on one core" if minutes > 1 else "about a minute"


def record(folder: Path) -> dict[str, Any]:
    """A run's settings and what they were made of."""
    return yaml.safe_load((folder / "settings.yaml").read_text(encoding="utf-8"))


def on_cpu(folder: Path) -> bool:
    """Whether a run was made without a GPU."""
    return json.loads((folder / "environment.json").read_text(encoding="utf-8"))["device"] == "cpu"


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
    return {
        name: np.mean([table[column] for table in histories], axis=0).round(5).tolist()
        for name, column in names.items()
    }


def best(folders: Sequence[Path], figure: str) -> list[float]:
    """Each run's figure on validation at its best epoch."""
    return [round(metrics(folder)["validation"][figure], 5) for folder in folders]


def convolution(reference: Path) -> dict[str, Any]:
    """Three days of measured temperature."""
    return {"temperature": exported("weather")["columns"][TEMPERATURE][24 : 4 * 24]}


def attention(reference: Path) -> dict[str, Any]:
    """Two networks with hierarchical attention, reviews that we wrote for them, and four weeks of weather."""

    def mean(name: str, figure: str, profiles: Sequence[str] = ()) -> float:
        return float(np.mean([metrics(folder)["test"][figure] for folder in runs(reference, name, profiles)]))

    return {
        "reviews": {**exported("reviews"), "examples": REVIEWS},
        "weather": exported("weather"),
        "runs": {
            "reviews": mean("imdb/hierarchical_attention", "accuracy"),
            "bidirectional": mean("imdb/bidirectional_lstm", "accuracy"),
            "weather": mean("jena/hierarchical_attention", "mae_celsius", ["hourly"]),
            "common_sense": mean("jena/common_sense", "mae_celsius", ["hourly"]),
        },
    }


def results(reference: Path) -> dict[str, Any]:
    """The paper's table and ours, task by task."""
    rows = pd.read_csv(reference / "sequences/comparison/table.csv")
    tasks = []
    for name, title in TASKS.items():
        published = yaml.safe_load((CONFIGS / f"sequences/{name}.yaml").read_text(encoding="utf-8"))["published"]
        ours = rows[rows["task"] == f"sequences/{name}"]
        measured = {row["model"]: float(str(row["ours"]).split(" ")[0]) for _, row in ours.iterrows()}
        measure, metric = MEASURES[published["metric"]], published["metric"]
        percent = 100 if metric == "accuracy" else 1
        tasks.append(
            {
                "title": title,
                "measure": measure,
                "higher": metric == "accuracy",
                "paper": {model: scaled(published[model], percent) for model in MODELS},
                "ours": {model: scaled(measured.get(model), percent) for model in MODELS},
                "note": training(ours),
            }
        )
    return {"tasks": tasks}


def scaled(value: float | None, factor: int) -> float | None:
    """A figure in the table's unit."""
    return None if value is None else float(f"{value * factor:.4g}")


def training(rows: pd.DataFrame) -> str:
    """How far our runs of a task were trained, in words."""
    if rows.empty:
        return "We have no runs of this task yet."
    full = [row["model"].upper() for _, row in rows.iterrows() if row["training"].startswith("full")]
    if full:
        return f"Ours: {', '.join(full)}, trained to the end."
    return f"Ours: stopped early, {rows['training'].iloc[0].removeprefix('budgeted: ')}."

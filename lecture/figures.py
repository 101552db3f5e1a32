"""Each figure's numbers: weights and series from `recurrence/`, from the committed runs and from `exported/`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from foundation.user_error import UserError
from lecture.weights import plain
from recurrence.gru import GRU
from recurrence.lstm import LSTM
from recurrence.simple_rnn import SimpleRNN

FIGURES = {  # in the lecture's order
    "loop": "The loop",
    "gradients": "Vanishing gradients",
    "lstm": "LSTM, step by step",
}
EXPORTED = Path(__file__).parent / "exported"
UNITS, LONGEST, SEQUENCES = 16, 200, 4  # of the networks whose gradients are shown


def data(reference: Path) -> dict[str, Any]:
    """The numbers of all figures, by the figures' names."""
    makers: dict[str, Callable[[Path], Any]] = {
        "loop": loop,
        "gradients": gradients,
        "lstm": lstm,
    }
    return {name: makers[name](reference) for name in FIGURES}


def exported(name: str) -> dict[str, Any]:
    """One file of `exported/`."""
    return json.loads((EXPORTED / f"{name}.json").read_text(encoding="utf-8"))


def run(reference: Path, name: str, seed: int = 0) -> Path:
    """The folder of a committed run.

    Raises:
        UserError: there is none.
    """
    for folder in sorted((reference / name).glob(f"seed{seed}-*")):
        return folder
    raise UserError(f"{reference} has no run of {name}; make reference makes it")


def metrics(folder: Path) -> dict[str, Any]:
    """A run's metrics."""
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


def loop(reference: Path) -> dict[str, Any]:
    """The network of `recurrence/unrolled`, whose weights follow from its seed, and the inputs that it read."""
    rng = np.random.default_rng(0)
    inputs = np.array(metrics(run(reference, "recurrence/unrolled"))["inputs"])
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
    trained = metrics(run(reference, "recurrence/vanishing_gradient"))
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

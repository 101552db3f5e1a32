"""This project's experiments, as benchmarks use them. No other benchmark imports from `experiments/` or `lab/`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np

from benchmarks.peers import deck
from experiments import catalogue, loading
from foundation.user_error import UserError
from jena.schema import TEMPERATURE
from lab import environment
from lab.settings import defaults
from tables.windows import Windows

if TYPE_CHECKING:
    import keras

    from lab.training import Problem


def start_backend(threads: int | None = None) -> str:
    """Imports Keras with so many threads, or with this process's share of the cores; returns the device's name."""
    environment.prepare(threads)
    environment.load_backend()
    return environment.device()


def machine() -> str:
    """Returns the processor and the cores that a benchmark may use."""
    return f"{environment.processor()}, {environment.share()} cores"


def cores() -> int:
    """Returns how many cores this process may use."""
    return environment.share()


def in_the_deck_form(group: str) -> list[str]:
    """Returns the experiments of a group that are trained as the deck trains them, on its windows."""
    trained = [loading.experiment(name) for name in catalogue.names(group) if defaults(name)["epochs"]]
    return [one.name for one in trained if not one.inputs and not one.optimizer]


def settings(name: str, flags: Sequence[str] = ()) -> Any:
    """Returns the settings of an experiment, as `python -m experiments run NAME` with these flags has them."""
    return loading.config(name, flags=flags)


def data(name: str, config: Any) -> Any:
    """Returns the data of an experiment, as its group reads them."""
    return loading.group(name).load(loading.experiment(name), config)


def training(name: str, config: Any, data: Any) -> tuple[keras.Model, Problem]:
    """Returns the compiled model that `python -m experiments run NAME` trains, and the data as batches."""
    experiment, group = loading.experiment(name), loading.group(name)
    network = experiment.network(config)
    model, problem = group.model(network, data), group.problem(experiment, config, data)
    group.compile(experiment, config, model, problem, data)
    return model, problem


def with_keras_gru(name: str, config: Any) -> keras.Model:
    """Returns the network of an experiment with the GRU of Keras in place of ours."""
    import keras

    with mock.patch("layers.gru.GRU", keras.layers.GRU):
        return loading.experiment(name).network(config)


def random_windows() -> Windows:
    """Returns the deck's training windows on random rows, as many as the public series has."""
    data = np.random.default_rng(0).normal(size=(deck.ROWS, deck.FEATURES)).astype(np.float32)
    return Windows(
        data,
        deck.LOOKBACK,
        deck.DELAY,
        max_index=deck.TRAIN_END,
        shuffle=True,
        batch_size=deck.BATCH,
        step=deck.STEP,
        targets=(TEMPERATURE,),
    )


def stream(batches: Iterable[Any]) -> Any:
    """Returns training batches as a run gives them to `fit`."""
    from lab import feeding

    return feeding.stream(batches)


def whole(examples: Any, batch_size: int) -> Any:
    """Returns validation examples as a run gives them to `fit`."""
    from lab import feeding

    return feeding.whole(examples, batch_size)["x"]


def command(words: Sequence[str]) -> None:
    """Runs `python -m experiments` with these words in this process.

    Raises:
        UserError: the command failed.
    """
    from experiments.__main__ import main

    if main(words):
        raise UserError(f"python -m experiments {' '.join(words)} failed")

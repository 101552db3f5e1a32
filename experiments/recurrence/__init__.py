"""Pictures of recurrence at work, with real numbers: its loop, its gates, its gradient (deck: "Unroll RNN")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from jsonargparse.typing import NonNegativeInt, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    import keras

    from lab.runs import Run

JUDGED = 512  # sequences each to validate and to test on


@dataclass(frozen=True)
class RecurrenceConfig:
    """What every experiment of the group has."""

    seed: NonNegativeInt
    """Seed of weights and sequences: the same seed gives the same run."""
    threads: PositiveInt | None = field(metadata={"result": False})
    """Cores to use; by default all, or a share of them under make -j."""


@dataclass(frozen=True)
class TrainedConfig(RecurrenceConfig):
    """Of experiments that train: how long and how."""

    epochs: PositiveInt
    """Epochs to train."""
    steps_per_epoch: PositiveInt
    """Batches in an epoch, each of new sequences."""
    batch_size: PositiveInt
    """Sequences in a training batch."""
    learning_rate: PositiveFloat
    """Adam's learning rate."""
    clip_norm: PositiveFloat
    """The largest norm of a gradient; a larger one is scaled down to it."""
    jit_compile: bool
    """Compile with XLA, on TensorFlow and a CPU; the YAML has what was faster there."""


def run(experiment: ModuleType, name: str, config: RecurrenceConfig, profiles: tuple[str, ...]) -> Run:
    """Lets `experiment.perform(config, run)` do its work and draw its pictures, and writes the run."""
    from lab import environment
    from lab.runs import carry_out

    def work(run: Run) -> dict[str, Any]:
        run.write_json("environment.json", environment.describe())
        return {"name": name, **experiment.perform(config, run)}

    return carry_out(name, config, work, fingerprint=name, profiles=profiles)  # its data are drawn by the experiment


def result(metrics: dict[str, Any]) -> str:
    """What the pictures show, in a line or two."""
    return str(metrics["summary"])


def learn(
    network: keras.Model,
    examples: Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]],
    config: TrainedConfig,
    run: Run,
    label: str,
) -> dict[str, Any]:
    """Trains a network, or goes on training it, and leaves it with its best epoch's weights.

    Args:
        network: Sequences to answers.
        examples: A generator and a number to so many sequences and their answers.
        config: How long and how.
        run: Where it is written.
        label: The mean absolute error in words, for the loss curve.

    Returns:
        The errors and what else is known of the training, as `lab.training.train` gives it.
    """
    import keras

    from lab import environment
    from lab.training import Problem, train

    def training(epoch: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        rng = np.random.default_rng([config.seed, 0, epoch])
        for _ in range(config.steps_per_epoch):
            yield examples(rng, config.batch_size)

    network.compile(
        keras.optimizers.Adam(config.learning_rate, clipnorm=config.clip_norm),
        loss="mse",
        metrics=["mae"],
        jit_compile=environment.jit_compile(config.jit_compile),
    )
    problem = Problem(
        training=training,
        steps_per_epoch=config.steps_per_epoch,
        validation=examples(np.random.default_rng([config.seed, 1]), JUDGED),
        test=examples(np.random.default_rng([config.seed, 2]), JUDGED),
        evaluation_batch=JUDGED,
        metric="mae",
        label=label,
        record={},
    )
    metrics = train(network, problem, run, config.epochs, network)
    # errors of different tasks are not to be compared, so none is named the run's figure
    return {key: metrics[key] for key in ("validation", "test", "best_epoch", "epochs", "parameters", "seconds")}

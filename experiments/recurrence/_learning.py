"""Trains the small networks whose inside the group's pictures show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.recurrence._config import LearningConfig

if TYPE_CHECKING:
    import keras

    from lab.runs import Run

EVALUATED = 512  # sequences in validation, and as many in test


def learn(
    network: keras.Model,
    examples: Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]],
    config: LearningConfig,
    run: Run,
    label: str,
) -> dict[str, Any]:
    """Trains a network, resuming if it can, and leaves it with the weights of its best epoch.

    Args:
        network: Maps sequences to outputs.
        examples: Draws a number of sequences and their targets, given a random generator and the number.
        config: How long and how to train.
        run: The folder to write to.
        label: The mean absolute error in words, for the loss curve.

    Returns:
        The errors and what else `lab.training.train` returns.
    """
    import keras

    from lab import environment
    from lab.training import Problem, train

    def training(epoch: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        rng = np.random.default_rng([config.seed, 0, epoch])
        for _ in range(config.steps_per_epoch):
            yield examples(rng, config.batch_size)

    network.compile(
        keras.optimizers.Adam(float(config.learning_rate), clipnorm=float(config.clip_norm)),
        loss="mse",
        metrics=["mae"],
        jit_compile=environment.jit_compile(config.jit_compile),
    )
    problem = Problem(
        training=training,
        steps_per_epoch=config.steps_per_epoch,
        validation=examples(np.random.default_rng([config.seed, 1]), EVALUATED),
        test=examples(np.random.default_rng([config.seed, 2]), EVALUATED),
        evaluation_batch=EVALUATED,
        metric="mae",
        label=label,
        record={},
    )
    metrics = train(network, problem, run, config.epochs, network)
    # without "metric": the errors of different tasks can't be compared
    return {key: metrics[key] for key in ("validation", "test", "best_epoch", "epochs", "parameters", "seconds")}

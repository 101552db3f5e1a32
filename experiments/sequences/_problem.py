"""From one of the paper's tasks to a training problem: schedule, optimizer, batches and metric."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import entr

from experiments.sequences._config import SequencesConfig
from sequences.task import UNSCORED

if TYPE_CHECKING:
    import keras

    from lab.training import Problem
    from sequences.task import Batch, Task

DECAY = 0.1
LABELS = {
    "mse": "mean squared error",
    "cross_entropy": "cross entropy (nats)",
    "frame_nll": "negative log-likelihood of a frame (nats)",
}


def schedule(config: SequencesConfig, task: Task) -> tuple[int, int]:
    """Returns the batches in an epoch and the number of epochs, within the budget."""
    steps = config.steps_per_epoch or task.steps_per_epoch
    if config.budget_steps is None:
        return steps, config.epochs
    steps = min(steps, config.budget_steps)
    return steps, min(config.epochs, math.ceil(config.budget_steps / steps))


def steps_in_full(name: str, config: SequencesConfig, task: Task, profiles: Sequence[str] = ()) -> int:
    """Returns the number of batches of the whole training, as the YAML file has it, or a profile with other tasks."""
    from lab.settings import defaults, protocols

    usual = defaults(name, protocols(profiles), config.model)
    return int(usual["epochs"] * (usual["steps_per_epoch"] or task.steps_per_epoch))


def optimizer(config: SequencesConfig, steps: int) -> keras.Optimizer:
    """Returns the optimizer that the settings name."""
    import keras

    rate: Any = float(config.learning_rate)  # a YAML file may hold a whole number, which Keras refuses
    if config.decay_every is not None:
        rate = keras.optimizers.schedules.ExponentialDecay(rate, config.decay_every * steps, DECAY, staircase=True)
    kinds = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop, "sgd": keras.optimizers.SGD}
    return kinds[config.optimizer](rate, global_clipnorm=config.clip_norm)


def problem(config: SequencesConfig, task: Task, steps: int) -> Problem:
    """Returns the task as `lab.training` takes it. Epochs of `steps` batches follow each other through the examples."""
    from experiments.sequences import _scores
    from lab.training import Baseline, Problem

    def training(epoch: int) -> Iterator[Batch]:
        first, skipped = divmod(epoch * steps, task.steps_per_epoch)
        batches = (batch for number in itertools.count(first) for batch in task.training(number))
        return itertools.islice(batches, skipped, skipped + steps)

    lengths_vary = len(task.validation) > 1
    metric, parts = _scores.metric(task).name, (task.validation, task.test)
    figure = task.metric if task.metric in ("perplexity", "bpc") else metric
    return Problem(
        training=training,
        steps_per_epoch=steps,
        validation=list(task.validation) if lengths_vary else task.validation[0],
        test=list(task.test) if lengths_vary else task.test[0],
        evaluation_batch=config.evaluation_batch,
        metric=metric,
        label=LABELS[task.loss] if metric != "accuracy" else "accuracy",
        conditions=f"{task.name}, {config.model}",
        baseline=Baseline(
            "always the same answer" if task.baseline is None else "a model without memory",
            *({metric: constant(task, part) if task.baseline is None else task.baseline} for part in parts),
        ),
        derive=lambda metrics: {**metrics, figure: task.score(metrics[metric])} if figure != metric else metrics,
        record={**task.record, "simulated": False, "conditions": task.name},
    )


def constant(task: Task, part: Sequence[Batch]) -> float:
    """Returns the metric of the best answer that is the same for every position: the mean, or the targets' shares.

    Args:
        task: The task.
        part: Its validation or its test.
    """
    targets = np.concatenate([y.reshape(-1, y.shape[-1]) if task.loss == "frame_nll" else y.ravel() for _, y in part])
    if task.loss == "mse":
        return float(targets.var())
    if task.loss == "frame_nll":
        on = targets[targets[:, 0] != UNSCORED].mean(axis=0, dtype=float)
        return float(entr(on).sum() + entr(1 - on).sum())
    shares = np.bincount(targets[targets != UNSCORED]) / (targets != UNSCORED).sum()
    return float(shares.max() if task.metric == "accuracy" else entr(shares).sum())

"""Losses and metrics that count what a task scores, and nothing else."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from sequences.task import UNSCORED, Task

Tensor = Any


def scores(kind: str, targets: Tensor, answers: Tensor) -> tuple[Tensor, Tensor]:
    """Returns each position's loss, and 1 where it counts and 0 where it is padding, both (batch, positions...).

    Args:
        kind: A task's `loss`.
        targets: As `sequences.task.Task` describes them.
        answers: What a model gives: numbers for mse, else logits.
    """
    if kind == "mse":
        losses = ops.sum(ops.square(answers - targets), axis=-1)
        return losses, ops.ones_like(losses)
    if kind == "cross_entropy":
        scored = ops.not_equal(targets, UNSCORED)
        known = ops.where(scored, targets, 0)
        return ops.sparse_categorical_crossentropy(known, answers, from_logits=True), ops.cast(scored, answers.dtype)
    scored = ops.not_equal(targets[..., 0], UNSCORED)
    keys = ops.binary_crossentropy(targets, answers, from_logits=True)
    return ops.sum(keys, axis=-1), ops.cast(scored, answers.dtype)


class Loss(keras.losses.Loss):
    """The mean over a batch's scored positions."""

    def __init__(self, kind: str) -> None:
        super().__init__(name="loss", reduction=None)
        self.kind = kind

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Returns a scalar, see `scores`."""
        losses, scored = scores(self.kind, y_true, y_pred)
        return ops.sum(ops.where(scored > 0, losses, 0)) / ops.maximum(ops.sum(scored), 1)


class Score(keras.metrics.Mean):
    """The mean over all scored positions of a part, however its batches are cut."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(name=name)
        self.kind = kind

    def update_state(self, y_true: Tensor, y_pred: Tensor, sample_weight: None = None) -> None:
        """Counts a batch in, see `scores`."""
        losses, scored = scores(self.kind, y_true, y_pred)
        super().update_state(ops.where(scored > 0, losses, 0), sample_weight=scored)


def metric(task: Task) -> keras.metrics.Metric:
    """Returns what a task's model is judged by."""
    if task.metric == "accuracy":
        return keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    return Score(task.loss, {"mse": "mse"}.get(task.loss, "nll"))

"""The adding problem: the sum of the two marked numbers in a long sequence of them (arXiv 1803.01271, section 4.1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from foundation.user_error import UserError
from sequences.task import PARTS, Array, Batch, Part, Task, fingerprint, generator, shuffled

BASELINE = 1 / 6  # always predicting 1: twice the variance of a number drawn evenly from 0 to 1


def load(
    *,
    length: int = 600,
    training: int = 50_000,
    validation: int = 1_000,
    test: int = 1_000,
    batch_size: int = 32,
    seed: int = 0,
) -> Task:
    """Draws the task.

    x is float32, shape (batch, length, 2): a number from 0 to 1, and whether it is one of the two marked ones, which
    lie anywhere, never in one place; y is their sum, float32, shape (batch, 1). The paper has no validation part.

    Args:
        length: The paper's T.
        training: Examples to train on.
        validation: Examples to choose the best epoch by.
        test: Examples to judge on.
        batch_size: Examples in a batch.
        seed: Of the numbers, the marks, and the order within an epoch.

    Raises:
        UserError: a sequence has no place for two marks.
    """
    if length < 2:
        raise UserError(
            f"a sequence of length {length} has no place for two marked numbers: give a length of 2 or more"
        )
    counts: dict[Part, int] = dict(zip(PARTS, (training, validation, test), strict=True))
    drawn = {part: _draw(count, length, generator(seed, i)) for i, (part, count) in enumerate(counts.items(), 1)}

    def batches(epoch: int) -> Iterator[Batch]:
        numbers, marks = drawn["training"]
        for rows in shuffled(training, batch_size, seed, epoch):
            yield _examples(numbers[rows], marks[rows])

    return Task(
        name="adding",
        training=batches,
        steps_per_epoch=-(-training // batch_size),
        validation=(_examples(*drawn["validation"]),),
        test=(_examples(*drawn["test"]),),
        inputs=2,
        outputs=1,
        loss="mse",
        metric="loss",
        counts={"examples": counts},
        fingerprint=fingerprint(*(array for pair in drawn.values() for array in pair)),
        baseline=BASELINE,
        extra={"seed": seed, "length": length},
    )


def _draw(count: int, length: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Numbers, float32, shape (count, length), and the places of the two marked ones, int64, shape (count, 2)."""
    numbers = rng.random((count, length), np.float32)
    first, second = rng.integers(length, size=count), rng.integers(length - 1, size=count)
    return numbers, np.stack([first, second + (second >= first)], axis=1)


def _examples(numbers: Array, marks: Array) -> Batch:
    rows = np.arange(len(numbers))[:, None]
    x = np.zeros((*numbers.shape, 2), np.float32)
    x[..., 0] = numbers
    x[rows, marks, 1] = 1
    return x, numbers[rows, marks].sum(axis=1, keepdims=True)

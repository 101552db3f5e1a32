"""The adding problem: the sum of the two marked numbers in a long sequence (arXiv 1803.01271, section 4.1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from foundation.user_error import UserError
from sequences.task import PARTS, Array, Batch, Part, Task, fingerprint, generator, shuffled

BASELINE = 1 / 6  # the loss of always predicting 1: twice the variance of a uniform number between 0 and 1


def load(
    *,
    length: int = 600,
    training: int = 50_000,
    validation: int = 1_000,
    test: int = 1_000,
    batch_size: int = 32,
    seed: int = 0,
) -> Task:
    """Returns the task, drawn from a seed.

    x is float32, shape (batch, length, 2): at each timestep a number between 0 and 1, and 1 or 0 for marked or not. Two
    different timesteps, anywhere in the sequence, are marked. y is the sum of their numbers, float32, shape (batch, 1).
    The paper has no validation part.

    Args:
        length: The number of timesteps, the paper's T.
        training: The number of training examples.
        validation: The number of examples that the best epoch is chosen by.
        test: The number of test examples.
        batch_size: The number of examples in a batch.
        seed: The seed of the numbers, the marks, and the order in each epoch.

    Raises:
        UserError: the sequence is too short for two marks.
    """
    if length < 2:
        raise UserError(f"a sequence of length {length} is too short for two marked numbers: give --length 2 or more")
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
    """Returns numbers, float32, shape (count, length), and the two marked timesteps, int64, shape (count, 2)."""
    numbers = rng.random((count, length), np.float32)
    first, second = rng.integers(length, size=count), rng.integers(length - 1, size=count)
    return numbers, np.stack([first, second + (second >= first)], axis=1)


def _examples(numbers: Array, marks: Array) -> Batch:
    rows = np.arange(len(numbers))[:, None]
    x = np.zeros((*numbers.shape, 2), np.float32)
    x[..., 0] = numbers
    x[rows, marks, 1] = 1
    return x, numbers[rows, marks].sum(axis=1, keepdims=True)

"""Copy memory: ten symbols, a long pause, then the symbols again (arXiv 1803.01271, section 4.1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sequences.task import PARTS, Array, Batch, Part, Task, fingerprint, generator, shuffled

SYMBOLS = 8  # different symbols to remember, with the codes 1 to 8
BLANK, DELIMITER = 0, 9
CODES = 10  # different codes in a sequence: the symbols, the blank and the delimiter
RECALLED = 10  # symbols of a sequence


def load(
    *,
    length: int = 1_000,
    training: int = 10_000,
    validation: int = 1_000,
    test: int = 1_000,
    batch_size: int = 32,
    seed: int = 0,
) -> Task:
    """Returns the task, drawn from a seed.

    x is float32, shape (batch, length + 20, 1): ten symbols from 1 to 8, then `length` - 1 zeros, then eleven nines, of
    which the first is the signal to begin. y is int32, shape (batch, length + 20): zeros, and the symbols at the last
    ten positions. The loss is the mean over all length + 20 positions. The paper has no validation part.

    Args:
        length: The length of the pause, the paper's T, at least 1.
        training: The number of training examples.
        validation: The number of examples that the best epoch is chosen by.
        test: The number of test examples.
        batch_size: The number of examples in a batch.
        seed: The seed of the symbols and of the order in each epoch.
    """
    counts: dict[Part, int] = dict(zip(PARTS, (training, validation, test), strict=True))
    drawn = {
        part: generator(seed, i).integers(1, SYMBOLS + 1, (count, RECALLED), np.uint8)
        for i, (part, count) in enumerate(counts.items(), 1)
    }

    def batches(epoch: int) -> Iterator[Batch]:
        for rows in shuffled(training, batch_size, seed, epoch):
            yield _examples(drawn["training"][rows], length)

    return Task(
        name="copy_memory",
        training=batches,
        steps_per_epoch=-(-training // batch_size),
        validation=(_examples(drawn["validation"], length),),
        test=(_examples(drawn["test"], length),),
        inputs=1,
        outputs=CODES,
        loss="cross_entropy",
        metric="loss",
        counts={"examples": counts},
        fingerprint=fingerprint(np.array(length), *drawn.values()),
        baseline=memoryless(length),
        extra={"seed": seed, "length": length},
    )


def memoryless(length: int) -> float:
    """Returns the loss in nats of a model that knows all but the symbols: 10 ln 8 / (length + 20)."""
    return float(RECALLED * np.log(SYMBOLS) / (length + 2 * RECALLED))


def _examples(symbols: Array, length: int) -> Batch:
    positions = (len(symbols), length + 2 * RECALLED)
    x, y = np.full((*positions, 1), BLANK, np.float32), np.full(positions, BLANK, np.int32)
    x[:, :RECALLED, 0] = y[:, -RECALLED:] = symbols
    x[:, -RECALLED - 1 :] = DELIMITER
    return x, y

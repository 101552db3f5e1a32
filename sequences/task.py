"""A task as data: batches to train on, parts to evaluate on, and a description of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Array = np.ndarray
Batch = tuple[Array, Array]
Part = Literal["training", "validation", "test"]

PARTS: tuple[Part, ...] = ("training", "validation", "test")
UNSCORED = -1  # the target of a position that losses and metrics leave out


@dataclass(frozen=True)
class Task:
    """The data, loss and metric of a task.

    A batch is a pair of inputs x and targets y. If `ids` is true, x holds symbols below `inputs`: int32, shape
    (batch, timesteps). Otherwise x is float32, shape (batch, timesteps, inputs). y depends on `loss`:

    - mse: float32, shape (batch, 1), one value per sequence;
    - cross_entropy: int32, classes below `outputs`, shape (batch,) for one class per sequence, or
      (batch, timesteps - context);
    - frame_nll: float32, shape (batch, timesteps, outputs), 0 or 1.

    Positions where y is `UNSCORED` (in a frame: everywhere) count for no loss: padding at the end, and in LAMBADA all
    words before the last one. The loss of a part is the mean over all its other positions, not the mean of its batches'
    means.
    """

    name: str
    training: Callable[[int], Iterator[Batch]]
    """Returns the batches of an epoch, counted from 0. The same epoch always has the same batches."""
    steps_per_epoch: int
    """The number of batches in an epoch, 0 if the training part is missing."""
    validation: tuple[Batch, ...]
    """All examples: one batch, in music one for each length, and none if the part is missing."""
    test: tuple[Batch, ...]
    inputs: int
    outputs: int
    loss: Literal["mse", "cross_entropy", "frame_nll"]
    """frame_nll is the sum of the binary cross-entropies of a frame's keys, in nats."""
    metric: Literal["loss", "accuracy", "nll", "perplexity", "bpc"]
    """The metric that the paper reports. `score` computes it from the loss, except for the accuracy."""
    counts: dict[str, dict[Part, int]]
    """The amount of data, by unit, then by part."""
    fingerprint: str
    """A digest of the data. It does not depend on the file that they were read from."""
    ids: bool = False
    context: int = 0
    """The number of positions at the start that are only read. Neither y nor a model's output has them."""
    baseline: float | None = None
    """The lowest loss that a model without memory can reach."""
    sources: tuple[str, ...] = ()
    """The files of `data/sources.yaml` that the data were read from."""
    missing: tuple[str, ...] = ()
    """A phrase about each part that cannot be fetched here."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Other values for the record: a seed, a permutation."""

    def score(self, loss: float) -> float:
        """Returns the metric for a mean loss."""
        return float(score(self.metric, np.array(loss)))

    @property
    def record(self) -> dict[str, Any]:
        """The description of the data in `metrics.json`."""
        return {
            "task": self.name,
            "counts": self.counts,
            "fingerprint": self.fingerprint,
            "sources": list(self.sources),
            "missing": list(self.missing),
            **self.extra,
        }

    def describe(self) -> list[str]:
        """Returns lines that describe the data. Makes the first training batch for this, if there is one."""
        lines = [f"{self.name}: loss {self.loss}, metric {self.metric}, fingerprint {self.fingerprint}"]
        for unit, counts in self.counts.items():
            lines.append(f"{unit}: " + ", ".join(f"{part} {count:,}" for part, count in counts.items()))
        if self.steps_per_epoch:
            x, y = next(self.training(0))
            lines.append(f"{self.steps_per_epoch:,} batches an epoch, the first x {x.shape}, y {y.shape}")
        if self.ids:
            lines.append(f"{self.inputs:,} symbols")
        if self.baseline is not None:
            lines.append(f"loss of a model without memory: {self.baseline:.4f}")
        lines.append(f"from {', '.join(self.sources)}" if self.sources else f"drawn from seed {self.extra['seed']}")
        return [*lines, *(f"missing: {phrase}" for phrase in self.missing)]


def score(metric: str, loss: Array) -> Array:
    """Returns the metric, any `Task.metric` except the accuracy, for mean losses."""
    if metric == "perplexity":
        return np.exp(loss)
    return loss / np.log(2) if metric == "bpc" else loss


def shuffled(count: int, batch_size: int, seed: int, epoch: int) -> Iterator[Array]:
    """Yields rows 0 to `count` - 1 in batches, in an order drawn from (seed, epoch). The last batch may be short."""
    order = np.random.default_rng((seed, epoch)).permutation(count)
    for i in range(0, count, batch_size):
        yield order[i : i + batch_size]


def generator(seed: int, number: int) -> np.random.Generator:
    """Returns a generator for the `number`-th array of a task, counted from 1. No epoch's order uses its numbers."""
    return np.random.default_rng((seed, 0, number))


def fingerprint(*arrays: Array) -> str:
    """Returns a digest of the arrays' dtypes, shapes and values, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]

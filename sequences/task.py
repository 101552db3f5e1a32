"""What every task offers: batches to train on, parts to be judged on, and what they are (arXiv 1803.01271)."""

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
UNSCORED = -1  # the target of a position that no loss or metric may count


@dataclass(frozen=True)
class Task:
    """A task's data, loss and metric.

    A batch is inputs x and targets y. With `ids`, x is int32, shape (batch, timesteps), of symbols below `inputs`;
    else float32, shape (batch, timesteps, inputs). By `loss`, y is

    - mse: float32, shape (batch, 1), for the sequence;
    - cross_entropy: int32 classes below `outputs`: shape (batch,) for the sequence, or (batch, timesteps − history);
    - frame_nll: float32, shape (batch, timesteps, outputs), 0 or 1.

    Where y is `UNSCORED` (in a frame: throughout), it is padding, which comes after what is scored, or in LAMBADA
    what leads up to it. A loss is a mean over all scored positions of a part, not a mean of its batches' means.
    """

    name: str
    training: Callable[[int], Iterator[Batch]]
    """Epoch, from 0, to its batches; the same epoch always gives the same batches."""
    steps_per_epoch: int
    """Batches in an epoch; 0 where the training part is missing."""
    validation: tuple[Batch, ...]
    """All its examples, those of one length together: a single pair, but for music; none where it is missing."""
    test: tuple[Batch, ...]
    inputs: int
    outputs: int
    loss: Literal["mse", "cross_entropy", "frame_nll"]
    """frame_nll: the binary cross entropies of a frame's keys, summed (nats)."""
    metric: Literal["loss", "accuracy", "nll", "perplexity", "bpc"]
    """The paper's figure; `score` works it out from the loss, but for accuracy."""
    counts: dict[str, dict[Part, int]]
    """How much there is: unit, then part."""
    fingerprint: str
    """A digest of the data: the same for the same data, whatever file it came from."""
    ids: bool = False
    history: int = 0
    """Leading positions that only warm up: y leaves them out, so does a model's output."""
    baseline: float | None = None
    """The best loss that a model without memory can reach."""
    sources: tuple[str, ...] = ()
    """The files in `data/sources.yaml` that it was read from."""
    missing: tuple[str, ...] = ()
    """What can't be had here, a phrase each."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What else a record must tell: a seed, a permutation."""

    def score(self, loss: float) -> float:
        """The paper's figure from the mean loss of the scored positions."""
        return float(score(self.metric, np.array(loss)))

    @property
    def record(self) -> dict[str, Any]:
        """What the data are, for `metrics.json`."""
        return {
            "task": self.name,
            "counts": self.counts,
            "fingerprint": self.fingerprint,
            "sources": list(self.sources),
            "missing": list(self.missing),
            **self.extra,
        }

    def describe(self) -> list[str]:
        """What the data are, a line each; draws the first training batch, if there is one."""
        lines = [f"{self.name}: loss {self.loss}, metric {self.metric}, fingerprint {self.fingerprint}"]
        for unit, counts in self.counts.items():
            lines.append(f"{unit}: " + ", ".join(f"{part} {count:,}" for part, count in counts.items()))
        if self.steps_per_epoch:
            x, y = next(self.training(0))
            lines.append(f"{self.steps_per_epoch:,} batches an epoch, the first x {x.shape}, y {y.shape}")
        if self.ids:
            lines.append(f"{self.inputs:,} symbols")
        if self.baseline is not None:
            lines.append(f"loss without memory: {self.baseline:.4f}")
        lines.append(f"from {', '.join(self.sources)}" if self.sources else f"drawn from seed {self.extra['seed']}")
        return [*lines, *(f"missing: {phrase}" for phrase in self.missing)]


def score(metric: str, loss: Array) -> Array:
    """A `Task.metric` but accuracy, from the mean loss of the scored positions."""
    if metric == "perplexity":
        return np.exp(loss)
    return loss / np.log(2) if metric == "bpc" else loss


def shuffled(count: int, batch_size: int, seed: int, epoch: int) -> Iterator[Array]:
    """Rows 0 to `count` − 1 in an order drawn from (seed, epoch), a batch at a time, the last as short as it comes."""
    order = np.random.default_rng((seed, epoch)).permutation(count)
    for i in range(0, count, batch_size):
        yield order[i : i + batch_size]


def generator(seed: int, number: int) -> np.random.Generator:
    """The random numbers that draw a task's `number`-th thing, from 1; never those of an epoch's order."""
    return np.random.default_rng((seed, 0, number))


def fingerprint(*arrays: Array) -> str:
    """A digest of arrays' kinds, shapes and values, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]

"""A long text, cut into streams that are read in overlapping windows (arXiv 1803.01271, sections 4.3 and 4.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from foundation.user_error import UserError
from sequences.task import PARTS, UNSCORED, Array, Batch, Part, Task, fingerprint


@dataclass(frozen=True)
class Streams:
    """A text cut into `count` streams of equal length, which are read side by side, window after window.

    A window is `context` symbols that are only read, then `targets` symbols. After each of these, the next symbol is
    predicted. Each window starts `targets` symbols after the last one, so that each symbol of a stream is predicted
    once, except for the first `context` + 1. The last window is padded at the end, x with symbol 0 and y with
    `UNSCORED`, so that all windows have one shape. Symbols at the text's end that fill no stream are dropped.
    """

    ids: Array
    """The text's symbols, integers, shape (length,), in memory or memory-mapped."""
    count: int
    context: int
    targets: int

    def __post_init__(self) -> None:
        if not len(self):
            raise UserError(
                f"a text of {len(self.ids):,} symbols is too short for {self.count} streams with {self.context} "
                f"symbols of context: give a longer text, a smaller batch or less context"
            )

    def __len__(self) -> int:
        """Returns the number of windows in a stream."""
        return max(0, -(-(self.length - 1 - self.context) // self.targets))

    @property
    def length(self) -> int:
        """The number of symbols in a stream."""
        return len(self.ids) // self.count

    def windows(self) -> Iterator[Batch]:
        """Yields the windows of all streams: x int32, shape (count, context + targets), y int32, (count, targets)."""
        rows = self.ids[: self.count * self.length].reshape(self.count, -1)
        for start in range(0, len(self) * self.targets, self.targets):
            symbols = rows[:, start : start + self.context + self.targets + 1].astype(np.int32)
            x = np.zeros((self.count, self.context + self.targets), np.int32)
            y = np.full((self.count, self.targets), UNSCORED, np.int32)
            steps = symbols.shape[1] - 1
            x[:, :steps], y[:, : steps - self.context] = symbols[:, :-1], symbols[:, self.context + 1 :]
            yield x, y

    def whole(self) -> Batch:
        """Returns all windows as one batch of `len(self)` × `count` examples."""
        xs, ys = zip(*self.windows(), strict=True)
        return np.concatenate(xs), np.concatenate(ys)


def language_task(
    texts: Mapping[Part, Array],
    *,
    unit: str,
    symbols: Array,
    batch_size: int,
    context: int,
    targets: int,
    evaluation: Mapping[Part, Batch] | int,
    missing: Sequence[str],
    sources: Sequence[str],
    **fields: Any,
) -> Task:
    """Returns the task of predicting the next symbol of a text.

    Args:
        texts: The symbols of each part, integers, shape (length,). Parts may be absent. The training part may be
            memory-mapped: each epoch reads its windows in the same order, from beginning to end.
        unit: The name of the symbols in the plural, such as "words".
        symbols: An array that identifies the symbols, for the fingerprint.
        batch_size: The number of streams that the training part is cut into.
        context: The number of symbols at the start of a window that are only read.
        targets: The number of symbols in a window that are predicted.
        evaluation: Validation and test as examples, or the number of streams that they are cut into.
        missing: A phrase about each absent part.
        sources: The files that the texts were read from.
        fields: Other fields of the task: name, metric and number of symbols.

    Raises:
        UserError: a part is too short for a window. `training` of the task raises it if the training part is absent.
    """
    streams = Streams(texts["training"], batch_size, context, targets) if "training" in texts else None
    if isinstance(evaluation, int):
        evaluated = (part for part in texts if part != "training")
        evaluation = {part: Streams(texts[part], evaluation, context, targets).whole() for part in evaluated}

    def training(epoch: int) -> Iterator[Batch]:
        if streams is None:
            raise UserError(f"{fields['name']} cannot be trained here, because data are missing: {'; '.join(missing)}")
        return streams.windows()

    return Task(
        training=training,
        steps_per_epoch=len(streams) if streams else 0,
        validation=(evaluation["validation"],) if "validation" in evaluation else (),
        test=(evaluation["test"],) if "test" in evaluation else (),
        outputs=fields["inputs"],
        loss="cross_entropy",
        counts={unit: {part: len(texts[part]) for part in PARTS if part in texts}},
        fingerprint=fingerprint(symbols, *(texts[part] for part in PARTS if part in texts)),
        ids=True,
        context=context,
        sources=tuple(sources),
        missing=tuple(missing),
        **fields,
    )

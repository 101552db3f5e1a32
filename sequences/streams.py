"""A long text in streams side by side, each read in overlapping windows (arXiv 1803.01271, sections 4.3 and 4.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from foundation.user_error import UserError
from sequences.task import PARTS, UNSCORED, Array, Batch, Part, Task, fingerprint


@dataclass(frozen=True)
class Streams:
    """The text cut in `count` streams of one length, what is left over dropped; window after window through all.

    A window is `history` symbols to warm up on and `scored` ones after which the next symbol is to be predicted; each
    starts `scored` symbols after the one before. So each symbol of a stream but the first `history` + 1 is predicted
    once. The last window is padded at its end with symbol 0 and `UNSCORED`, so that all have one shape.
    """

    ids: Array
    """The text's symbols, integers, shape (length,); may lie on disk."""
    count: int
    history: int
    scored: int

    def __post_init__(self) -> None:
        if not len(self):
            raise UserError(
                f"a text of {len(self.ids):,} symbols is too short for {self.count} streams of windows with "
                f"{self.history} symbols to warm up on: give a longer text, fewer streams or a shorter history"
            )

    def __len__(self) -> int:
        """How many windows a stream has."""
        return max(0, -(-(self.length - 1 - self.history) // self.scored))

    @property
    def length(self) -> int:
        """Symbols in a stream."""
        return len(self.ids) // self.count

    def windows(self) -> Iterator[Batch]:
        """Each window of all streams: x int32, shape (count, history + scored), y int32, shape (count, scored)."""
        rows = self.ids[: self.count * self.length].reshape(self.count, -1)
        for start in range(0, len(self) * self.scored, self.scored):
            symbols = rows[:, start : start + self.history + self.scored + 1].astype(np.int32)
            x = np.zeros((self.count, self.history + self.scored), np.int32)
            y = np.full((self.count, self.scored), UNSCORED, np.int32)
            steps = symbols.shape[1] - 1
            x[:, :steps], y[:, : steps - self.history] = symbols[:, :-1], symbols[:, self.history + 1 :]
            yield x, y

    def whole(self) -> Batch:
        """All windows in one: shape (windows × count, …)."""
        xs, ys = zip(*self.windows(), strict=True)
        return np.concatenate(xs), np.concatenate(ys)


def language_task(
    texts: Mapping[Part, Array],
    *,
    unit: str,
    symbols: Array,
    batch_size: int,
    history: int,
    scored: int,
    evaluation: Mapping[Part, Batch] | int,
    missing: Sequence[str],
    sources: Sequence[str],
    **fields: Any,
) -> Task:
    """Predicting the next symbol of a text; parts that `texts` lacks are missing, and training on none a UserError.

    Args:
        texts: Each part's symbols, integers, shape (length,). The training part may lie on disk: windows are read from
            it in the text's order, the same in each epoch.
        unit: What the symbols are, in the plural.
        symbols: What identifies them, for the fingerprint.
        batch_size: Streams that the training part is cut in.
        history: Symbols of a window to warm up on.
        scored: Symbols of a window after which the next one is predicted.
        evaluation: Validation and test as examples, or the number of streams that they are cut in, likewise.
        missing: What can't be had, a phrase each.
        sources: The files that it was read from.
        fields: Name, metric and number of symbols.

    Raises:
        UserError: a part is too short for a window.
    """
    streams = Streams(texts["training"], batch_size, history, scored) if "training" in texts else None
    if isinstance(evaluation, int):
        judged = (part for part in texts if part != "training")
        evaluation = {part: Streams(texts[part], evaluation, history, scored).whole() for part in judged}

    def training(epoch: int) -> Iterator[Batch]:
        if streams is None:
            raise UserError(f"{fields['name']} can't be trained here, for want of {'; '.join(missing)}")
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
        history=history,
        sources=tuple(sources),
        missing=tuple(missing),
        **fields,
    )

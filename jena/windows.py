"""The windowed generator (deck: "Design a Data Generator"), vectorised, every window once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from foundation.user_error import UserError
from jena.schema import TEMPERATURE


@dataclass(frozen=True)
class Windows:
    """Windows on a series, each named by a row: it sees `data[row - lookback:row:step]`, its target is
    `data[row + delay, target]`.

    All of a window's rows, its target's too, lie in `min_index <= row < max_index`, so no split sees into the next.
    """

    data: np.ndarray
    """The normalised series, float32, shape (rows, features)."""
    lookback: int
    """Rows that a window goes back."""
    delay: int
    """Rows from the window's end to its target."""
    min_index: int = 0
    max_index: int | None = None
    shuffle: bool = False
    """Whether an epoch draws its windows in an order of its own, from (seed, epoch), or in time order."""
    batch_size: int = 128
    step: int = 6
    """Rows from one sample of a window to the next."""
    target: int = TEMPERATURE
    """The column that is forecast."""
    seed: int = 0
    breaks: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    """Rows that don't follow the one before them in time: no window spans one."""

    def __post_init__(self) -> None:
        end = len(self.data) if self.max_index is None else min(self.max_index, len(self.data))
        rows = np.arange(self.min_index + self.lookback, end - self.delay, dtype=np.int32)
        if len(self.breaks):
            # a window is whole when as many breaks lie up to its first row as up to its target's
            before = np.searchsorted(self.breaks, rows - self.lookback, side="right")
            rows = rows[before == np.searchsorted(self.breaks, rows + self.delay, side="right")]
        if not len(rows):
            raise UserError(
                f"rows {self.min_index} to {end} hold no window of lookback {self.lookback} and delay {self.delay}; "
                f"give a longer series, a shorter lookback or other splits"
            )
        object.__setattr__(self, "rows", rows)

    rows: np.ndarray = field(init=False)
    """Every window's row, int32, in time order."""

    def __len__(self) -> int:
        """How many windows there are."""
        return len(self.rows)

    @property
    def offsets(self) -> np.ndarray:
        """A window's samples, as rows relative to its own: int32, shape (timesteps,)."""
        return np.arange(-self.lookback, 0, self.step, dtype=np.int32)

    def samples(self, rows: np.ndarray) -> np.ndarray:
        """The windows at `rows`: float32, shape (len(rows), timesteps, features)."""
        # clipping never happens, but spares NumPy a copy that it makes to be able to raise: half the time
        return self.data.take(rows[:, None] + self.offsets, axis=0, mode="clip")

    def targets(self, rows: np.ndarray) -> np.ndarray:
        """What the windows at `rows` should forecast, normalised: float32, shape (len(rows), 1)."""
        return self.data[rows + self.delay, self.target, None]

    def batches(self, epoch: int = 0, steps: int | None = None) -> Iterator[np.ndarray]:
        """The rows of an epoch, a batch at a time, int32.

        Without `steps`, every window once, the last batch as short as it comes. With `steps`, that many full batches:
        epochs then follow each other through one shuffled pass over all windows after the other.
        """
        if steps is None:
            rows = self._pass(epoch)
        else:
            wanted = steps * self.batch_size
            first, start = divmod(epoch * wanted, len(self))
            passes = range(first, first + -(-(start + wanted) // len(self)))
            rows = np.concatenate([self._pass(number) for number in passes])[start : start + wanted]
        for i in range(0, len(rows), self.batch_size):
            yield rows[i : i + self.batch_size]

    def _pass(self, number: int) -> np.ndarray:
        return np.random.default_rng((self.seed, number)).permutation(self.rows) if self.shuffle else self.rows

"""The generator of windows (deck: "Design a Data Generator"), vectorised, with every window once an epoch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from foundation.user_error import UserError
from jena.schema import TEMPERATURE


@dataclass(frozen=True)
class Windows:
    """Windows of a series, each identified by a row.

    The input of a window is `data[row - lookback:row:step]`, and its target is `data[row + delay, target]`. All rows of
    a window and its target are in `min_index <= row < max_index`, so that no split sees the next one.
    """

    data: np.ndarray
    """The normalised series, float32, shape (rows, features)."""
    lookback: int
    """The number of rows that a window goes back."""
    delay: int
    """The number of rows from a window's end to its target."""
    min_index: int = 0
    max_index: int | None = None
    shuffle: bool = False
    """Whether an epoch's order is drawn from (seed, epoch), or is the order of time."""
    batch_size: int = 128
    step: int = 6
    """The number of rows from one timestep of a window to the next."""
    target: int = TEMPERATURE
    """The column to forecast."""
    seed: int = 0
    breaks: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    """Rows that do not follow the row before in time. No window spans one."""

    def __post_init__(self) -> None:
        end = len(self.data) if self.max_index is None else min(self.max_index, len(self.data))
        rows = np.arange(self.min_index + self.lookback, end - self.delay, dtype=np.int32)
        if len(self.breaks):
            # a window spans no break if as many breaks come up to its first row as up to its target
            before = np.searchsorted(self.breaks, rows - self.lookback, side="right")
            rows = rows[before == np.searchsorted(self.breaks, rows + self.delay, side="right")]
        if not len(rows):
            raise UserError(
                f"rows {self.min_index} to {end} have no window of lookback {self.lookback} and delay {self.delay}; "
                f"give a longer series, a shorter lookback or other splits"
            )
        object.__setattr__(self, "rows", rows)

    rows: np.ndarray = field(init=False)
    """The rows of all windows, int32, in the order of time."""

    def __len__(self) -> int:
        """Returns the number of windows."""
        return len(self.rows)

    @property
    def offsets(self) -> np.ndarray:
        """The timesteps of a window as rows relative to its own: int32, shape (timesteps,)."""
        return np.arange(-self.lookback, 0, self.step, dtype=np.int32)

    def samples(self, rows: np.ndarray) -> np.ndarray:
        """Returns the inputs of the windows at `rows`: float32, shape (len(rows), timesteps, features)."""
        # no row is outside; mode="clip" takes half the time, since NumPy's other mode makes a copy to be able to raise
        return self.data.take(rows[:, None] + self.offsets, axis=0, mode="clip")

    def targets(self, rows: np.ndarray) -> np.ndarray:
        """Returns the normalised targets of the windows at `rows`: float32, shape (len(rows), 1)."""
        return self.data[rows + self.delay, self.target, None]

    def batches(self, epoch: int = 0, steps: int | None = None) -> Iterator[np.ndarray]:
        """Yields the rows of an epoch in batches, int32.

        Without `steps`, an epoch has every window once, and its last batch may be short. With `steps`, it has that many
        full batches, and goes on where the last epoch stopped in one shuffled pass over all windows after the other.
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

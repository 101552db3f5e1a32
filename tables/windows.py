"""Windows on a series: what a model sees, and what it must forecast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from foundation.user_error import UserError


@dataclass(frozen=True)
class Windows:
    """Windows on a series, each named by a row: its samples are `data[row - lookback:row:step]`.

    Its targets are the value `delay` rows ahead, `data[row + delay, targets]`, or those of the next `horizon` rows,
    `data[row:row + horizon, targets]`. All its rows are in `min_index <= row < max_index`, so no split sees into the
    next one, unless `reach_back` lets the samples start before `min_index`.

    A window is left out if it goes across a break in time, if a sample is missing (NaN), or if a target is missing or
    filled.
    """

    data: np.ndarray
    """The normalised series, float32, shape (rows, features)."""
    lookback: int
    """Rows that a window goes back."""
    delay: int | None = None
    """Rows from the row after the window to its one target."""
    horizon: int | None = None
    """How many of the next rows are targets, instead."""
    min_index: int = 0
    max_index: int | None = None
    shuffle: bool = False
    """Whether an epoch draws its windows in an order of its own, from (seed, epoch), or in time order."""
    batch_size: int = 128
    step: int = 1
    """Rows from one sample of a window to the next."""
    targets: tuple[int, ...] = (0,)
    """The columns to forecast."""
    seed: int = 0
    breaks: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    """Rows that do not follow the row before them in time."""
    filled: np.ndarray | None = None
    """Which targets were filled rather than measured: bool, shape (rows, len(targets))."""
    reach_back: bool = False
    """Whether samples may lie before `min_index`; targets never do."""
    rows: np.ndarray = field(init=False)
    """Every window's row, int32, in time order."""
    columns: np.ndarray = field(init=False, repr=False)
    """The columns to forecast alone, float32, shape (rows, len(targets))."""

    def __post_init__(self) -> None:
        if (self.delay is None) == (self.horizon is None):
            raise UserError("windows need either a delay or a horizon: give one of them")
        if min(self.lookback, self.step, 1 if self.horizon is None else self.horizon) < 1 or (self.delay or 0) < 0:
            raise UserError("lookback, step and horizon must be 1 or more, and delay 0 or more")
        if self.step > self.lookback:
            raise UserError(
                f"no whole step of {self.step} rows fits into a lookback of {self.lookback}: "
                f"give a smaller step or a longer lookback"
            )
        if self.lookback + (self.horizon or self.delay or 0) > len(self.data):
            raise self._too_short(len(self.data))
        end = len(self.data) if self.max_index is None else min(self.max_index, len(self.data))
        object.__setattr__(self, "columns", np.ascontiguousarray(self.data[:, list(self.targets)]))
        start = self.min_index + self.lookback
        if self.reach_back:
            start = max(self.lookback, self.min_index - self.ahead[0])
        rows = np.arange(start, end - self.ahead[-1], dtype=np.int32)
        if len(self.breaks):
            # a window is whole when as many breaks come up to its first row as up to its last target's
            before = np.searchsorted(self.breaks, rows - self.lookback, side="right")
            rows = rows[before == np.searchsorted(self.breaks, rows + self.ahead[-1], side="right")]
        rows = self._known(rows)
        if not len(rows):
            raise self._too_short(end)
        object.__setattr__(self, "rows", rows)

    def _too_short(self, end: int) -> UserError:
        breaks = int(((self.breaks > self.min_index) & (self.breaks < end)).sum())
        holes = int((~np.isfinite(self.data[self.min_index : end])).any(axis=1).sum())
        filled = 0 if self.filled is None else int(self.filled[self.min_index : end].any(axis=1).sum())
        return UserError(
            f"rows {self.min_index} to {end} hold no window of lookback {self.lookback} and "
            f"{'delay' if self.horizon is None else 'horizon'} {self.horizon or self.delay} without a break, a missing "
            f"value or a filled target (they have {breaks:,}, {holes:,} and {filled:,}); give a longer series, a "
            f"shorter lookback, fewer columns, a longer spacing or other splits"
        )

    def _known(self, rows: np.ndarray) -> np.ndarray:
        """Returns the rows of those windows whose samples are all there and whose targets were all measured."""
        holes = ~np.isfinite(self.data).all(axis=1)
        if holes.any() and len(rows):
            rows = rows[_sums(holes, self.step, rows, self.lookback) == 0]
        unknown = ~np.isfinite(self.columns).all(axis=1)
        if self.filled is not None:
            unknown |= self.filled.any(axis=1)
        if unknown.any() and len(rows):
            count = np.concatenate([[0], np.cumsum(unknown)])
            rows = rows[count[rows + self.ahead[-1] + 1] == count[rows + self.ahead[0]]]
        return rows

    def __len__(self) -> int:
        """Returns how many windows there are."""
        return len(self.rows)

    @property
    def ahead(self) -> np.ndarray:
        """Returns a window's targets, as rows relative to its own: int32, shape (1,) or (horizon,)."""
        if self.horizon is None:
            return np.array([self.delay], np.int32)
        return np.arange(self.horizon, dtype=np.int32)

    @property
    def offsets(self) -> np.ndarray:
        """Returns a window's samples, as rows relative to its own: int32, shape (timesteps,)."""
        return np.arange(-self.lookback, 0, self.step, dtype=np.int32)

    def samples(self, rows: np.ndarray) -> np.ndarray:
        """Returns the windows at `rows`: float32, shape (len(rows), timesteps, features)."""
        # clipping never happens, but spares NumPy a copy that it makes to be able to raise: half the time
        return self.data.take(rows[:, None] + self.offsets, axis=0, mode="clip")

    def answers(self, rows: np.ndarray) -> np.ndarray:
        """Returns what the windows at `rows` should forecast, normalised, float32.

        Returns:
            With a delay, shape (len(rows), targets); with a horizon, (len(rows), horizon, targets).
        """
        if self.horizon is None:
            return self.columns[rows + self.delay]
        return self.columns.take(rows[:, None] + self.ahead, axis=0, mode="clip")

    def batches(self, epoch: int = 0, steps: int | None = None) -> Iterator[np.ndarray]:
        """Yields the rows of an epoch, a batch at a time, int32.

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


def _sums(flags: np.ndarray, step: int, rows: np.ndarray, lookback: int) -> np.ndarray:
    """Returns how many of `flags[row - lookback:row:step]` are set, for each row."""
    timesteps = -(-lookback // step)
    padded = np.concatenate([flags, np.zeros(-len(flags) % step, bool)])
    running = np.concatenate([np.zeros((1, step), np.int64), padded.reshape(-1, step).cumsum(axis=0)])
    start = rows - lookback
    place, lane = start // step, start % step
    return running[place + timesteps, lane] - running[place, lane]

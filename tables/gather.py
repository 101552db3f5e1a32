"""Gathers the rows of a file: all of them, or, where they are many more than wanted, taken together while reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tables.chunks import Chunk
from tables.missing import Cleaner
from tables.spacing import NONE, Anchor, Grid, Resample, grid_of, on_grid, own_grid, snapped, usual_step

DENSE = 1.5  # times as many rows as wanted are worth taking together while reading


class DisorderError(Exception):
    """Rows that do not advance in time: they cannot be taken together before they are sorted."""


@dataclass
class Rows:
    """The rows of a file in its order."""

    times: np.ndarray
    """datetime64[ns], shape (rows,)."""
    values: np.ndarray
    """float64, shape (rows, columns)."""
    offsets: set[int]
    """Offsets from UTC that the times carry, in minutes; the times are then UTC."""
    rows: int
    """How many the file has."""
    step: np.timedelta64 | None = None
    """The usual step of the file's rows, where they were taken together."""
    moved: int = 0
    """How many times were rounded to an even grid then."""
    most: np.timedelta64 = NONE
    """By how much they were rounded at most."""


@dataclass
class _Growing:
    """Arrays that grow without a second copy while there is room for what was expected."""

    room: int
    columns: int
    count: int = 0
    times: np.ndarray = field(init=False)
    values: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.times = np.empty(self.room, "datetime64[ns]")
        self.values = np.empty((self.room, self.columns))

    def add(self, times: np.ndarray, values: np.ndarray, at: Sequence[int]) -> None:
        end = self.count + len(times)
        if end > len(self.times):
            self._resize(max(end, int(1.3 * len(self.times))))
        self.times[self.count : end] = times
        if len(at) == self.columns:
            self.values[self.count : end] = values
        else:
            self.values[self.count : end] = np.nan
            self.values[self.count : end, list(at)] = values
        self.count = end

    def take(self) -> tuple[np.ndarray, np.ndarray]:
        self._resize(self.count)
        return self.times, self.values

    def _resize(self, rows: int) -> None:
        self.times.resize(rows, refcheck=False)
        self.values.resize((rows, self.columns), refcheck=False)


def gather(chunks: Iterable[Chunk], columns: int, at: Sequence[int], expected: int) -> Rows:
    """Returns all rows.

    Args:
        chunks: The file's rows.
        columns: How many columns the table has.
        at: Which of them this file holds, in the order of its values.
        expected: About how many rows there are.
    """
    growing = _Growing(expected, columns)
    offsets: set[int] = set()
    for chunk in chunks:
        offsets |= chunk.offsets
        growing.add(chunk.times, chunk.values, at)
    return Rows(*growing.take(), offsets, growing.count)


@dataclass
class Thinning:
    """Takes rows together while a file is read, so that memory is needed only for what is wanted of them."""

    wanted: np.timedelta64
    how: Resample
    anchor: Anchor
    circular: Sequence[int]
    cleaner: Cleaner
    grid: Grid | None = None
    """The moments to have a row at; set by the first row."""

    def gather(self, chunks: Iterable[Chunk], columns: int, at: Sequence[int]) -> Rows:
        """Returns the rows that were made of the file's.

        Raises:
            DisorderError: the file's rows do not advance in time, or are no denser than wanted.
        """
        growing = _Growing(1000, columns)
        offsets: set[int] = set()
        count, step, moved = 0, None, 0
        most: np.timedelta64 = NONE
        own: Grid | None = None
        kept = (np.empty(0, "datetime64[ns]"), np.empty((0, len(at))))
        last = None
        for chunk in chunks:
            offsets |= chunk.offsets
            times, values = chunk.times, chunk.values
            if not len(times):
                continue
            steps = np.diff(times) if last is None else np.diff(np.concatenate([[last], times]))
            if (steps <= np.timedelta64(0, "ns")).any() or len(offsets) > 1:
                raise DisorderError
            last = times[-1]
            count += len(times)
            if step is None:
                step = usual_step(times)
                own = own_grid(times, step)
                if self.wanted < DENSE * step:
                    raise DisorderError
            if own is not None:
                times, number, size = snapped(times, own)
                moved, most = moved + number, max(most, size)
            if self.grid is None:
                self.grid = grid_of(times, self.wanted, self.anchor, own)
            self._clean(values, at)
            times, values = np.concatenate([kept[0], times]), np.concatenate([kept[1], values])
            numbers = self.grid.number(times)
            whole = int(np.searchsorted(numbers, numbers[-1]))  # the last moment's rows may go on in the next chunk
            kept = (times[whole:], values[whole:])
            self._add(growing, times[:whole], values[:whole], at)
        newest = kept[0][-1:]
        if self.grid is not None and (self.grid.moment(self.grid.number(newest)) <= newest).all():
            self._add(growing, *kept, at)  # else the last step is not over yet
        return Rows(*growing.take(), offsets, count, step, moved, most)

    def _clean(self, values: np.ndarray, at: Sequence[int]) -> None:
        wide = np.full((len(values), len(self.cleaner.columns)), np.nan)
        wide[:, list(at)] = values
        self.cleaner.look(wide, at)
        self.cleaner.clean(wide)
        values[:] = wide[:, list(at)]

    def _add(self, growing: _Growing, times: np.ndarray, values: np.ndarray, at: Sequence[int]) -> None:
        assert self.grid is not None
        if len(times):
            circular = [n for n, column in enumerate(at) if column in self.circular]
            numbers, values = on_grid(times, values, self.grid, self.how, circular)
            growing.add(self.grid.moment(numbers), values, at)


def joined(files: Sequence[Rows]) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Joins files by time: one after the other, or side by side where they have the same times.

    Args:
        files: Each sorted by time, without repeated times, with all columns; a column that it lacks is missing.

    Returns:
        Times and values; how many times are in several files; and in how many of these they contradict each other,
        where the first file's value counts.
    """
    if len(files) == 1:
        return files[0].times, files[0].values, 0, 0
    times = np.concatenate([f.times for f in files])
    values = np.concatenate([f.values for f in files])
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(times)) + 1])
    if len(starts) == len(times):
        return times, values, 0, 0
    rows = np.arange(len(times))[:, None]
    first = np.minimum.reduceat(np.where(np.isnan(values), len(times), rows), starts, axis=0)
    merged = np.take_along_axis(values, np.minimum(first, len(times) - 1), axis=0)
    merged[first == len(times)] = np.nan
    group = np.cumsum(np.isin(np.arange(len(times)), starts)) - 1
    other = (~np.isnan(values) & (values != merged[group])).any(axis=1)
    shared = int((np.diff(np.concatenate([starts, [len(times)]])) > 1).sum())
    return times[starts], merged, shared, len(np.unique(group[other]))

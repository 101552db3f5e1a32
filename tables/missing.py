"""Finds values that stand for none, or that nothing can measure, and makes them missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from foundation.user_error import UserError
from tables.report import Report, counted

HUGE = 1e30  # nothing that is measured has this size; some programs write 1e30 or inf for none
MARKS = (
    -99.0, -99.9, -99.99, -200.0, -999.0, -999.9, -999.99, -6999.0, -7999.0, -8888.0, -9999.0, -9999.9, -9999.99,
    -9999.9999, -99999.0, -999999.0, 999.9, 999.99, 9999.0, 9999.9, 9999.99, 99999.0,
)  # fmt: skip
"""What stations and archives write for a missing value. Each may be a measurement elsewhere: see `Cleaner`."""
FAR = 3.0  # times the range of all other values beyond the highest of them
FAR_BELOW = 1.0


NO_MARK = (-99, 999)
"""No mark is between these."""
LEAST_GAP = 50.0  # from a value that stands for none to the next one
SAMPLE = 1000  # rows, about, that show whether the lowest or highest value of a column may be far from the others


def _range(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the lowest and the highest value of each column, NaN where all are missing."""
    if not len(values):
        return np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    return np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)


def _lonely(some: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Returns in which columns the highest value may be far from all others, by some of the rows."""
    lowest, highest = _range(np.where(some == high, np.nan, some))
    with np.errstate(over="ignore", invalid="ignore"):
        whole, others = high - low, highest - lowest
    return (whole == 0) | (whole > LEAST_GAP) & ~(others > whole / (1 + FAR_BELOW))


@dataclass
class _End:
    """The highest value of a column, how often it occurs, and the next below it."""

    value: float = -np.inf
    count: int = 0
    below: float = -np.inf

    def add(self, value: float, count: int, below: float) -> None:
        """Takes in the same of more rows."""
        lower = min(self.value, value) if value != self.value else below
        self.below = max(self.below, below, lower)
        self.count = self.count + count if value == self.value else count if value > self.value else self.count
        self.value = max(self.value, value)

    def is_apart(self, lowest: float) -> bool:
        """Returns whether the value is repeated and farther from all others than a measurement would be."""
        if self.count < 2 or self.value == 0 or not np.isfinite(self.below):
            return False
        span, gap = self.below - lowest, self.value - self.below
        usual = self.value == 1 or set(f"{abs(self.value):.12g}".replace(".", "")) == {"9"}  # -1, negated, and 99.9
        return gap > max((FAR_BELOW if usual else FAR) * span, LEAST_GAP) and (usual or span > 0)


class Cleaner:
    """Makes values missing that stand for none or lie outside their valid range, and counts them.

    A mark of `MARKS` counts as missing where it cannot be a measurement: it is the only negative number of its column,
    or lies further below all other values than those are apart, or further above by three times that. Others are
    kept and reported as a doubt, unless the settings list them; so is any value but 0 that is repeated and far from
    all others.

    Args:
        columns: Names of the columns.
        marks: Numbers that stand for a missing value in any column, by the settings.
        ranges: Lowest and highest valid value of columns, by name.
    """

    def __init__(
        self, columns: Sequence[str], marks: Sequence[float] = (), ranges: dict[str, tuple[float, float]] | None = None
    ) -> None:
        self.columns, self.marks = tuple(columns), tuple(marks)
        self.ranges = {self.columns.index(name): limits for name, limits in (ranges or {}).items() if name in columns}
        self._all = range(len(self.columns))
        self.known: dict[int, set[float]] = {}
        """Marks that were recognised, by column."""
        self.restart()

    def restart(self) -> None:
        """Forgets what was counted, not what was recognised."""
        count = len(self.columns)
        self.low, self.high = np.full(count, np.inf), np.full(count, -np.inf)
        self.seen: list[dict[float, int]] = [{} for _ in range(count)]
        self.top, self.bottom = ([_End() for _ in range(count)] for _ in range(2))
        """The highest value of each column that is no mark, and of each negated column."""
        self.made_missing: list[dict[str, int]] = [{} for _ in range(count)]
        self.empty = np.zeros(count, np.int64)
        self.outside: dict[int, tuple[int, int, float]] = {}
        """Of each column with a range: how many values are outside, how many there are, and one that is outside."""

    def look(self, values: np.ndarray, held: Sequence[int] | None = None) -> None:
        """Notes the range of the values, shape (rows, columns), and the marks among them.

        Args:
            values: All columns.
            held: The columns that this file has; None for all.
        """
        self.empty += np.isnan(values).sum(axis=0) * np.isin(
            np.arange(len(self.columns)), self._all if held is None else held
        )
        low, high = _range(values)
        plain = (low > NO_MARK[0]) & (high < NO_MARK[1])
        self.low[plain] = np.fmin(self.low, low)[plain]
        self.high[plain] = np.fmax(self.high, high)[plain]
        some = values[:: 1 + len(values) // SAMPLE]
        lonely = plain & (_lonely(some, low, high) | _lonely(-some, -high, -low))
        for n in np.flatnonzero(plain).tolist():
            if lonely[n]:
                self._note_ends(n, values[:, n][~np.isnan(values[:, n])])
            else:
                self.top[n].add(high[n], 1, high[n])
                self.bottom[n].add(-low[n], 1, -low[n])
        for n in np.flatnonzero(~plain & ~np.isnan(low)).tolist():
            column = values[:, n]
            finite = column[np.abs(column) < HUGE]  # neither NaN nor infinite
            if not len(finite):
                continue
            marked = np.isin(finite, MARKS)
            for mark, count in zip(*np.unique(finite[marked], return_counts=True), strict=True):
                self.seen[n][float(mark)] = self.seen[n].get(float(mark), 0) + int(count)
            finite = finite[~marked]
            if len(finite):
                self.low[n], self.high[n] = min(self.low[n], finite.min()), max(self.high[n], finite.max())
                self._note_ends(n, finite)

    def recognise(self) -> bool:
        """Decides which marks are missing values; returns whether any are new."""
        before = {n: set(marks) for n, marks in self.known.items()}
        for n, seen in enumerate(self.seen):
            for mark in seen:
                if mark not in self.marks and self._is_no_value(n, mark):
                    self.known.setdefault(n, set()).add(mark)
        everywhere = set().union(*self.known.values()) if self.known else set()
        for n, seen in enumerate(self.seen):
            if not np.isfinite(self.low[n]):  # nothing but marks
                self.known.setdefault(n, set()).update(mark for mark in seen if mark in everywhere or mark <= -999)
        self.known = {n: marks for n, marks in self.known.items() if marks}
        return self.known != before

    def clean(self, values: np.ndarray) -> None:
        """Makes values missing, in place; shape (rows, columns)."""
        low, high = _range(values)
        for n in np.flatnonzero(~np.isnan(low)).tolist():
            column = values[:, n]
            for mark in {*self.marks, *self.known.get(n, ())}:
                self._drop(column, column == mark, n, f"of {mark:.12g}")
            if max(-low[n], high[n]) >= HUGE:
                self._drop(column, np.abs(column) >= HUGE, n, "infinite or above 1e30")
            if n in self.ranges:
                least, most = self.ranges[n]
                bad = (column < least) | (column > most)
                before, there, example = self.outside.get(n, (0, 0, 0.0))
                example = float(column[bad][0]) if bad.any() else example
                self.outside[n] = before + int(bad.sum()), there + int(np.isfinite(column).sum()), example
                self._drop(column, bad, n, f"outside {least:g} to {most:g}")

    def refuse_other_units(self, name: str) -> None:
        """Raises a UserError if most values of a column are outside its range: it must be in another unit."""
        for n, (bad, there, example) in self.outside.items():
            if 2 * bad > there:
                least, most = self.ranges[n]
                raise UserError(
                    f"{name}: {bad:,} of {there:,} values of {self.columns[n]} are outside {least:g} to {most:g}, such "
                    f"as {example:g}: check its unit"
                )

    def tell(self, report: Report) -> None:
        """Puts the counts into a report."""
        for what in sorted({what for counts in self.made_missing for what in counts}):
            counts = {self.columns[n]: c[what] for n, c in enumerate(self.made_missing) if what in c}
            shown = ", ".join(f"{count:,} in {name}" for name, count in list(counts.items())[:6])
            more = f" and {len(counts) - 6} more columns" if len(counts) > 6 else ""
            report.fault(f"values {what}: {shown}{more} (counted as missing)")
        if self.empty.any():
            held = {name: int(count) for name, count in zip(self.columns, self.empty, strict=True) if count}
            shown = ", ".join(f"{count:,} in {name}" for name, count in list(held.items())[:6])
            report.fault(f"empty cells: {shown}{f' and {len(held) - 6} more columns' if len(held) > 6 else ''}")
        for n, seen in enumerate(self.seen):
            for mark, count in (self._odd_marks(n, seen) | self._lonely_ends(n)).items():
                if mark not in self.marks and mark not in self.known.get(n, ()):
                    report.doubt(
                        f"{mark:.12g} in {self.columns[n]}, {counted(count, 'time')}, may stand for a missing value "
                        f"(kept): list it under `missing` if no column measures it, or give the column a range"
                    )

    def _odd_marks(self, n: int, seen: dict[float, int]) -> dict[float, int]:
        low, high = self.low[n], self.high[n]
        beyond = high + max(FAR_BELOW * (high - low), LEAST_GAP)
        return {mark: count for mark, count in seen.items() if mark < low or mark > beyond}

    def _lonely_ends(self, n: int) -> dict[float, int]:
        top, bottom = self.top[n], self.bottom[n]
        ends = ((1, top, -bottom.value), (-1, bottom, -top.value))
        return {
            sign * end.value: end.count for sign, end, lowest in ends if n not in self.ranges and end.is_apart(lowest)
        }

    def _note_ends(self, n: int, column: np.ndarray) -> None:
        for end, values in ((self.top[n], column), (self.bottom[n], -column)):
            highest = values.max()
            others = values[values < highest]
            end.add(highest, len(values) - len(others), others.max() if len(others) else -np.inf)

    def _is_no_value(self, n: int, mark: float) -> bool:
        low, high = self.low[n], self.high[n]
        if not np.isfinite(low):
            return False
        span = high - low
        if mark < 0:
            return low >= 0 or mark < low - max(FAR_BELOW * span, LEAST_GAP)
        return mark > high + max(FAR * span, 100)

    def _drop(self, column: np.ndarray, bad: np.ndarray, n: int, what: str) -> None:
        if count := int(bad.sum()):
            column[bad] = np.nan
            self.made_missing[n][what] = self.made_missing[n].get(what, 0) + count

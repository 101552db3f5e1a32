"""The newest window of a table, for a forecast: what is wrong with it is refused, what is unusual is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from foundation.user_error import UserError
from tables.normalise import Normaliser
from tables.table import Table

FAR = 10.0  # standard deviations; the weather of later years stays within 8.3
LEEWAY = 10.0  # times these limits, where training saw less than a year: other seasons differ as much as that
UNFIT = 5.0  # times a column's usual deviation from what the others say; Jena's later years stay within 2.1
MOSTLY_FILLED = 0.2  # of a window's values
BEYOND = 0.5  # of the range that window means had in training
FROZEN = 6  # rows without a change in any column


@dataclass(frozen=True)
class Familiar:
    """What a model has seen in training, to recognise inputs in another unit or from another place."""

    columns: tuple[str, ...]
    normaliser: Normaliser
    lowest: np.ndarray
    """Lowest mean of a column over a window of training, normalised; shape (features,)."""
    highest: np.ndarray
    precision: np.ndarray
    """Inverse covariance of the training rows, normalised; shape (features, features)."""
    leeway: float = 1.0
    """How many times wider the limits are: 1, or `LEEWAY` where training saw less than a year."""

    @classmethod
    def fit(
        cls, columns: Sequence[str], values: np.ndarray, normaliser: Normaliser, lookback: int, leeway: float = 1.0
    ) -> Familiar:
        """Measures the training rows.

        Args:
            columns: Names of the features.
            values: Training rows, shape (rows, features).
            normaliser: Of these rows.
            lookback: Rows of a window.
            leeway: How many times wider the limits are.
        """
        data = ((values - normaliser.mean) / normaliser.std).astype(np.float64)
        data = data[np.isfinite(data).all(axis=1)]
        total = np.concatenate([np.zeros((1, data.shape[1])), np.cumsum(data, axis=0)])
        length = min(lookback, len(data))
        means = (total[length:] - total[:-length]) / length
        covariance = data.T @ data / len(data) + 1e-4 * np.eye(data.shape[1])
        return cls(tuple(columns), normaliser, means.min(axis=0), means.max(axis=0), np.linalg.inv(covariance), leeway)

    def refusals(self, window: np.ndarray) -> list[str]:
        """Returns why inputs cannot be what the model was trained on, one phrase for each column.

        A value is further from the training data than any measurement, or columns contradict each other as they never
        do: a temperature in °F beside a dew point in °C, say.

        Args:
            window: Values in their units, shape (rows, features).
        """
        data = (window - self.normaliser.mean) / self.normaliser.std
        alone = 1 / np.sqrt(np.diag(self.precision))  # spread of a column where all others are known
        surprise = np.abs((data @ self.precision) / np.diag(self.precision)).mean(axis=0) / alone
        odd = surprise > self.leeway * UNFIT
        phrases = too_far(self.columns, window, self.normaliser, self.leeway * FAR)
        if not phrases and odd.any():
            worst = int(surprise.argmax())
            phrases.append(
                f"{self.columns[worst]} does not fit the other columns ({surprise[worst]:.0f} times its usual "
                f"deviation from them)"
            )
        return phrases

    def warnings(self, window: np.ndarray) -> list[str]:
        """Returns what is unusual about inputs, one phrase for each column."""
        mean = ((window - self.normaliser.mean) / self.normaliser.std).mean(axis=0)
        margin = BEYOND * (self.highest - self.lowest)
        odd = (mean < self.lowest - margin) | (mean > self.highest + margin)
        values = window.mean(axis=0)
        low, high = (edge * self.normaliser.std + self.normaliser.mean for edge in (self.lowest, self.highest))
        return [
            f"{self.columns[n]} averages {values[n]:.4g}, and windows in training {low[n]:.4g} to {high[n]:.4g}: "
            f"is its unit the same?"
            for n in np.flatnonzero(odd)
        ]

    def record(self) -> dict[str, Any]:
        """Returns it as plain values for JSON; the normaliser is recorded elsewhere."""
        return {
            "columns": list(self.columns),
            "lowest": self.lowest.tolist(),
            "highest": self.highest.tolist(),
            "precision": self.precision.tolist(),
            "leeway": self.leeway,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any], normaliser: Normaliser) -> Familiar:
        """Returns what `record` gave."""
        lowest, highest, precision = (np.array(record[key], np.float64) for key in ("lowest", "highest", "precision"))
        leeway = record.get("leeway", 1.0)
        return cls(tuple(record["columns"]), normaliser, lowest, highest, precision, leeway)


def too_far(columns: Sequence[str], window: np.ndarray, normaliser: Normaliser, far: float = FAR) -> list[str]:
    """Returns which columns have values further from the training data than any measurement, a phrase for each.

    Args:
        columns: Their names.
        window: Values in their units, shape (rows, columns).
        normaliser: Of the training rows.
        far: How many standard deviations are too many.
    """
    data = np.abs((window - normaliser.mean) / normaliser.std)
    return [
        f"{name} has {window[at, n]:g}, {data[at, n]:.0f} standard deviations from the training data's mean of "
        f"{normaliser.mean[n]:.4g}"
        for n, (name, at) in enumerate(zip(columns, data.argmax(axis=0), strict=True))
        if data[at, n] > far
    ]


@dataclass(frozen=True)
class LastWindow:
    """The newest window of a table."""

    rows: slice
    """Its rows."""
    last: pd.Timestamp
    """Time of its newest row."""
    filled: dict[str, float]
    """Share of each column's values that were filled, where any were."""
    since: dict[str, pd.Timestamp]
    """Time of the newest value of each column that is missing at the window's end."""

    def phrases(self) -> list[str]:
        """Returns what to say about it."""
        return [
            f"{share:.1%} of {name} in the window was missing and filled"
            + (f", all since {self.since[name]}" if name in self.since else "")
            for name, share in self.filled.items()
        ]


def last_window(table: Table, lookback: int, skip: int = 0, most_filled: float = MOSTLY_FILLED) -> LastWindow:
    """Returns the newest window.

    Args:
        table: The measurements.
        lookback: Rows that it goes back.
        skip: How many of the newest rows to leave out; the lecture's protocol leaves out one.
        most_filled: The largest share of its values that may be filled.

    Raises:
        UserError: the table is too short; the window has a break in time, values that are missing, or too many that
            were filled.
    """
    count = len(table.frame)
    start, end = count - skip - lookback, count - skip
    if start < 0:
        raise UserError(f"{table.source} has {count} rows and the model needs {lookback + skip}: give a longer file")
    times = table.times
    inside = table.breaks[(table.breaks > start) & (table.breaks < count)]
    if len(inside):
        at = inside[-1]
        raise UserError(
            f"{table.source} has a break from {times[at - 1]} to {times[at]}, within the {lookback} rows that the "
            f"model looks back on: give a file without it"
        )
    window, filled = table.values[start:end], table.filled[start:end]
    columns = table.columns
    if missing := [name for name, hole in zip(columns, np.isnan(window).any(axis=0), strict=True) if hole]:
        raise UserError(
            f"{table.source}: {', '.join(missing)} is missing for too long within the {lookback} rows that the model "
            f"looks back on: give a file with these values"
        )
    shares = {name: float(s) for name, s in zip(columns, filled.mean(axis=0), strict=True) if s}
    if over := {name: share for name, share in shares.items() if share > most_filled}:
        held = ", ".join(f"{share:.0%} of {name}" for name, share in over.items())
        raise UserError(
            f"{table.source}: {held} is missing within the {lookback} rows that the model looks back on, and at most "
            f"{most_filled:.0%} may be: give a file with these values"
        )
    newest = {name: np.flatnonzero(~filled[:, n]) for n, name in enumerate(columns) if filled[-1, n]}
    since = {name: times[start + rows[-1]] for name, rows in newest.items() if len(rows)}
    return LastWindow(slice(start, end), times[end - 1], shares, since)


def unchanged(table: Table, window: slice, targets: Sequence[str]) -> list[str]:
    """Returns which values at a window's end look as if nothing were measured any more, a phrase each.

    That is when no column changes, or when a target is the same in over half of the window, unless it is 0.
    """
    values = table.values[window]
    rows = (values[::-1] == values[-1]).cumprod(axis=0).sum(axis=0)
    if values.shape[1] > 1 and rows.min() >= FROZEN:
        return [f"no column has changed in the last {rows.min()} rows: is anything measured any more?"]
    return [
        f"{name} has been {values[-1, n]:g} in the last {rows[n]} rows: is it measured any more?"
        for name in targets
        if rows[n := table.columns.index(name)] > len(values) / 2 and values[-1, n]
    ]

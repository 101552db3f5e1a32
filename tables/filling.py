"""Fills missing values from the past alone: with the last value that was measured, for a limited time."""

from __future__ import annotations

import numpy as np


def fill(values: np.ndarray, limit: int, breaks: np.ndarray | None = None) -> np.ndarray:
    """Replaces missing values by the last one before them, in place; angles too, so none is mixed across north.

    What a row is filled with depends on earlier rows alone. In a hole longer than `limit`, the first `limit` rows are
    filled and the rest stays missing: how long the hole will be, its first rows do not know.

    Args:
        values: float64, shape (rows, columns), a row at every step of time.
        limit: The most rows that a value is held for.
        breaks: Rows that do not follow the row before them in time; nothing is held across one.

    Returns:
        Which values were filled, bool, shape (rows, columns).
    """
    count = len(values)
    filled = np.zeros(values.shape, bool)
    starts = np.zeros(count, np.int64)
    if breaks is not None and len(breaks):
        starts[breaks] = breaks
        starts = np.maximum.accumulate(starts)
    rows = np.arange(count)
    for n in range(values.shape[1]):  # by column, so that memory stays small
        column = values[:, n]
        missing = np.isnan(column)
        if not missing.any():
            continue
        last = np.maximum.accumulate(np.where(missing, -1, rows))
        held = missing & (last >= starts) & (rows - last <= limit)
        column[held] = column[last[held]]
        filled[:, n] = held
    return filled


def shares(filled: np.ndarray, columns: list[str]) -> dict[str, float]:
    """Returns the share of each column's values that were filled, where any were."""
    return {name: round(float(part), 6) for name, part in zip(columns, filled.mean(axis=0), strict=True) if part}

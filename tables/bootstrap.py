"""How sure a mean over time is, where neighbouring values are not independent: the block bootstrap."""

from __future__ import annotations

import numpy as np

BLOCK = 7  # days; the weather forgets in about five
DRAWS = 2000
FEWEST = 4
"""Blocks that an interval needs."""


def interval(values: np.ndarray, days: np.ndarray, level: float = 0.95, block: int = BLOCK) -> tuple[float, float]:
    """Returns a confidence interval of the mean, from resampled blocks of days.

    Args:
        values: In the order of time, shape (values,).
        days: The day of each value, as whole numbers that do not fall, the same shape.
        level: The interval's confidence.
        block: Days of a block.

    Returns:
        The lower and the upper end; both are NaN for fewer than four blocks of days.
    """
    drawn = means(values, days, block)
    if not len(drawn):
        return np.nan, np.nan
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def means(values: np.ndarray, days: np.ndarray, block: int = BLOCK, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """Returns the means of resampled series, shape (draws,): the circular block bootstrap (Politis, Romano 1992).

    Each series strings together blocks of consecutive days that begin anywhere; the last day is followed by the first.

    Args:
        values, days, block: As in `interval`.
        draws: How many series.
        seed: Of the draws.

    Returns:
        The means, or none for fewer than four blocks of days.
    """
    _, day = np.unique(days, return_inverse=True)
    count = int(day.max()) + 1 if len(day) else 0
    if count < FEWEST * block:
        return np.empty(0)
    sums, sizes = np.bincount(day, weights=values), np.bincount(day)
    blocks = -(-count // block)
    starts = np.random.default_rng(seed).integers(count, size=(draws, blocks, 1))
    drawn = ((starts + np.arange(block)) % count).reshape(draws, -1)[:, :count]
    return np.asarray(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))

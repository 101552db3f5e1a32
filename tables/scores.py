"""How good forecasts and their bands are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def pinball(truth: np.ndarray, quantiles: np.ndarray, levels: Sequence[float]) -> float:
    """Returns the mean pinball loss.

    Args:
        truth: Any shape.
        quantiles: Forecast quantiles, the shape of `truth` and a last axis of levels.
        levels: Their levels, between 0 and 1.
    """
    level = np.asarray(levels, np.float64)
    error = np.asarray(truth, np.float64)[..., None] - quantiles
    return float(np.maximum(level * error, (level - 1) * error).mean())


def crps(truth: np.ndarray, quantiles: np.ndarray, levels: Sequence[float]) -> float:
    """Returns the continuous ranked probability score of forecast quantiles: twice their mean pinball loss.

    The more levels, and the more evenly they are spread, the closer it is to the score of the whole distribution.
    """
    return 2 * pinball(truth, quantiles, levels)


def coverage(truth: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Returns the share of values that are in their band."""
    return float(((low <= truth) & (truth <= high)).mean())


def width(low: np.ndarray, high: np.ndarray) -> float:
    """Returns the mean width of the bands, in the unit of the forecast."""
    return float(np.mean(np.asarray(high, np.float64) - low))


def winkler(truth: np.ndarray, low: np.ndarray, high: np.ndarray, level: float) -> float:
    """Returns the mean interval score: the width, and a penalty for each value outside a band of this level."""
    below, above = np.maximum(low - truth, 0), np.maximum(truth - high, 0)
    return float((np.asarray(high, np.float64) - low + 2 / (1 - level) * (below + above)).mean())

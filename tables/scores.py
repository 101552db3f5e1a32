"""How good bands are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def pinball(truth: np.ndarray, quantiles: np.ndarray, levels: Sequence[float]) -> float:
    """Returns the mean pinball loss; the more levels, the closer is its double to the CRPS.

    Args:
        truth: Any shape.
        quantiles: Forecast quantiles, the shape of `truth` and a last axis of levels.
        levels: Their levels, between 0 and 1.
    """
    level = np.asarray(levels, np.float64)
    error = np.asarray(truth, np.float64)[..., None] - quantiles
    return float(np.maximum(level * error, (level - 1) * error).mean())


def coverage(truth: np.ndarray, quantiles: np.ndarray) -> float:
    """Returns the share of values that are in their band, from the lowest quantile to the highest."""
    return float(((quantiles[..., 0] <= truth) & (truth <= quantiles[..., -1])).mean())


def width(quantiles: np.ndarray) -> float:
    """Returns the mean width of the bands, in the unit of the forecast."""
    return float(np.mean(quantiles[..., -1] - quantiles[..., 0]))

"""Linear regression on all windows at once: its normal equations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tables.windows import Windows

CHUNK = 4096  # windows that are multiplied at a time


def normal_equations(windows: Windows, regressors: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Returns XᵀX and Xᵀy of a regression with an intercept, summed over all windows.

    Args:
        windows: The windows to learn from.
        regressors: Maps samples, shape (windows, timesteps, features), to regressors, shape (windows, size).

    Returns:
        XᵀX, shape (size + 1, size + 1), and Xᵀy, shape (size + 1, outputs). X has the regressors in its columns and a
        last column of ones; y holds the targets.
    """
    gram: Any = 0.0
    moments: Any = 0.0
    for start in range(0, len(windows), CHUNK):
        rows = windows.rows[start : start + CHUNK]
        x = np.concatenate([regressors(windows.samples(rows)), np.ones((len(rows), 1))], axis=1, dtype=float)
        gram += x.T @ x
        moments += x.T @ windows.answers(rows).reshape(len(rows), -1)
    return gram, moments

"""Mean 0 and standard deviation 1, as measured on the training rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Normaliser:
    """Mean and standard deviation of each feature, float64, shape (features,)."""

    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def fit(cls, training: np.ndarray) -> Normaliser:
        """Measures training rows, shape (rows, features), without missing values; a constant feature has std 1."""
        whole = bool(np.isfinite(training).all())
        mean = training.mean(axis=0) if whole else np.nanmean(training, axis=0)
        std = training.std(axis=0) if whole else np.nanstd(training, axis=0)
        return cls(mean, np.where(std == 0, 1.0, std))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Returns normalised values, float32, the shape unchanged."""
        return ((values - self.mean) / self.std).astype(np.float32)

    def undo(self, normalised: np.ndarray, features: int | list[int]) -> np.ndarray:
        """Returns values in the unit of their features, float64, the shape unchanged.

        Args:
            normalised: Values of one feature, any shape, or of several, which are then the last axis.
            features: Which ones.
        """
        return np.asarray(normalised, np.float64) * self.std[features] + self.mean[features]

"""Mean 0 and standard deviation 1, as measured on the training rows (deck: "Normalize the Data")."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jena.schema import TEMPERATURE


@dataclass(frozen=True)
class Normaliser:
    """Mean and standard deviation of each feature, float64, shape (features,)."""

    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def fit(cls, training: np.ndarray) -> Normaliser:
        """Measures training rows, shape (rows, features); a feature that never changes counts as std 1."""
        std = training.std(axis=0)
        return cls(training.mean(axis=0), np.where(std == 0, 1.0, std))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Normalised values, float32, the shape unchanged."""
        return ((values - self.mean) / self.std).astype(np.float32)

    @property
    def degrees(self) -> float:
        """How many °C a normalised temperature difference of 1 is."""
        return float(self.std[TEMPERATURE])

    def celsius(self, normalised: np.ndarray) -> np.ndarray:
        """Normalised temperatures in °C, float64, the shape unchanged."""
        return np.asarray(normalised, np.float64) * self.degrees + self.mean[TEMPERATURE]

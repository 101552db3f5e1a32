"""Normalisation to mean 0 and standard deviation 1 of the training rows (deck: "Normalize the Data")."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jena.schema import TEMPERATURE


@dataclass(frozen=True)
class Normaliser:
    """Normalises with the mean and standard deviation of each feature, float64, shape (features,)."""

    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def fit(cls, training: np.ndarray) -> Normaliser:
        """Returns the normaliser of training rows, shape (rows, features). Constant features get std 1."""
        std = training.std(axis=0)
        return cls(training.mean(axis=0), np.where(std == 0, 1.0, std))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Returns the normalised values, float32, in the same shape."""
        return ((values - self.mean) / self.std).astype(np.float32)

    @property
    def degrees(self) -> float:
        """The temperature difference in °C that normalises to 1."""
        return float(self.std[TEMPERATURE])

    def celsius(self, normalised: np.ndarray) -> np.ndarray:
        """Returns normalised temperatures in °C, float64, in the same shape."""
        return np.asarray(normalised, np.float64) * self.degrees + self.mean[TEMPERATURE]

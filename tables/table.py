"""A clean table: a row at every step of time, what is filled, and a report of how it was read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tables.report import Report


@dataclass(frozen=True)
class Table:
    """Measurements over time, indexed by time, a column each."""

    frame: pd.DataFrame
    """float64; a value is missing where a hole is longer than may be filled."""
    spacing: pd.Timedelta
    filled: np.ndarray
    """Which values were filled rather than measured: bool, shape (rows, columns)."""
    source: str
    """The files' names."""
    report: Report
    simulated: bool = False
    """Whether the rows are computed, not measured."""

    @property
    def values(self) -> np.ndarray:
        """Returns the measurements, float64, shape (rows, columns)."""
        return self.frame.to_numpy()

    @property
    def columns(self) -> list[str]:
        """Returns the names of the columns."""
        return list(self.frame.columns)

    @property
    def times(self) -> pd.DatetimeIndex:
        """Returns the rows' times."""
        return pd.DatetimeIndex(self.frame.index)

    @property
    def breaks(self) -> np.ndarray:
        """Returns the rows that do not follow the row before them at the usual spacing, as int64 positions."""
        steps = np.diff(self.frame.index.to_numpy())
        return np.flatnonzero(steps != self.spacing.to_timedelta64()) + 1

    @property
    def fingerprint(self) -> str:
        """Returns a digest of times and values: the same for the same data, whatever file it came from."""
        digest = hashlib.sha256(self.frame.index.to_numpy().astype("datetime64[s]").tobytes())
        digest.update(np.ascontiguousarray(self.values).tobytes())
        return digest.hexdigest()[:16]

"""Splits a series by time into training, validation and test (deck: "Higher-resolution data generators")."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foundation.user_error import UserError
from jena.normalise import Normaliser
from jena.read import Series
from jena.windows import Windows


@dataclass(frozen=True)
class Splits:
    """The windows of each split, on the series normalised with its training rows."""

    normaliser: Normaliser
    training: Windows
    validation: Windows
    test: Windows


def split(
    series: Series,
    values: np.ndarray,
    *,
    train_end: float,
    validation_end: float,
    lookback: int,
    step: int,
    delay: int,
    batch_size: int = 128,
    seed: int = 0,
    gaps: str = "skip",
) -> Splits:
    """Normalises a series and splits it in three.

    Args:
        series: The weather.
        values: The features that a model sees, shape (rows, features), with the temperature in its usual column.
        train_end: The row at which training ends, or below 1 a fraction of the series.
        validation_end: The row at which validation ends and the test begins, or a fraction.
        lookback: The number of rows that a window goes back.
        step: The number of rows from one timestep of a window to the next.
        delay: The number of rows from a window's end to its target.
        batch_size: The number of windows in a batch.
        seed: The seed of the order of training windows.
        gaps: "skip" windows across breaks in time, or "keep" them.

    Raises:
        UserError: a split has no window, or ends outside the series.
    """
    rows = len(series.table)
    first, second = (int(end * rows) if end < 1 else int(end) for end in (train_end, validation_end))
    if not 0 < first < second < rows:
        raise UserError(
            f"the splits end at rows {first} and {second}, but the series has {rows} rows: give --train-end and "
            f"--validation-end as fractions, such as 0.5 and 0.75"
        )
    normaliser = Normaliser.fit(values[:first])
    data = normaliser(values)
    breaks = series.breaks if gaps == "skip" else np.empty(0, np.int64)

    def windows(low: int, high: int, shuffle: bool = False) -> Windows:
        return Windows(
            data,
            lookback,
            delay,
            low,
            high,
            shuffle=shuffle,
            batch_size=batch_size,
            step=step,
            seed=seed,
            breaks=breaks,
        )

    return Splits(normaliser, windows(0, first, shuffle=True), windows(first, second), windows(second, rows))

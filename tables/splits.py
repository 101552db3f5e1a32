"""Training, validation and test, cut in time order, normalised by the training rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from foundation.user_error import UserError
from tables.description import End
from tables.normalise import Normaliser
from tables.table import Table
from tables.windows import Windows


@dataclass(frozen=True)
class Splits:
    """The windows of each split, on the series normalised by its training rows."""

    normaliser: Normaliser
    training: Windows
    validation: Windows
    test: Windows


def row_of(end: End, times: pd.DatetimeIndex, name: str = "the split") -> int:
    """Returns the row at which a split ends.

    Args:
        end: A row, below 1 a fraction of the rows, or a time; the first row at or after that time is meant.
        times: The rows' times.
        name: What to call the end.

    Raises:
        UserError: the end is text that is no time.
    """
    if isinstance(end, (int, float)):
        return int(end * len(times)) if end < 1 else int(end)
    try:
        return int(times.searchsorted(pd.Timestamp(end)))
    except (ValueError, TypeError) as error:
        raise UserError(f"{name} is {end!r} and must be a row, a fraction below 1, or a time") from error


def ends(table: Table, train_end: End, validation_end: End, test_end: End | None = None) -> tuple[int, int, int]:
    """Returns the rows at which training, validation and test end.

    Raises:
        UserError: a split is empty, or ends outside the table.
    """
    times, rows = table.times, len(table.frame)
    first = row_of(train_end, times, "train_end")
    second = row_of(validation_end, times, "validation_end")
    third = rows if test_end is None else row_of(test_end, times, "test_end")
    if not 0 < first < second < third <= rows:
        raise UserError(
            f"the splits end at rows {first}, {second} and {third}, and the series has {rows} rows: give --train-end "
            f"and --validation-end as fractions, such as 0.5 and 0.75"
        )
    return first, second, third


def split(
    table: Table,
    targets: Sequence[str],
    *,
    train_end: End,
    validation_end: End,
    test_end: End | None = None,
    lookback: int,
    step: int = 1,
    delay: int | None = None,
    horizon: int | None = None,
    values: np.ndarray | None = None,
    batch_size: int = 128,
    seed: int = 0,
    reach_back: bool = False,
    across_breaks: bool = False,
) -> Splits:
    """Normalises a table and cuts its windows in three.

    Args:
        table: The measurements.
        targets: The columns to forecast.
        train_end: Where training ends: a row, below 1 a fraction of the rows, or a time.
        validation_end: Where validation ends and the test begins, likewise.
        test_end: Where the test ends; None for the table's end.
        lookback: Rows that a window goes back.
        step: Rows from one sample of a window to the next.
        delay: Rows from the row after a window to its one target; or
        horizon: How many of the next rows are targets.
        values: What a model sees of each row, shape (rows, features), the targets where they are in the table; None
            for the table itself.
        batch_size: Windows in a batch.
        seed: Of the order of training windows.
        reach_back: Whether samples of validation and test may come from before the split's border.
        across_breaks: Whether windows may go across breaks in time.

    Raises:
        UserError: a split holds no window, or ends outside the table; or a target is no column.
    """
    first, second, third = ends(table, train_end, validation_end, test_end)
    columns = table.columns
    if absent := [name for name in targets if name not in columns]:
        raise UserError(
            f"no column {', '.join(map(repr, absent))} to forecast; there are {', '.join(map(repr, columns))}"
        )
    if not targets:
        raise UserError(f"no target is named: give `targets`, of {', '.join(map(repr, columns))}")
    values = table.values if values is None else values
    normaliser = Normaliser.fit(values[:first])
    places = tuple(columns.index(name) for name in targets)
    common: dict[str, Any] = {
        "data": normaliser(values),
        "lookback": lookback,
        "step": step,
        "delay": delay,
        "horizon": horizon,
        "targets": places,
        "batch_size": batch_size,
        "seed": seed,
        "breaks": np.empty(0, np.int64) if across_breaks else table.breaks,
        "filled": table.filled[:, places] if table.filled.any() else None,
    }
    return Splits(
        normaliser,
        Windows(**common, min_index=0, max_index=first, shuffle=True),
        Windows(**common, min_index=first, max_index=second, reach_back=reach_back),
        Windows(**common, min_index=second, max_index=third, reach_back=reach_back),
    )

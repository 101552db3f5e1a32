"""Finds windows that leave enough of each split of a table, or says what stands in their way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from foundation.user_error import UserError
from tables.spacing import span
from tables.splits import ends
from tables.table import Table
from tables.windows import Windows

ENOUGH = 0.1  # windows for each row of a split
HALVINGS = 3  # of lookback and horizon; shorter windows show too little to learn from
SHOWN, SPARSE = 3, 0.1  # columns to name, and the share that they lack
DAY = pd.Timedelta(days=1)


def fitting(
    table: Table, targets: Sequence[str], train_end: float, validation_end: float, lookback: int, horizon: int
) -> tuple[int, int, str]:
    """Returns a lookback and a horizon of which training, validation and test have windows.

    Args:
        table: The measurements.
        targets: The columns to forecast.
        train_end: Where training ends, as a fraction of the rows.
        validation_end: Where validation ends and the test begins, likewise.
        lookback: Rows that a window goes back, at most.
        horizon: How many of the next rows are targets, at most.

    Returns:
        Both, as they are or shorter; and what stands in the way where no shorter ones help, else an empty text.
    """
    places = [table.columns.index(name) for name in targets]
    unseen = np.isnan(table.values).any(axis=1)
    unknown = unseen | table.filled[:, places].any(axis=1)
    nothing, none = np.zeros(len(unseen), bool), np.empty(0, np.int64)

    def enough(back: int, ahead: int, breaks: np.ndarray, unseen: np.ndarray, unknown: np.ndarray) -> bool:
        data = np.where(unseen, np.nan, 0).astype(np.float32)[:, None]
        try:
            first, second, third = ends(table, train_end, validation_end)
            counts = [
                len(Windows(data, back, None, ahead, start, end, breaks=breaks, filled=unknown[:, None]))
                / (end - start)
                for start, end in ((0, first), (first, second), (second, third))
            ]
        except UserError:  # a split without windows
            return False
        return min(counts) >= ENOUGH

    for n in range(1 if _lacks_weekends(table) else HALVINGS + 1):
        back, ahead = max(1, lookback >> n), max(1, horizon >> n)
        if enough(back, ahead, table.breaks, unseen, unknown):
            return back, ahead, ""
    if enough(back, ahead, none, unseen, unknown):
        why = _breaks(table)
    elif enough(back, ahead, none, nothing, nothing):
        why = _missing(table)
    else:
        why = f"{len(unseen):,} rows are too few: give a longer file"
    return lookback, horizon, why


def _lacks_weekends(table: Table) -> bool:
    """Returns whether the rows are those of working days, so that none of its windows sees more than a week."""
    return table.spacing == DAY and len(table.breaks) > 0 and not (table.times.day_of_week >= 5).any()


def _breaks(table: Table) -> str:
    why = f"a break in time comes every {len(table.frame) / (len(table.breaks) + 1):.0f} rows"
    if _lacks_weekends(table):
        return f"{why}, at weekends: count the rows by dates a day apart instead, 2000-01-01, 2000-01-02, …"
    return f"{why}: give a file without breaks, or a `spacing` above {span(table.spacing)}"


def _missing(table: Table) -> str:
    lost = (np.isnan(table.values) | table.filled).mean(axis=0)
    worst = np.argsort(-lost, kind="stable")[:SHOWN]
    shown = " and ".join(f"{lost[n]:.0%} of {table.columns[n]}" for n in worst if lost[n] >= SPARSE)
    return f"{shown or 'too much'} is missing or filled: give a `spacing` above {span(table.spacing)}, or other columns"

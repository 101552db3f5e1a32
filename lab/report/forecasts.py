"""Runs' forecasts beside the truth as the page's script reads them: hour by hour, with the truth's decimals."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from foundation.decimals import decimals_of
from lab.report.sections import Curves
from lab.runs import Run, readable


def data(sets: Iterable[Curves], unit: str) -> list[dict[str, Any]]:
    """Returns each set of conditions with its models' forecasts; sets without any are left out.

    A model's forecasts are those of its first run.

    Args:
        sets: The sets of models.
        unit: The unit of the forecasts.
    """
    result = []
    for curves in sets:
        read = {label: readable(Run.forecasts, runs[0]) for label, runs in curves.models}
        tables = {label: table.set_index("time") for label, table in read.items() if table is not None}
        if not tables:
            continue
        truth = pd.concat([table["truth"] for table in tables.values()])
        hours = _hourly(truth[~truth.index.duplicated()].sort_index())
        digits = decimals_of(hours.std())
        result.append(
            {
                "title": curves.title,
                "unit": unit,
                "digits": digits,
                "start": int(hours.index[0].timestamp() * 1000),
                "truth": _rounded(hours, digits),
                "models": [
                    {
                        "label": label,
                        "values": _rounded(_hourly(table["forecast"], hours.index[0]).reindex(hours.index), digits),
                    }
                    for label, table in tables.items()
                ],
            }
        )
    return result


def _hourly(series: pd.Series, first: pd.Timestamp | None = None) -> pd.Series:
    """Returns the first value of each hour since `first`, and NaN for hours without one."""
    return series.resample("h", origin=first or series.index[0]).first()


def _rounded(series: pd.Series, digits: int) -> list[float | None]:
    return [round(float(value), digits) if math.isfinite(value) else None for value in series]

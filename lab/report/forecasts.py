"""Runs' forecasts beside the truth as the page's script reads them: hour by hour, to a tenth."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from lab.report.sections import Curves

FILE = "forecasts.csv"


def data(found: Iterable[Curves]) -> list[dict[str, Any]]:
    """Each set of conditions with its models' forecasts, of each model its first run's; sets without are left out."""
    result = []
    for curves in found:
        tables = {
            label: pd.read_csv(runs[0].folder / FILE, parse_dates=["time"]).set_index("time")
            for label, runs in curves.models
            if (runs[0].folder / FILE).is_file()
        }
        if not tables:
            continue
        truth = pd.concat([table["truth"] for table in tables.values()])
        hours = _hourly(truth[~truth.index.duplicated()].sort_index())
        result.append(
            {
                "title": curves.title,
                "start": int(hours.index[0].timestamp() * 1000),
                "truth": _tenths(hours),
                "models": [
                    {"label": label, "values": _tenths(_hourly(table["forecast"], hours.index[0]).reindex(hours.index))}
                    for label, table in tables.items()
                ],
            }
        )
    return result


def _hourly(series: pd.Series, first: pd.Timestamp | None = None) -> pd.Series:
    """The first value of each hour since `first`; no number, where there is none."""
    return series.resample("h", origin=first or series.index[0]).first()


def _tenths(series: pd.Series) -> list[float | None]:
    return [round(float(value), 1) if math.isfinite(value) else None for value in series]

"""The weather series that an experiment works on: a given file, the real one wherever it can be had, or simulated."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import pandas as pd

from foundation.fetch import NoNetworkError, fetch, find
from foundation.user_error import UserError
from jena.read import Series, clean, describe_gaps, read, thin
from jena.schema import Source

TEN_MINUTES = "jena/jena_climate_2009_2016.csv.zip"
HOURLY = "jena/jena_climate_2009_2016_hourly.csv.zip"
SIMULATION_SEED = 0


@lru_cache(maxsize=1)  # a command that runs all experiments reads it once
def load(
    *,
    csv: str | None = None,
    source: Source = "auto",
    mirror: str | None = None,
    spacing: int = 10,
    duplicates: str = "drop",
    gaps: str = "skip",
    missing: str = "interpolate",
    to_last: bool = False,
) -> Series:
    """The series, with a row every `spacing` minutes, its faults treated.

    Args:
        csv: A file to read instead of the public one.
        source: "real" is the public file from the data folder, the mirror or the network; "auto" simulates where
            none of them has it, and says so.
        mirror: Where to look before the network.
        spacing: Minutes from row to row; a denser file is thinned.
        duplicates: "drop" repeated times, or "keep" them as the deck does.
        gaps: "skip" windows across breaks in time, or "keep" them as the deck does.
        missing: "interpolate" values of −9999, or "keep" them as the deck does.
        to_last: Whether a denser file is thinned up to its last row, instead of from its first.

    Raises:
        UserError: the file can't be read, or its rows lie further apart than `spacing`.
        NoNetworkError: `source` is "real" and nothing has the file.
    """
    if csv is not None:
        table, name = read(Path(csv)), Path(csv).name
    elif source == "simulated":
        table, name = simulated(spacing)
    else:
        try:
            path = real(spacing, mirror)
            table, name = read(path), path.name
        except NoNetworkError as error:
            if source == "real":
                raise
            print(f"{error}: simulating the station instead")
            table, name = simulated(spacing)
    table, faults = clean(table, duplicates=duplicates, missing=missing)
    table = thin(table, spacing, to_last=to_last)
    series = Series(table, pd.Timedelta(minutes=spacing), name, faults)
    return Series(table, series.spacing, name, (*faults, *describe_gaps(series, gaps)))


def real(spacing: int, mirror: str | None) -> Path:
    """The public series' file, or, for hourly rows, the hourly one that a mirror may hold; downloads the former.

    Raises:
        NoNetworkError: neither data folder nor mirror has it, and it can't be downloaded.
    """
    names = (TEN_MINUTES, HOURLY)[: 2 if spacing % 60 == 0 else 1]
    for name in names:
        if path := find(name, mirror=mirror):
            return path
    try:
        return fetch(TEN_MINUTES, mirror=mirror)
    except UserError:
        if HOURLY not in names or not (mirror or os.environ.get("LAB_DATA_MIRROR", "")).startswith("http"):
            raise
        return fetch(HOURLY, mirror=mirror)


def simulated(spacing: int) -> tuple[pd.DataFrame, str]:
    """The simulated station's table and name."""
    from jena.simulate import simulate

    every = pd.Timedelta(minutes=spacing)
    rows = int(pd.Timedelta(minutes=10) * 420_551 / every)
    return simulate(rows, seed=SIMULATION_SEED, spacing=every), f"simulated (seed {SIMULATION_SEED})"


def summary(series: Series) -> str:
    """One line: rows, period, spacing, faults."""
    first, last = series.table.index[[0, -1]]
    minutes = series.spacing / pd.Timedelta(minutes=1)
    period = f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
    line = f"{series.source}: {len(series.table):,} rows, {period}, every {minutes:g} min"
    return "; ".join([line, *series.faults])

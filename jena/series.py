"""Loads the weather series of an experiment: a given file, the public one, or simulated weather."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import pandas as pd

from foundation.fetch import NoNetworkError, fetch, find
from foundation.user_error import UserError
from jena.read import clean, describe_gaps, read, read_clean, thin
from jena.schema import Source
from tables.report import Report
from tables.table import Table

TEN_MINUTES = "jena/jena_climate_2009_2016.csv.zip"
HOURLY = "jena/jena_climate_2009_2016_hourly.csv.zip"
SIMULATION_SEED = 0


@lru_cache(maxsize=1)  # a command that runs all experiments reads the file once
def load(
    *,
    csv: str | None = None,
    source: Source = "auto",
    mirror: str | None = None,
    spacing: int = 10,
    duplicates: str = "drop",
    gaps: str = "skip",
    missing: str = "fill",
) -> Table:
    """Returns the series with a row every `spacing` minutes, its faults treated.

    Args:
        csv: The path of a file to read instead of the public one.
        source: "real" for the public file, "simulated", or "auto" for the public file if it can be fetched, and
            otherwise simulated weather, which is reported.
        mirror: The folder or address to look in before the public addresses.
        spacing: The minutes from one row to the next. A file with more rows is thinned.
        duplicates: "drop" repeated times, or "keep" them as the deck does.
        gaps: "skip" windows across breaks in time, or "keep" them as the deck does.
        missing: "fill" missing values with the last one before, for up to a day; "interpolate" them from both sides;
            or "keep" them as the deck does. Any file that is given is read by `tables.read`, which fills, unless they
            are kept.

    Raises:
        UserError: the file cannot be read, or its rows are further apart than `spacing`.
        NoNetworkError: `source` is "real" and the file cannot be fetched.
    """
    if csv is not None and missing != "keep":
        return read_clean(csv, spacing, anchor="first")
    report, origin = Report(), source
    if csv is not None:
        (rows, report), name = read(csv), Path(csv).name
    elif source == "simulated":
        rows, name = simulated(spacing)
    else:
        try:
            path = real(spacing, mirror)
            (rows, _), name = read(path), path.name
        except NoNetworkError as error:
            if source == "real":
                raise
            print(f"{error}: simulating the weather instead")
            rows, name = simulated(spacing)
            origin = "simulated"
    rows, filled, faults = clean(rows, duplicates=duplicates, missing=missing)
    frame, filled = thin(rows, spacing), thin(filled, spacing)
    report.faults += faults
    every = pd.Timedelta(minutes=spacing)
    table = Table(frame, every, filled.to_numpy(), name, report, simulated=csv is None and origin == "simulated")
    report.faults += describe_gaps(table, gaps)
    return table


def real(spacing: int, mirror: str | None) -> Path:
    """Returns the path of the public series, or for hourly rows of the hourly file that a mirror may hold.

    Raises:
        NoNetworkError: neither the data folder nor a mirror has it, and no public address can be reached.
        UserError: see `foundation.fetch.fetch`.
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
    """Returns simulated weather, and its name."""
    from jena.simulate import simulate

    every = pd.Timedelta(minutes=spacing)
    rows = int(pd.Timedelta(minutes=10) * 420_551 / every)
    return simulate(rows, seed=SIMULATION_SEED, spacing=every), f"simulated (seed {SIMULATION_SEED})"


def summary(table: Table) -> str:
    """Returns a line about a series: rows, period, spacing, faults."""
    first, last = table.times[[0, -1]]
    minutes = table.spacing / pd.Timedelta(minutes=1)
    period = f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
    line = f"{table.source}: {len(table.frame):,} rows, {period}, every {minutes:g} min"
    return "; ".join([line, *table.report.told()])

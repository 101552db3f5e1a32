"""Drafts the YAML of a data set from its file, and lists what the draft is not sure about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from foundation.user_error import UserError
from foundation.yaml_files import line
from tables.chunks import NoNumberError
from tables.description import Description
from tables.layout import opened
from tables.missing import MARKS
from tables.read import read
from tables.report import Report
from tables.spacing import span
from tables.table import Table

DIRECTION = re.compile(r"\bwd\b|wind.?dir|direction|richtung|winddir|\bdir\b|wdir", re.I)
TARGET = re.compile(r"^(ot|t|target|y|value|temp|temperature|cnt|count|load|demand|price|t \(degc\))$", re.I)
HINTS = {
    "time_zone": "null where the clock runs through; Europe/Berlin, say, for local time with summer time",
    "ranges": "lowest and highest valid value of columns, {name: [-50, 60]}",
}
COUNTER = re.compile(r"^(no|id|index|instant|row|record|record_?no|stations?_?id|unnamed.*|column 1)$", re.I)
SPARSE = 0.2  # of a column's values that may be missing for it to be drafted

MOST_WORDS = 5  # among numbers that a draft takes for missing values; where there are more, something else is wrong
LONGEST = 20  # letters in such a word


@dataclass(frozen=True)
class Draft:
    """A drafted description."""

    description: Description
    yaml: str
    """The text of its YAML file, with a comment at each line that is not sure."""
    doubts: list[str]
    """What it is not sure about, one phrase each."""
    table: Table
    """The file, read by it."""


def draft(paths: Sequence[str | Path], target: str | None = None) -> Draft:
    """Drafts the description of a data set from its files.

    Args:
        paths: The files.
        target: The column to forecast; None to guess it.

    Raises:
        UserError: a file is no table of measurements over time, or has no such column.
    """
    words, whole = _first_reading(paths)
    first = Description(missing=words)
    files, _ = opened(first, paths, Report())
    times = files[0].layout.times
    notes: dict[str, str] = {}
    if target is not None and target not in whole.columns:
        raise UserError(f"{whole.source} has no column {target!r} of numbers; there are {', '.join(whole.columns)}")
    poor = _poor(whole)
    columns = [name for name in whole.columns if name not in poor] or whole.columns
    if target is not None and target not in columns:
        columns.append(target)
    named = dict.fromkeys(name for file in files for name in file.layout.dialect.names if name)
    used = {name for file in files for name in file.layout.times.names} | set(whole.columns)
    reasons = {name: "text or nothing" for name in named if name not in used} | poor
    if reasons:
        notes["columns"] = _kept_or_not(reasons, columns)
    target, sure = (target, True) if target else _target(columns)
    if not sure:
        notes["targets"] = "which column to forecast; the last one was taken"
    circular = tuple(name for name in columns if DIRECTION.search(name) and _are_degrees(whole.frame[name]))
    if circular:
        notes["circular"] = "columns of degrees, by their names"
    marks = _marks(whole)
    if words:
        notes["missing"] = f"{', '.join(map(repr, words))} among numbers, taken for a missing value"
    elif marks:
        notes["missing"] = "numbers that were recognised as missing values"
    description = Description(
        file=tuple(str(path) for path in paths),
        time=times.names,
        time_format=times.format(),
        targets=(target,),
        columns=tuple(columns),
        spacing=whole.spacing,
        missing=(*words, *marks),
        circular=circular,
    )
    table = read(description, paths)
    doubts = [*whole.report.doubts, *(f"{key}: {note}" for key, note in notes.items())]
    return Draft(description, _yaml(description, notes), doubts, table)


def _first_reading(paths: Sequence[str | Path], words: tuple[str, ...] = ()) -> tuple[tuple[str, ...], Table]:
    """Returns the few words that stand among numbers, to be missing values, and the table."""
    try:
        return words, read(Description(missing=words), paths)
    except NoNumberError as error:
        words += error.cells
        if len(words) > MOST_WORDS or not all(map(_is_word, words)):
            raise
        return _first_reading(paths, words)


def _is_word(cell: str) -> bool:
    return cell.isprintable() and len(cell) <= LONGEST and not any(map(str.isdigit, cell))


def _poor(table: Table) -> dict[str, str]:
    """Returns the columns that tell nothing, and why."""
    poor = {}
    missing = (table.frame.isna() | table.filled).mean()
    for name in table.columns:
        values = table.frame[name].dropna().to_numpy()
        steps = np.diff(values)
        if missing[name] > SPARSE:
            poor[name] = f"{missing[name]:.0%} missing"
        elif not len(steps) or (steps == 0).all():
            poor[name] = "constant"
        elif COUNTER.match(name) and (steps >= 0).all():
            poor[name] = "a counter"
    return poor


def _kept_or_not(reasons: dict[str, str], columns: list[str]) -> str:
    """Returns what is wrong with which columns: those left out, then those kept all the same."""
    told = {name: f"{name} ({why})" for name, why in reasons.items()}
    out = ", ".join(text for name, text in told.items() if name not in columns)
    kept = ", ".join(text for name, text in told.items() if name in columns)
    return "; ".join(part for part in (out and f"left out: {out}", kept and f"kept: {kept}") if part)


def _target(columns: list[str]) -> tuple[str, bool]:
    likely = [name for name in columns if TARGET.match(name)]
    return (likely[0], True) if len(likely) == 1 else ((likely or columns)[-1], False)


def _are_degrees(values: pd.Series) -> bool:
    return bool(values.min() >= 0 and 180 < values.max() <= 360)


def _marks(table: Table) -> tuple[float, ...]:
    text = " ".join(table.report.faults)
    return tuple(mark for mark in MARKS if f"values of {mark:.12g}: " in text)


def _yaml(description: Description, notes: dict[str, str]) -> str:
    values: dict[str, Any] = {
        "file": list(description.file),
        "time": list(description.time),
        "time_format": description.time_format,
        "time_zone": description.time_zone,
        "targets": list(description.targets),
        "columns": list(description.columns),
        "spacing": span(description.spacing or pd.Timedelta(0)).replace(" ", ""),
        "missing": [int(m) if isinstance(m, float) and m.is_integer() else m for m in description.missing],
        "ranges": {},
        "circular": list(description.circular),
        "fill": "1d",
        "train_end": description.train_end,
        "validation_end": description.validation_end,
    }
    lines = []
    for key, value in values.items():
        note = f"  # not sure: {notes[key]}" if key in notes else f"  # {HINTS[key]}" if key in HINTS else ""
        lines.append(f"{key}: {line(value)}{note}")
    return "\n".join(lines) + "\n"

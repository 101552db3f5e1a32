"""Reads the files of runs and checks them. A damaged file is a UserError of one line, which names the file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foundation import yaml_files
from foundation.input_file import read_input
from foundation.user_error import UserError

if TYPE_CHECKING:
    import pandas as pd

TRAINED = ("metric", "last")
"""Metrics of runs that were trained and evaluated; they have all the others too."""
FIGURES = ("validation", "test")
NUMBER = (int, float)
LARGEST = 1e100
"""Larger figures come from damage, and pictures can't show them."""
LARGEST_FILE = 2**26  # bytes


def settings(path: Path) -> dict[str, Any]:
    """Returns a run's `settings.yaml`.

    Raises:
        UserError: the file is damaged.
    """
    text(path, whole_lines=True)
    try:
        read = yaml_files.read(path)
    except UserError as error:
        raise damaged(path, _reason(path, error)) from error
    content = _names(path, read)
    _check(path, content, {"profiles": list, "data": str, "settings": dict})
    _check(path, dict(enumerate(content["profiles"])), dict.fromkeys(range(len(content["profiles"])), str), "profiles.")
    numbers = {key: NUMBER for key, value in content["settings"].items() if isinstance(value, float)}
    _check(path, content["settings"], {"seed": int, **numbers}, "settings.")
    _check(path, {"model": "", **content["settings"]}, {"model": str}, "settings.")
    content = {"backend": "tensorflow", **content}
    _check(path, content, {"backend": str})
    return content


def metrics(path: Path) -> dict[str, Any]:
    """Returns a run's `metrics.json`. Whatever tables and claims read has the right type and no NaN.

    Raises:
        UserError: the file is damaged.
    """
    content = _json(path)
    types = {
        "name": str,
        "metric": str,
        **dict.fromkeys(FIGURES, dict),
        **dict.fromkeys(("best_epoch", "epochs", "parameters"), int),
        "seconds": NUMBER,
        "data": dict,
    }
    trained = any(key in content for key in TRAINED)
    _check(path, content, types if trained else {key: types[key] for key in types if key in content})
    for split in FIGURES:
        own = content.get(split, {})
        _check(path, own, dict.fromkeys([*own, *([content["metric"]] if trained else [])], NUMBER), f"{split}.")
    if trained:
        _check(path, content["data"], {"conditions": str, "simulated": bool}, "data.")
        _check(path, {"faults": [], **content["data"]}, {"faults": list}, "data.")
    return content


def history(path: Path, metric: str, epochs: int) -> pd.DataFrame:
    """Returns a run's `history.csv`: a row for each of its epochs.

    Args:
        path: The file.
        metric: The metric that it must hold, on training and validation.
        epochs: The number of epochs that it must hold.

    Raises:
        UserError: the file is damaged.
    """
    table = _table(path, ("epoch", metric, f"val_{metric}"))
    _check_numbers(path, table, table.columns)
    if len(table) != epochs:
        raise damaged(path, f"has {len(table)} epochs instead of {epochs}")
    return table


def forecasts(path: Path) -> pd.DataFrame:
    """Returns a run's `forecasts.csv`: the time, the truth and the forecast.

    Raises:
        UserError: the file is damaged.
    """
    import pandas as pd

    table = _table(path, ("time", "truth", "forecast"))
    _check_numbers(path, table, ("truth", "forecast"))
    try:
        table["time"] = pd.to_datetime(table["time"]).dt.tz_localize(None)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise damaged(path, "has a time that is none") from error
    return table


def environment(path: Path) -> dict[str, Any]:
    """Returns a run's `environment.json`; its list "earlier" has others that the run was started or continued on.

    Raises:
        UserError: the file is damaged.
    """
    content = _json(path)
    types = dict.fromkeys(("backend", "device", "processor", "system", "python"), str)
    _check(path, {"earlier": [], **content}, {"earlier": list})
    for place, one in enumerate((content, *content.get("earlier", ()))):
        within = f"earlier.{place - 1}." if place else ""
        if not isinstance(one, dict):
            raise damaged(path, f"has {str(one)[:40]!r} in its earlier")
        _check(path, one, {**types, "threads": int, "cores": int, "versions": dict}, within)
        _check(path, one["versions"], dict.fromkeys(one["versions"], str), f"{within}versions.")
    return content


def text(path: Path, whole_lines: bool = False) -> str:
    """Returns a text file.

    Args:
        path: The file.
        whole_lines: Whether the file must end with the end of a line.

    Raises:
        UserError: the file is damaged.
    """
    if not os.path.lexists(path):
        raise damaged(path, "is missing")
    try:
        content = read_input(path, LARGEST_FILE).decode("utf-8")
    except UserError as error:
        raise damaged(path, _reason(path, error)) from error
    except UnicodeDecodeError as error:
        raise damaged(path, "is no text") from error
    if not content.strip():
        raise damaged(path, "is empty")
    if whole_lines and not content.endswith("\n"):
        raise damaged(path, "is cut off")
    return content


def damaged(path: Path, reason: str) -> UserError:
    """Returns the error about a damaged file of a run, with what to do."""
    name = "/".join(path.parts[-4:-2])
    return UserError(f"{path} {reason}; move its folder away and run {name} again")


def _reason(path: Path, error: UserError) -> str:
    """Returns what a message says about a file, without the file's name and without advice."""
    return str(error).removeprefix(f"{path} ").removesuffix(": correct it")


def _json(path: Path) -> dict[str, Any]:
    try:
        return _names(path, json.loads(text(path)))
    except (ValueError, RecursionError) as error:
        raise damaged(path, f"is no JSON ({error})") from error


def _names(path: Path, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise damaged(path, "holds no names with values")
    return content


def _table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    try:
        table = pd.read_csv(StringIO(text(path, whole_lines=True)))
    except ValueError as error:
        raise damaged(path, f"is no CSV ({' '.join(str(error).split())})") from error
    if missing := [column for column in columns if column not in table]:
        raise damaged(path, f"has no column {missing[0]!r}")
    if table.empty:
        raise damaged(path, "has no rows")
    return table


def _check_numbers(path: Path, table: pd.DataFrame, columns: Iterable[str]) -> None:
    for column in columns:
        if table[column].dtype.kind not in "if" or not (table[column].abs() < LARGEST).all():
            raise damaged(path, f"has something else than numbers in its column {column!r}")


def _check(path: Path, content: Mapping[Any, Any], types: Mapping[Any, Any], where: str = "") -> None:
    for key, kind in types.items():
        if key not in content:
            raise damaged(path, f"has no {where}{key}")
        value = content[key]
        right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not right or (isinstance(value, NUMBER) and not abs(value) < LARGEST):  # neither is NaN
            raise damaged(path, f"has {str(value)[:40]!r} as its {where}{key}")

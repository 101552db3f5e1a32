"""Writes the file of a data set, `configs/<name>.yaml`, from a table that nobody has described."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from foundation import yaml_files
from foundation.atomic import atomic
from foundation.program import PROGRAM
from foundation.user_error import UserError
from lab import settings

if TYPE_CHECKING:
    from tables.draft import Draft

LENDER = "jena"
DAY, HOUR = 86_400, 3600  # seconds
DAYS = 5  # that a window goes back, as in the deck
STEPS = 8 * 7, 7  # that windows go back and ahead where rows are a day or more apart
PART = 10  # of the rows: a window and its targets span no more than this part
MODELS = ("repeat", "common_sense", "ridge", "nlinear", "gru")
"""The models to begin with."""


def name_of(csv: str) -> str:
    """Returns the name of the data set that a file becomes, such as "bikes" for "Bikes.csv".

    Raises:
        UserError: the file's name has no letters.
    """
    stem = Path(csv).name.split(".")[0].lower()
    name = re.sub(r"\W+", "_", stem, flags=re.ASCII).strip("_")
    if not re.match("[a-z]", name):
        raise UserError(f"{csv}: its name makes no name of a data set: give one with --name, such as --name bikes")
    return name


def place(name: str, overwrite: bool) -> Path:
    """Returns where the file of a data set is to be written.

    Raises:
        UserError: the name is no name or taken, or the file exists and may not be replaced.
    """
    path = settings.CONFIGS / f"{name}.yaml"
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        raise UserError(f"--name {name!r}: it must begin with a letter and have small letters, digits and _ only")
    if name not in settings.data_sets() and (path.exists() or (settings.CONFIGS / name).is_dir()):
        raise UserError(f"{name} is the name of something else in configs/: give another with --name")
    if path.exists() and not overwrite:
        raise UserError(f"configs/{name}.yaml exists: --overwrite replaces it, --name gives the new one another name")
    return path


def write(csv: str, name: str | None = None, target: str | None = None, overwrite: bool = False) -> list[str]:
    """Drafts the file of a data set, and returns what to say about it: what was found, and the next commands.

    Raises:
        UserError: the file is no table of measurements over time; see `place`.
    """
    from tables.draft import draft

    if not csv.strip():
        raise UserError("the name of the file is empty: give the path of a CSV file")
    name = name or name_of(csv)
    path = place(name, overwrite)
    drafted = draft([settings.CONFIGS.parent / _from_the_project(csv)], target)
    windows, obstacle = _windows(drafted)
    with atomic(path) as beside:
        beside.write_text(text(drafted, csv, windows, obstacle), encoding="utf-8")
    told = [
        *drafted.table.report.lines(),
        "",
        *(f"not sure about {doubt}" for doubt in drafted.doubts if doubt not in drafted.table.report.doubts),
        f"It forecasts {', '.join(drafted.description.targets)}; 'data --csv … --target COLUMN' takes another column.",
    ]
    if obstacle:
        return [*told, f"configs/{name}.yaml describes it all, but no model can be trained yet: {obstacle}"]
    return [
        *told,
        f"configs/{name}.yaml describes it all. Read it and correct it, then:",
        f"  {PROGRAM} run {' '.join(f'{name}/{model}' for model in MODELS)}",
        f"  {PROGRAM} compare {name}",
        f"  {PROGRAM} forecast {name}/gru --csv {shlex.quote(csv)}",
        f"'{PROGRAM} list' names all models.",
    ]


def text(drafted: Draft, csv: str, windows: dict[str, tuple[int, str]], obstacle: str) -> str:
    """Returns the whole file: why no model can be trained, if so; the description; what is forecast from what."""
    about = yaml_files.line(Path(csv).name)
    described = re.sub(
        r"^file: .*$", lambda _: f"file: {yaml_files.line(_from_the_project(csv))}", drafted.yaml, flags=re.M
    )
    lines = [f"# No model can be trained yet: {obstacle}"] if obstacle else []
    lines += [f"about: {about}", f"models: {LENDER}", "", described.rstrip(), ""]
    lines += [f"{key}: {value}{note}" for key, (value, note) in windows.items()]
    lines += ["", "settings:", "  epochs: 10", "  steps_per_epoch: null"]
    return "\n".join(lines) + "\n"


def _windows(drafted: Draft) -> tuple[dict[str, tuple[int, str]], str]:
    """Returns lookback, step and horizon with a comment each, and what stands in the way of windows.

    They are five days for the next one, or eight weeks for one, or less where these don't fit.
    """
    from tables.fitting import fitting

    seconds = drafted.table.spacing.total_seconds()
    back, ahead = (DAYS * round(DAY / seconds), round(DAY / seconds)) if seconds <= DAY / 2 else STEPS
    most = max(2, len(drafted.table.frame) // PART)
    if back + ahead > most:
        ahead = min(ahead, most // 2)
        back = most - ahead
    told = drafted.description
    assert isinstance(told.train_end, float) and isinstance(told.validation_end, float)
    back, ahead, obstacle = fitting(drafted.table, told.targets, told.train_end, told.validation_end, back, ahead)
    step = max(1, min(back, int(HOUR / seconds)))
    return {
        "lookback": (back, "  # rows that a window goes back"),
        "step": (step, "  # a network sees every n-th of them"),
        "horizon": (ahead, "  # rows to forecast"),
    }, obstacle


def _from_the_project(csv: str) -> str:
    """Returns the path of a file as the data set's file names it: relative to the project if it is in its folder."""
    path = Path(csv).expanduser().absolute()
    root = settings.CONFIGS.parent
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)

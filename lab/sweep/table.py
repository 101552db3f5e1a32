"""A sweep's table: a row for each point, the best on validation first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from foundation.user_error import UserError
from lab import table_files
from lab.comparison.entries import mean_and_deviation
from lab.settings import in_words
from lab.sweep import picture
from lab.sweep.rows import Row, rows
from lab.sweep.space import text
from lab.sweep.trials import Trial

LEFT_OUT = "left out"


def write(name: str, folder: Path, profiles: Sequence[str], trials: Sequence[Trial]) -> list[Path]:
    """Prints the table, writes it as Markdown and CSV, draws its picture, and returns the three paths.

    Returns nothing if no trial has a value yet.

    Raises:
        UserError: the trials were run on different data.
    """
    with_values = [trial for trial in trials if trial.value is not None and trial.state != "failed"]
    if len({trial.data for trial in with_values}) > 1:
        raise UserError(
            f"the trials in {folder} were run on different data, such as real and simulated; delete that folder and "
            "sweep again, with --source or --csv to say which data you want"
        )
    if not with_values:
        return []
    metric = with_values[0].metric
    conditions = "; ".join(part for part in (with_values[0].conditions, in_words(profiles)) if part)
    points = rows(trials)
    table = pd.DataFrame([cells(row, metric) for row in points])
    table = table.loc[:, [column for column in table if column != LEFT_OUT or table[column].any()]]
    print(f"\n{table_files.write(table, folder, f'{name}: {conditions}')}")
    effect = folder / "effect.png"
    picture.draw(points, metric, f"{name}\n{conditions}", effect)
    return [folder / table_files.MARKDOWN, folder / table_files.CSV, effect]


def cells(row: Row, metric: str) -> dict[str, str]:
    """Returns a point's cells by their columns."""
    stopped = {trial.epochs for trial in row.trials if trial.state == "stopped"}
    counts = {state: sum(trial.state == state for trial in row.trials) for state in ("stopped", "failed")}
    return {
        **{key: text(value) for key, value in row.point.items()},
        f"validation {metric}": mean_and_deviation(row.values) if row.values else "",
        "best epoch": _joined({trial.best_epoch for trial in row.averaged}),
        "epochs": _joined({trial.epochs for trial in row.trained} | stopped),
        "seeds": str(len(row.averaged)),
        LEFT_OUT: ", ".join(f"{count} {state}" for state, count in counts.items() if count),
    }


def _joined(numbers: set[int]) -> str:
    return "/".join(map(str, sorted(numbers)))

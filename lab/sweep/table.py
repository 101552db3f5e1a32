"""A sweep's table, best point first, by validation alone, and its picture."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from foundation.atomic import atomic
from foundation.user_error import UserError
from lab.sweep import picture
from lab.sweep.space import Point, label, text
from lab.sweep.trials import Trial


@dataclass(frozen=True)
class Row:
    """A point and its trials, one a seed."""

    point: Point
    trials: tuple[Trial, ...]

    @property
    def trained(self) -> list[Trial]:
        """Those that came to their last epoch."""
        return [trial for trial in self.trials if trial.state == "trained"]

    @property
    def judged(self) -> list[Trial]:
        """Those that its figure is of: the trained ones, or, where there are none, those that were stopped early."""
        return self.trained or [trial for trial in self.trials if trial.state == "stopped"]

    @property
    def complete(self) -> bool:
        """Whether every seed came to its last epoch."""
        return len(self.trained) == len(self.trials)

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """What rows are sorted by: whole points, then those that lack a seed, then those stopped early, then failed."""
        scores = [trial.score for trial in self.judged]
        return not self.complete, not self.trained, statistics.fmean(scores) if scores else float("inf")

    def cells(self, metric: str) -> dict[str, str]:
        """The row as the table has it."""
        values = [trial.value for trial in self.judged if trial.value is not None]
        spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
        early = {trial.epochs for trial in self.trials if trial.state == "stopped"}
        notes = [f"{sum(trial.state == state for trial in self.trials)} {state}" for state in ("stopped", "failed")]
        return {
            **{key: text(value) for key, value in self.point.items()},
            f"validation {metric}": f"{statistics.fmean(values):.4f}{spread}" if values else "",
            "best epoch": "/".join(str(epoch) for epoch in sorted({trial.best_epoch for trial in self.judged})),
            "epochs": "/".join(str(epochs) for epochs in sorted({t.epochs for t in self.trained} | early)),
            "seeds": str(len(self.judged)),
            "left out": ", ".join(note for note in notes if not note.startswith("0")),
        }


def rows(trials: Sequence[Trial]) -> list[Row]:
    """A row a point, best first."""
    points = {label(trial.point): trial.point for trial in trials}
    found = [Row(point, tuple(t for t in trials if label(t.point) == name)) for name, point in points.items()]
    return sorted(found, key=lambda row: row.rank)


def write(name: str, folder: Path, profiles: Sequence[str], trials: Sequence[Trial]) -> Iterator[Path]:
    """Prints the table, writes it as Markdown and CSV, draws the picture, and yields the paths of all three.

    Raises:
        UserError: trials were run on different data.
    """
    found = rows(trials)
    figures = [trial for trial in trials if trial.value is not None and trial.state != "failed"]
    if len({trial.data for trial in figures}) > 1:
        raise UserError(
            f"the trials in {folder} are of different data, such as real and simulated; "
            "say which by --source or --csv, which begins another sweep"
        )
    if not figures:
        return
    metric = figures[0].metric
    laid = " over ".join(f"{Path(profile).stem}.yaml" for profile in reversed(profiles))
    conditions = "; ".join(part for part in (figures[0].conditions, laid) if part)
    table = pd.DataFrame([row.cells(metric) for row in found])
    table = table.loc[:, [c for c in table if c != "left out" or table[c].any()]]
    markdown = f"{name}: {conditions}\n\n{table.to_markdown(index=False, disable_numparse=True)}\n"
    with atomic(folder / "table.md") as path:
        path.write_text(markdown, encoding="utf-8")
    with atomic(folder / "table.csv") as path:
        table.to_csv(path, index=False)
    print(f"\n{markdown}")
    picture.draw(found, metric, f"{name}\n{conditions}", folder / "effect.png")
    yield from (folder / file for file in ("table.md", "table.csv", "effect.png"))


def best(trials: Sequence[Trial]) -> Row:
    """The point that is best on validation among those whose every seed came to its last epoch.

    Raises:
        UserError: there is none.
    """
    found = list(itertools.takewhile(lambda row: row.complete, rows(trials)))
    if not found:
        raise UserError("no point of the sweep has come to its last epoch with every seed; there is none to test")
    return found[0]

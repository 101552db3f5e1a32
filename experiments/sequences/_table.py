"""The paper's table with our results in it: one row per task and model (Bai, Kolter, Koltun 2018, table 1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from experiments import catalogue
from experiments.sequences import _pictures
from foundation.picture import save
from foundation.user_error import UserError
from lab import identity, run_files, table_files
from lab.comparison.entries import Entry, changed_settings, mean_and_deviation
from lab.identity import ConfigOf
from lab.metric import higher_is_better
from lab.report.sections import Curves, Section, Table
from lab.runs import RESULTS, Run, complete_runs, readable, sound_runs
from lab.settings import defaults, entry

LENGTH: tuple[identity.Part, ...] = ("length",)
MODELS = ("tcn", "lstm", "gru", "rnn")
TOLERANCE = 1.05  # of a loss, unless the YAML file has a `reach`
POINTS = 0.005  # of accuracy


@dataclass(frozen=True)
class Cell(Entry):
    """One model on one task under one set of settings. Its label names both the model and the settings."""

    model: str = ""
    changed: str = ""
    """Settings that aren't those of the YAML file, in words."""

    @property
    def metric(self) -> str:
        """The figure that the paper gives for the task."""
        return str(self.published["metric"])

    @cached_property
    def figure(self) -> pd.Series:
        """Each run's test result at its best validation epoch."""
        return self.values("test", self.metric)

    @property
    def budgeted(self) -> str:
        """How much of the full training was made, if it was cut short."""
        return _budget(self.metrics)

    @property
    def verdict(self) -> str:
        """Whether a full training with the YAML file's settings reaches the paper's figure, or the file's `reach`."""
        paper, mean = self.published[self.model], self.figure.mean()
        if self.changed or self.budgeted or paper is None:
            return "not decided"
        if higher_is_better(self.metric):
            return f"{'reached' if mean >= paper - POINTS else 'missed'} (≥ {paper - POINTS:.4g})"
        bound = self.published.get("reach", {}).get(self.model, TOLERANCE * paper)
        return f"{'reached' if mean <= bound else 'missed'} (≤ {bound:.4g})"

    def row(self) -> dict[str, str]:
        """Returns the cell as a row of the table."""
        paper = self.published[self.model]
        return {
            "task": self.name + self.changed,
            "measure": self.metric,
            "model": self.model + (f", {self.origin}" if self.origin else ""),
            "ours": mean_and_deviation(self.figure, ".4g", ".2g"),
            "paper's": "–" if paper is None else f"{paper:.4g}",
            "parameters": f"{self.metrics[0]['parameters']:,}",
            "paper's ≈": self.published["size"],
            "seeds": str(len(self.runs)),
            "training": self.budgeted or f"full: {self.metrics[0]['epochs']} epochs",
            "verdict": self.verdict,
        }


def compare(group: str, config_of: ConfigOf, root: Path = RESULTS, reference: Path | None = None) -> None:
    """Prints the table and writes it, as Markdown and CSV, with the validation curves of the runs in `root`.

    With a `reference`, the table also has its runs of the same tasks.

    Raises:
        UserError: there is nothing to compare.
    """
    rows = cells(group, config_of, root)
    if not rows:
        if complete_runs(group, root):
            raise UserError(f"no run of {group} can be compared; move the folders named above away, and make {group}")
        raise UserError(f"no run of {group} is complete yet; make {group} runs them all")
    folder = root / group / "comparison"
    table = rows
    if reference:
        kept = [replace(cell, origin="reference") for cell in cells(group, config_of, reference)]
        table = sorted([*rows, *(cell for cell in kept if cell.name in {row.name for row in rows})], key=_order)
    place = folder / "with-reference" if reference else folder
    print(table_files.write(pd.DataFrame([cell.row() for cell in table]), place))
    print("ours: test at the best validation epoch; the paper's: the mean test of the last three epochs")
    if usual := [cell for cell in rows if not cell.changed]:
        save(_pictures.curves(usual, MODELS), folder / "curves.png")
        print(folder / "curves.png")


def section(group: str, about: str, config_of: ConfigOf, root: Path = RESULTS) -> Section:
    """Returns the report's part: the table, and the models of each task."""
    rows = cells(group, config_of, root)
    caption = "Ours is the test at the best validation epoch; the paper's is the mean test of its last three epochs."
    return Section(
        group,
        about,
        (Table(caption, pd.DataFrame([cell.row() for cell in rows])),) if rows else (),
        tuple(
            Curves(
                f"{catalogue.about(task).split(' (')[0]} ({task})",
                own[0].metrics[0]["metric"],
                tuple((cell.label, cell.runs) for cell in own),
            )
            for task, of_task in groupby(rows, key=lambda cell: cell.name)
            if (own := list(of_task))
        ),
    )


def cells(group: str, config_of: ConfigOf, root: Path = RESULTS) -> list[Cell]:
    """Returns all complete runs by task, model and settings, in the paper's order of models."""
    alike: dict[tuple[str, str, str, str], list[Run]] = {}
    for run in sound_runs(group, root):
        key = readable(partial(_model, config_of), run)
        if key:
            alike.setdefault(key, []).append(run)
    result = [_cell(*key[:3], tuple(runs)) for key, runs in alike.items()]
    return sorted(result, key=_order)


def _order(cell: Cell) -> tuple[Any, ...]:
    return cell.name, cell.changed != "", MODELS.index(cell.model), cell.changed, cell.budgeted, cell.origin


def _model(config_of: ConfigOf, run: Run) -> tuple[str, str, str, str]:
    """Returns what runs of one cell share: the task, the model, the changed settings and the training's length.

    Raises:
        UserError: the run lacks something that the table shows, or its experiment is gone.
    """
    config_class = config_of(run.name)
    settings = identity.current(run.settings()["settings"], config_class)
    metrics = run.metrics()
    if settings.get("model") not in MODELS:
        raise run_files.damaged(run.settings_file, "has no model")
    if not all(isinstance(metrics.get(key), int) for key in ("steps", "steps_in_full")):
        raise run_files.damaged(run.metrics_file, "has no steps")
    if (metric := entry(run.name).published["metric"]) not in metrics.get("test", {}):
        raise run_files.damaged(run.metrics_file, f"has no test.{metric}")
    own = identity.differing(settings, defaults(run.name, model=settings["model"]), config_class, identity.IN_LABEL)
    own.pop("model", None)
    length = str(identity.differing(settings, {}, config_class, LENGTH))
    return run.name, settings["model"], changed_settings(own), length


def _cell(task: str, model: str, changed: str, runs: tuple[Run, ...]) -> Cell:
    metrics = tuple(run.metrics() for run in runs)
    label = ", ".join(filter(None, [model + changed, _budget(metrics)]))
    return Cell(label, task, runs, metrics, entry(task).published, model=model, changed=changed)


def _budget(metrics: tuple[dict[str, Any], ...]) -> str:
    steps, in_full = (min(one[key] for one in metrics) for key in ("steps", "steps_in_full"))
    return f"budgeted: {steps:,} of {in_full:,} steps" if steps < in_full else ""

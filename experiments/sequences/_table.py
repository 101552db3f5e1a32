"""The paper's table with our results in it: one row per task and model (Bai, Kolter, Koltun 2018, table 1).

Runs under a profile with tasks of another size have tables of their own, in which the paper's figures don't appear.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from experiments import catalogue
from experiments.sequences import _pictures
from foundation.decimals import two_digits
from foundation.picture import save
from foundation.user_error import UserError
from lab import identity, run_files, table_files
from lab.comparison.entries import Entry, changed_settings
from lab.identity import ConfigOf
from lab.metric import higher_is_better
from lab.report.sections import Curves, Section, Table
from lab.runs import RESULTS, Run, complete_runs, readable, sound_runs
from lab.settings import defaults, entry, in_words, protocols, published, silent

Profiles = tuple[str, ...]
LENGTH: tuple[identity.Part, ...] = ("length",)
MODELS = ("tcn", "lstm", "gru", "rnn")
TOLERANCE = 1.05  # of a loss, unless the YAML file has a `reach`
POINTS = 0.005  # of accuracy
CHANCE = 0.01  # share of a loss, or points of accuracy, that a model must gain to have learned something


@dataclass(frozen=True)
class Cell(Entry):
    """One model on one task under one set of settings. Its label names both the model and the settings."""

    model: str = ""
    profiles: Profiles = ()
    """Profiles that give the task another size; none for the paper's own."""
    changed: str = ""
    """Settings that aren't those of the YAML files, in words."""

    @property
    def metric(self) -> str:
        """The figure that the paper gives for the task."""
        return str(entry(self.name).published["metric"])

    @property
    def paper(self) -> float | None:
        """The paper's figure; None if it has none for this size of the task."""
        return self.published.get(self.model)

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
        paper, mean = self.paper, self.figure.mean()
        if self.changed or self.budgeted or paper is None:
            return "not decided"
        if higher_is_better(self.metric):
            return f"{'reached' if mean >= paper - POINTS else 'missed'} (≥ {paper - POINTS:.4g})"
        bound = self.published.get("reach", {}).get(self.model, TOLERANCE * paper)
        return f"{'reached' if mean <= bound else 'missed'} (≤ {bound:.4g})"

    @property
    def remark(self) -> str:
        """Says so if the test result is no better than that of a model that has learned nothing from the sequences."""
        known = [one["baseline"] for one in self.metrics if "baseline" in one]
        baseline = known[0] if known else {}
        figure, mean = baseline.get("test", {}).get(self.metric), self.figure.mean()
        if figure is None:
            return ""
        learned = mean >= figure + CHANCE if higher_is_better(self.metric) else mean <= (1 - CHANCE) * figure
        return "" if learned else f"no better than {baseline['name']} ({figure:.4g})"

    @property
    def minutes(self) -> float:
        """How long a training takes if all its epochs are as quick as the quickest of any seed; nan if unknown.

        Other work may have slowed some runs, and they may have been made on different machines.
        """
        timed = (one for one in self.metrics if one.get("seconds_per_epoch"))
        return min((one["seconds_per_epoch"] * one["epochs"] / 60 for one in timed), default=math.nan)

    def row(self) -> dict[str, str]:
        """Returns the cell as a row of the table."""
        spread = f" ± {two_digits(self.figure.std())}" if len(self.figure) > 1 else ""
        ours = {"ours": f"{self.figure.mean():.4g}{spread}"}
        size = {"parameters": f"{self.metrics[0]['parameters']:,}"}
        verdict, minutes = {}, {}
        if self.profiles:
            minutes["minutes"] = f"{self.minutes:.1f}" if math.isfinite(self.minutes) else ""
        else:
            ours["paper's"] = "–" if self.paper is None else f"{self.paper:.4g}"
            size["paper's ≈"] = self.published["size"]
            verdict["verdict"] = self.verdict
        return {
            "task": self.name + self.changed,
            "measure": self.metric,
            "model": self.model + (f", {self.origin}" if self.origin else ""),
            **ours,
            **size,
            "seeds": str(len(self.runs)),
            "training": self.budgeted or f"full: {self.metrics[0]['epochs']} epochs",
            **minutes,
            **verdict,
            "remark": self.remark,
        }


def compare(group: str, config_of: ConfigOf, root: Path = RESULTS, reference: Path | None = None) -> None:
    """Prints the tables and writes them, as Markdown and CSV, with the validation curves and a picture of the table.

    With a `reference`, a table also has its runs of the same tasks.

    Raises:
        UserError: there is nothing to compare.
    """
    rows = cells(group, config_of, root)
    if not rows:
        if complete_runs(group, root):
            raise UserError(f"no run of {group} can be compared; move the folders named above away, and make {group}")
        raise UserError(f"no run of {group} is complete yet; make {group} runs them all")
    usual = [cell for cell in rows if not cell.changed]
    kept = [replace(cell, origin="reference") for cell in cells(group, config_of, reference)] if reference else []
    for profiles, of_size in groupby(rows, key=lambda cell: cell.profiles):
        own = list(of_size)
        tasks = {cell.name for cell in own}
        table = sorted([*own, *(cell for cell in kept if cell.profiles == profiles and cell.name in tasks)], key=_order)
        folder = root / group / "comparison" / "-".join(Path(profile).stem for profile in profiles)
        place = folder / "with-reference" if reference else folder
        print(f"\n{table_files.write(_frame(table), place, _size(profiles))}")
        print(_figures(profiles))
        if drawn := [cell for cell in own if not cell.changed]:
            figures = {"curves": _pictures.curves(drawn, MODELS, _size(profiles))}
            if not _untuned(profiles):
                tuned = [cell for cell in usual if profiles and _untuned(cell.profiles) == profiles]
                figures["table"] = _pictures.dots([*drawn, *_cut_short(own, drawn), *tuned], MODELS, _size(profiles))
            for name, figure in figures.items():
                save(figure, folder / f"{name}.png")
                print(folder / f"{name}.png")


def _cut_short(cells: Iterable[Cell], drawn: Iterable[Cell]) -> list[Cell]:
    """Returns the cells of trainings that were cut short, of models for which a task has nothing else to draw."""
    covered = {(cell.name, cell.model) for cell in drawn}
    return [cell for cell in cells if cell.budgeted and (cell.name, cell.model) not in covered]


def section(group: str, about: str, config_of: ConfigOf, root: Path = RESULTS) -> Section:
    """Returns the report's part: the tables, and the models of each task."""
    rows = cells(group, config_of, root)
    return Section(
        group,
        about,
        tuple(
            Table(". ".join(filter(None, [_size(profiles), _figures(profiles)])), _frame(own))
            for profiles, own in groupby(rows, key=lambda cell: cell.profiles)
        ),
        tuple(
            Curves(
                "; ".join(filter(None, [f"{catalogue.about(task).split(' (')[0]} ({task})", in_words(profiles)])),
                own[0].metrics[0]["metric"],
                tuple((cell.label, cell.runs) for cell in own),
            )
            for (profiles, task), of_task in groupby(rows, key=lambda cell: (cell.profiles, cell.name))
            if (own := list(of_task))
        ),
    )


def _frame(rows: Iterable[Cell]) -> pd.DataFrame:
    """Returns the cells as a table, with remarks if there are any."""
    table = pd.DataFrame([cell.row() for cell in rows])
    return table if table["remark"].any() else table.drop(columns="remark")


def _size(profiles: Profiles) -> str:
    """Returns what a reader must know about the tasks' size; nothing if it is the paper's."""
    return f"Other sizes than the paper's: {in_words(profiles)}" if profiles else ""


def _untuned(profiles: Profiles) -> Profiles:
    """Returns the profiles that a search started from, if the last one is what it found; otherwise none."""
    *before, last = [Path(profile).stem for profile in profiles] or [""]
    return profiles[:-1] if before and last == f"{before[-1]}_tuned" else ()


def _figures(profiles: Profiles) -> str:
    """Returns what the figures of a table are."""
    paper = "; the paper's is the mean test of its last three epochs" if not profiles else ""
    return f"Ours is the test at the best validation epoch{paper}."


def cells(group: str, config_of: ConfigOf, root: Path = RESULTS) -> list[Cell]:
    """Returns all complete runs by size, task, model and settings, the paper's size and order of models first.

    A run belongs to every chain of profiles whose settings it has: a search may find the settings that there were. But
    it doesn't belong to a chain whose last profile says nothing about it.
    """
    runs = sound_runs(group, root)
    recorded = dict.fromkeys(readable(_other_size, run) for run in runs)
    sizes = [profiles for profiles in recorded if profiles]
    alike: dict[tuple[Any, ...], list[Run]] = {}
    keys_of = partial(_models, config_of, sizes, cache(defaults), cache(silent))  # hundreds of runs, a few settings
    for run in runs:
        for key in readable(keys_of, run) or ():
            alike.setdefault(key, []).append(run)
    return sorted([_cell(key, tuple(own)) for key, own in alike.items()], key=_order)


def _order(cell: Cell) -> tuple[Any, ...]:
    model = MODELS.index(cell.model)
    own = cell.name, cell.changed != "", model, cell.changed, cell.budgeted, cell.origin
    return len(cell.profiles), cell.profiles, *own


def _other_size(run: Run) -> Profiles:
    """Returns a run's profiles if they give its task another size, otherwise none.

    Raises:
        UserError: one of them is gone.
    """
    profiles = tuple(run.settings()["profiles"])
    return profiles if protocols(profiles) else ()


def _models(
    config_of: ConfigOf,
    sizes: list[Profiles],
    defaults: Callable[[str, Profiles, str], dict[str, Any]],
    silent: Callable[[Profiles, str, str], Profiles],
    run: Run,
) -> list[tuple[Any, ...]]:
    """Returns what runs of one cell share: task, model, profiles, changed settings and the training's length.

    Raises:
        UserError: the run lacks something that the table shows, or its experiment or a profile is gone.
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
    length = str(identity.differing(settings, {}, config_class, LENGTH))

    def changed(profiles: Profiles) -> str:
        usual = defaults(run.name, profiles, settings["model"])
        own = identity.differing(settings, usual, config_class, identity.IN_LABEL)
        return changed_settings({key: value for key, value in own.items() if key != "model"})

    model = settings["model"]
    same = [profiles for profiles in sizes if not changed(profiles) and not silent(profiles[-1:], run.name, model)]
    same = same or [_other_size(run)]
    return [(run.name, model, profiles, changed(profiles), length) for profiles in same]


def _cell(key: tuple[Any, ...], runs: tuple[Run, ...]) -> Cell:
    task, model, profiles, changed, _ = key
    metrics = tuple(run.metrics() for run in runs)
    label = ", ".join(filter(None, [model + changed, _budget(metrics)]))
    return Cell(label, task, runs, metrics, published(task, profiles), model=model, profiles=profiles, changed=changed)


def _budget(metrics: tuple[dict[str, Any], ...]) -> str:
    steps, in_full = (min(one[key] for one in metrics) for key in ("steps", "steps_in_full"))
    return f"budgeted: {steps:,} of {in_full:,} steps" if steps < in_full else ""

"""The paper's table with ours in it: a row a task and model, and the validation curves behind it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from foundation.atomic import atomic
from foundation.picture import save
from foundation.user_error import UserError
from lab.report.sections import Curves, Section, Table
from lab.runs import RESULTS, Run, all_runs
from lab.settings import entry, defaults
from sequences.task import score

MODELS = ("tcn", "lstm", "gru", "rnn")
BUDGET = ("budget_steps", "budget_minutes", "steps_per_epoch")
NO_PART = {"seed", "threads", "mirror", "tensorboard", "evaluation_batch", *BUDGET}
TOLERANCE = 1.05  # of a loss; `reach` in the YAML says otherwise
POINTS = 0.005  # of accuracy
WIDE = 10  # what spans more is drawn on a logarithmic axis


@dataclass(frozen=True)
class Cell:
    """One task's runs of one model under one set of settings: they differ by seed only."""

    task: str
    model: str
    changed: str
    """Settings that are not the YAML's."""
    runs: tuple[Run, ...]
    metrics: tuple[dict[str, Any], ...]

    @property
    def published(self) -> dict[str, Any]:
        """The paper's figures for all four models."""
        return entry(self.task).published

    @property
    def figure(self) -> pd.Series:
        """Each run's test result at its best validation epoch."""
        return pd.Series([metrics["test"][self.published["metric"]] for metrics in self.metrics])

    @property
    def budgeted(self) -> str:
        """What part of the full training was made, where that is less than all."""
        steps, whole = (min(metrics[key] for metrics in self.metrics) for key in ("steps", "steps_in_full"))
        return f"budgeted: {steps:,} of {whole:,} steps" if steps < whole else ""

    @property
    def label(self) -> str:
        """What tells it from the task's other cells."""
        return self.model + self.changed + (f", {self.budgeted}" if self.budgeted else "")

    @property
    def verdict(self) -> str:
        """Whether a full training under the YAML's settings reaches the paper's figure, or the YAML's `reach`."""
        paper, mean = self.published[self.model], self.figure.mean()
        if self.changed or self.budgeted or paper is None:
            return "not decided"
        if self.published["metric"] == "accuracy":
            return f"{'reached' if mean >= paper - POINTS else 'missed'} (≥ {paper - POINTS:.4g})"
        bound = self.published.get("reach", {}).get(self.model, TOLERANCE * paper)
        return f"{'reached' if mean <= bound else 'missed'} (≤ {bound:.4g})"

    def row(self) -> dict[str, str]:
        """The cell's row."""
        spread = f" ± {self.figure.std():.2g}" if len(self.runs) > 1 else ""
        paper = self.published[self.model]
        return {
            "task": self.task + self.changed,
            "measure": self.published["metric"],
            "model": self.model,
            "ours": f"{self.figure.mean():.4g}{spread}",
            "paper's": "–" if paper is None else f"{paper:.4g}",
            "parameters": f"{self.metrics[0]['parameters']:,}",
            "paper's ≈": self.published["size"],
            "seeds": str(len(self.runs)),
            "training": self.budgeted or f"full: {self.metrics[0]['epochs']} epochs",
            "verdict": self.verdict,
        }


def compare(group: str, root: Path = RESULTS) -> None:
    """Prints the table and writes it, as Markdown and CSV, with the validation curves.

    Raises:
        UserError: there is nothing to compare.
    """
    if not (found := cells(group, root)):
        raise UserError(f"no run of {group} is complete yet; make {group} runs them all")
    folder = root / group / "comparison"
    folder.mkdir(parents=True, exist_ok=True)
    table = pd.DataFrame([cell.row() for cell in found])
    markdown = table.to_markdown(index=False, disable_numparse=True) + "\n"
    with atomic(folder / "table.md") as path:
        path.write_text(markdown, encoding="utf-8")
    with atomic(folder / "table.csv") as path:
        table.to_csv(path, index=False)
    print(f"{markdown}\nours: test at the best validation epoch; the paper's: the mean test of the last three epochs")
    if usual := [cell for cell in found if not cell.changed]:
        save(curves(usual), folder / "curves.png")
        print(folder / "curves.png")


def section(group: str, about: str, root: Path = RESULTS) -> Section:
    """The report's part: the table, and each task's models."""
    found = cells(group, root)
    rows = pd.DataFrame([cell.row() for cell in found])
    return Section(
        group,
        about,
        (Table("ours: test at the best validation epoch; the paper's: the mean test of its last three", rows),)
        if found
        else (),
        tuple(
            Curves(task, own[0].metrics[0]["metric"], tuple((cell.label, cell.runs) for cell in own))
            for task, group in groupby(found, key=lambda cell: cell.task)
            if (own := list(group))
        ),
    )


def cells(group: str, root: Path = RESULTS) -> list[Cell]:
    """All complete runs, by task, model and settings, in the paper's order of models."""
    alike: dict[tuple[str, str, str, tuple[Any, ...]], list[Run]] = {}
    for run in all_runs(group, root):
        if run.complete:
            settings = run.settings()["settings"]
            usual = defaults(run.name, model=settings["model"])
            own = {key: value for key, value in settings.items() if key not in NO_PART and value != usual.get(key)}
            own.pop("model", None)
            changed = f" ({', '.join(f'{key}={value}' for key, value in own.items())})" if own else ""
            budget = tuple(settings[key] for key in BUDGET)
            alike.setdefault((run.name, settings["model"], changed, budget), []).append(run)
    found = [Cell(*key[:3], tuple(runs), tuple(run.metrics() for run in runs)) for key, runs in alike.items()]
    return sorted(
        found,
        key=lambda cell: (cell.task, cell.changed != "", MODELS.index(cell.model), cell.changed, cell.budgeted),
    )


def curves(found: list[Cell]) -> Figure:
    """A panel a task: each model's validation over epochs, the paper's test figures as dashes."""
    tasks = sorted({cell.task for cell in found})
    columns = min(3, len(tasks))
    rows = -(-len(tasks) // columns)
    figure = Figure(figsize=(4.6 * columns, 0.6 + 3.4 * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes, task in zip(panels, tasks, strict=False):
        metric = entry(task).published["metric"]
        for cell in found:
            if cell.task != task:
                continue
            colour = f"C{MODELS.index(cell.model)}"
            for run, metrics in zip(cell.runs, cell.metrics, strict=True):
                history = pd.read_csv(run.history_file)
                steps = history["epoch"] * metrics["steps"] / metrics["epochs"]
                values = score(metric, history[f"val_{metrics['metric']}"].to_numpy())
                axes.plot(steps, values, color=colour, marker=".")
        for model in MODELS:
            if (paper := entry(task).published[model]) is not None:
                axes.axhline(paper, color=f"C{MODELS.index(model)}", ls="--", lw=0.8)
        axes.set(title=task, xlabel="training steps", ylabel=f"validation {metric}")
        if axes.dataLim.y1 > WIDE * axes.dataLim.y0 and metric != "accuracy":
            axes.set_yscale("log")
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.grid(alpha=0.3, which="both")
    for axes in panels[len(tasks) :]:
        axes.set_visible(False)
    lines = [Line2D([], [], color=f"C{i}", marker=".") for i in range(len(MODELS))]
    figure.legend(lines, MODELS, loc="outside lower center", ncols=len(MODELS))
    figure.suptitle("Validation over training; dashes: the paper's test figures", fontsize=10)
    return figure

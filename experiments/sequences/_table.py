"""The paper's table with ours in it: a row a task and model, and the validation curves behind it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lab.atomic import atomic
from lab.mistake import Mistake
from lab.runs import RESULTS, Run, all_runs
from lab.settings import claim, defaults

MODELS = ("tcn", "lstm", "gru", "rnn")
NO_PART = {"seed", "threads", "mirror", "tensorboard", "evaluation_batch", "budget_steps", "budget_minutes"}
TOLERANCE = 1.05  # of a loss; `reach` in the YAML says otherwise
POINTS = 0.005  # of accuracy


@dataclass(frozen=True)
class Cell:
    """One task's runs of one model under one set of settings: they differ by seed and budget only."""

    task: str
    model: str
    changed: str
    """Settings that are not the YAML's."""
    runs: tuple[Run, ...]
    metrics: tuple[dict[str, Any], ...]

    @property
    def published(self) -> dict[str, Any]:
        """The paper's figures for all four models."""
        return claim(self.task).published

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
    def verdict(self) -> str:
        """Whether a full training under the YAML's settings reaches the paper's figure, or the YAML's `reach`."""
        if self.changed or self.budgeted:
            return "not decided"
        paper, mean = self.published[self.model], self.figure.mean()
        if self.published["metric"] == "accuracy":
            return f"{'reached' if mean >= paper - POINTS else 'missed'} (≥ {paper - POINTS:.4g})"
        bound = self.published.get("reach", {}).get(self.model, TOLERANCE * paper)
        return f"{'reached' if mean <= bound else 'missed'} (≤ {bound:.4g})"

    def row(self) -> dict[str, str]:
        """The cell's row."""
        spread = f" ± {self.figure.std():.2g}" if len(self.runs) > 1 else ""
        return {
            "task": self.task + self.changed,
            "measure": self.published["metric"],
            "model": self.model,
            "ours": f"{self.figure.mean():.4g}{spread}",
            "paper's": f"{self.published[self.model]:.4g}",
            "parameters": f"{self.metrics[0]['parameters']:,}",
            "paper's ≈": self.published["size"],
            "seeds": str(len(self.runs)),
            "training": self.budgeted or f"full: {self.metrics[0]['epochs']} epochs",
            "verdict": self.verdict,
        }


def compare(group: str, root: Path = RESULTS) -> None:
    """Prints the table and writes it, as Markdown and CSV, with the validation curves.

    Raises:
        Mistake: there is nothing to compare.
    """
    if not (found := cells(group, root)):
        raise Mistake(f"no run of {group} is complete yet; make {group} runs them all")
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
        with atomic(folder / "curves.png") as path:
            curves(usual).savefig(path, dpi=130)
        print(folder / "curves.png")


def cells(group: str, root: Path = RESULTS) -> list[Cell]:
    """All complete runs, by task, model and settings, in the paper's order of models."""
    alike: dict[tuple[str, str, str], list[Run]] = {}
    for run in all_runs(group, root):
        if run.complete:
            settings = run.settings()["settings"]
            usual = defaults(run.name, model=settings["model"])
            own = {key: value for key, value in settings.items() if key not in NO_PART and value != usual.get(key)}
            own.pop("model", None)
            changed = f" ({', '.join(f'{key}={value}' for key, value in own.items())})" if own else ""
            alike.setdefault((run.name, settings["model"], changed), []).append(run)
    ordered = sorted(
        alike.items(), key=lambda item: (item[0][0], item[0][2] != "", MODELS.index(item[0][1]), item[0][2])
    )
    return [Cell(*key, tuple(runs), tuple(run.metrics() for run in runs)) for key, runs in ordered]


def curves(found: list[Cell]) -> Figure:
    """A panel a task: each model's validation over epochs, the paper's test figures as dashes."""
    tasks = sorted({cell.task for cell in found})
    columns = min(3, len(tasks))
    rows = -(-len(tasks) // columns)
    figure = Figure(figsize=(4.6 * columns, 0.6 + 3.4 * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes, task in zip(panels, tasks, strict=False):
        for cell in found:
            if cell.task != task:
                continue
            colour = f"C{MODELS.index(cell.model)}"
            for run, metrics in zip(cell.runs, cell.metrics, strict=True):
                history = pd.read_csv(run.history_file)
                column = f"val_{metrics['metric']}"
                label = cell.model if run is cell.runs[0] else None
                axes.plot(history["epoch"], history[column], color=colour, label=label, marker=".")
            if cell.published["metric"] == cell.metrics[0]["metric"]:
                axes.axhline(cell.published[cell.model], color=colour, ls="--", lw=0.8)
        metric = claim(task).published["metric"]
        axes.set(title=task, xlabel="epoch", ylabel=f"validation {metric}")
        if metric != "accuracy":
            axes.set_yscale("log")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3, which="both")
        axes.legend(fontsize=8)
    for axes in panels[len(tasks) :]:
        axes.set_visible(False)
    figure.suptitle("Validation over training; dashes: the paper's test figures", fontsize=10)
    return figure

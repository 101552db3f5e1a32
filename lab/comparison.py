"""Compares a group's finished runs: a table and pictures for each set of conditions, never two sets in one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from lab import comparison_pictures
from lab.atomic import atomic
from lab.mistake import Mistake
from lab.runs import RESULTS, Run, all_runs
from lab.settings import claim, defaults

NO_PART = {
    "seed",
    "threads",
    "mirror",
    "tensorboard",
    "csv",
    "source",
    "evaluation_batch",
}  # of what tells models apart


@dataclass(frozen=True)
class Entry:
    """One model under one set of settings: its runs differ by seed only."""

    label: str
    name: str
    runs: tuple[Run, ...]
    metrics: tuple[dict[str, Any], ...]

    def values(self, split: str, key: str) -> pd.Series:
        """A figure of each run, such as "mae" on "test"."""
        return pd.Series([metrics[split][key] for metrics in self.metrics], dtype=float)

    @property
    def published(self) -> dict[str, Any]:
        """The published figure, from `configs/`."""
        return claim(self.name).published


@dataclass(frozen=True)
class Comparison:
    """All models that were run under the same conditions."""

    slug: str
    conditions: str
    metric: str
    entries: tuple[Entry, ...]

    def table(self) -> pd.DataFrame:
        """A row a model, the best on validation first; several seeds as mean ± standard deviation."""
        rows = []
        for entry in self.entries:
            figures = {
                f"{split} {key.replace('mae_celsius', '°C')}": _figure(
                    entry.values(split, key), digits=2 if "celsius" in key else 4
                )
                for split in ("validation", "test")
                for key in entry.metrics[0][split]
            }
            epochs = sorted({str(metrics["best_epoch"]) for metrics in entry.metrics}, key=int)
            rows.append(
                {
                    "experiment": entry.label,
                    **figures,
                    "published": entry.published.get(f"validation_{self.metric}", ""),
                    "best epoch": "/".join(epochs),
                    "epochs": entry.metrics[0]["epochs"],
                    "seeds": len(entry.runs),
                    "parameters": f"{entry.metrics[0]['parameters']:,}",
                    "seconds": f"{pd.Series([m['seconds'] for m in entry.metrics]).mean():.0f}",
                }
            )
        return pd.DataFrame(rows)


def compare(group: str, root: Path = RESULTS) -> list[Path]:
    """Prints a group's tables and writes them, as Markdown and CSV, and their pictures.

    Returns:
        The folders written to, one for each set of conditions.

    Raises:
        Mistake: there is nothing to compare.
    """
    folders = []
    if not (found := comparisons(group, root)):
        raise Mistake(f"no run of {group} is complete yet; make {group} runs them all")
    for comparison in found:
        folder = root / group / "comparison" / comparison.slug
        folder.mkdir(parents=True, exist_ok=True)
        table = comparison.table()
        markdown = f"{comparison.conditions}\n\n{table.to_markdown(index=False, disable_numparse=True)}\n"
        with atomic(folder / "table.md") as path:
            path.write_text(markdown, encoding="utf-8")
        with atomic(folder / "table.csv") as path:
            table.to_csv(path, index=False)
        print(f"\n{markdown}")
        for picture in comparison_pictures.draw(comparison, folder):
            print(picture)
        folders.append(folder)
    return folders


def comparisons(group: str, root: Path = RESULTS) -> list[Comparison]:
    """A group's complete runs, by conditions, then by model; best first."""
    found = [(run, run.settings(), run.metrics()) for run in all_runs(group, root) if run.complete]
    key = lambda item: (item[1]["profiles"], item[2]["data"]["conditions"], item[1]["data"])  # noqa: E731
    result: list[Comparison] = []
    for (profiles, conditions, fingerprint), same in groupby(sorted(found, key=key), key):
        items = list(same)
        metric = items[0][2]["metric"]
        slug = "-".join([*profiles, *(["simulated"] if items[0][2]["data"]["simulated"] else [])]) or "deck"
        if slug in {comparison.slug for comparison in result}:
            slug += f"-{fingerprint[:6]}"
        laid = " over ".join(f"configs/{profile}.yaml" for profile in reversed(profiles))
        result.append(Comparison(slug, conditions + (f"; {laid}" if laid else ""), metric, _entries(items, metric)))
    return result


def _entries(items: list[tuple[Run, dict[str, Any], dict[str, Any]]], metric: str) -> tuple[Entry, ...]:
    models: dict[str, list[tuple[Run, dict[str, Any]]]] = {}
    names = {}
    for run, settings, metrics in items:
        usual = defaults(run.name, settings["profiles"])
        own = {k: v for k, v in settings["settings"].items() if k not in NO_PART and v != usual.get(k)}
        label = run.name + (f" ({', '.join(f'{k}={v}' for k, v in own.items())})" if own else "")
        models.setdefault(label, []).append((run, metrics))
        names[label] = run.name
    entries = [Entry(label, names[label], *map(tuple, zip(*found, strict=True))) for label, found in models.items()]
    sign = -1 if metric == "accuracy" else 1
    return tuple(sorted(entries, key=lambda entry: sign * entry.values("validation", metric).mean()))


def _figure(values: pd.Series, digits: int) -> str:
    spread = f" ± {values.std():.{digits}f}" if len(values) > 1 else ""
    return f"{values.mean():.{digits}f}{spread}"

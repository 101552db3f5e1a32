"""Compares a group's finished runs: a table and pictures for each set of conditions, never two sets in one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from foundation.atomic import atomic
from foundation.user_error import UserError
from lab.comparison import pictures
from lab.runs import RESULTS, Run, all_runs
from lab.settings import defaults, published

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
    published: dict[str, Any]
    """The figures to reach, from `configs/`."""

    def values(self, split: str, key: str) -> pd.Series:
        """A figure of each run, such as "mae" on "test"."""
        return pd.Series([metrics[split][key] for metrics in self.metrics], dtype=float)


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
                    "published": _published(entry.published, self.metric),
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
        The folders written to, one for each set of conditions; none where runs have pictures and no figure.

    Raises:
        UserError: there is nothing to compare.
    """
    folders = []
    complete = [run for run in all_runs(group, root) if run.complete]
    if complete and not any("metric" in run.metrics() for run in complete):
        print(f"{group} has no figures to compare: its pictures lie in {root / group}/*/*/*.png")
        return []
    if not (found := comparisons(group, root)):
        raise UserError(f"no run of {group} is complete yet; make {group} runs them all")
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
        for picture in pictures.draw(comparison, folder):
            print(picture)
        folders.append(folder)
    return folders


def comparisons(group: str, root: Path = RESULTS) -> list[Comparison]:
    """A group's complete runs by conditions, those of most models first; in each by model, best first.

    Runs whose settings are gone are left out.
    """
    alike: dict[tuple[Any, ...], list[tuple[Run, str, dict[str, Any]]]] = {}
    for run in all_runs(group, root):
        if not run.complete:
            continue
        record, metrics = run.settings(), run.metrics()
        if "metric" not in metrics:
            continue
        try:
            label = _label(run.name, record)
        except UserError as error:
            print(f"left out: {run.folder} ({error})")
            continue
        conditions = (*record["profiles"],), metrics["data"]["conditions"], record["data"], record.get("backend")
        alike.setdefault(conditions, []).append((run, label, metrics))
    slugs = {key: _slug(key[0], items[0][2]) for key, items in alike.items()}
    result = []
    for key, items in alike.items():
        slug = slugs[key]
        if list(slugs.values()).count(slug) > 1:
            slug += "-" + hashlib.sha256(repr(key).encode()).hexdigest()[:6]
        laid = " over ".join(f"{Path(profile).stem}.yaml" for profile in reversed(key[0]))
        metric = items[0][2]["metric"]
        result.append(Comparison(slug, key[1] + (f"; {laid}" if laid else ""), metric, _entries(items, metric, key[0])))
    return sorted(result, key=lambda comparison: -len(comparison.entries))


def _slug(profiles: tuple[str, ...], metrics: dict[str, Any]) -> str:
    simulated = ["simulated"] if metrics["data"]["simulated"] else []
    return "-".join([*(Path(profile).stem for profile in profiles), *simulated]) or "deck"


def changed(name: str, record: dict[str, Any]) -> dict[str, Any]:
    """The settings of a run that its profiles don't have, but those that don't tell models apart.

    Raises:
        UserError: the experiment or a profile is gone.
    """
    usual = defaults(name, record["profiles"], record["settings"].get("model"))
    return {key: value for key, value in record["settings"].items() if key not in NO_PART and value != usual.get(key)}


def _label(name: str, record: dict[str, Any]) -> str:
    """The experiment, with the settings that its profiles don't have."""
    own = changed(name, record)
    return name + (f" ({', '.join(f'{k}={v}' for k, v in own.items())})" if own else "")


def _entries(items: list[tuple[Run, str, dict[str, Any]]], metric: str, profiles: tuple[str, ...]) -> tuple[Entry, ...]:
    models: dict[str, list[tuple[Run, dict[str, Any]]]] = {}
    for run, label, metrics in items:
        models.setdefault(label, []).append((run, metrics))
    entries = []
    for label, found in models.items():
        name = label.split(" ")[0]
        runs, metrics = zip(*found, strict=True)
        entries.append(Entry(label, name, runs, metrics, published(name, profiles)))
    sign = -1 if metric == "accuracy" else 1
    return tuple(sorted(entries, key=lambda entry: sign * entry.values("validation", metric).mean()))


def _published(figures: dict[str, Any], metric: str) -> Any:
    celsius = [
        f"{split} {figures[key]} °C" for split in ("validation", "test") if (key := f"{split}_celsius") in figures
    ]
    return ", ".join(celsius) or figures.get(f"validation_{metric}", "")


def _figure(values: pd.Series, digits: int) -> str:
    spread = f" ± {values.std():.{digits}f}" if len(values) > 1 else ""
    return f"{values.mean():.{digits}f}{spread}"

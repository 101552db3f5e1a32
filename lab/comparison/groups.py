"""Compares a group's finished runs: a table and pictures for each set of conditions, never two sets in one."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from foundation.user_error import UserError
from lab import identity, table_files
from lab.comparison import pictures
from lab.comparison.entries import Comparison, Entry, changed_settings
from lab.comparison.presentation import Presentation
from lab.comparison.table import table
from lab.identity import ConfigOf
from lab.metric import as_loss
from lab.runs import RESULTS, Run, complete_runs, sound_runs
from lab.settings import defaults, in_words, published

LENGTH: tuple[identity.Part, ...] = ("length",)
REFERENCE, BESIDE = "reference", "-with-reference"
"""What runs are called that come with the project, and the end of the name of a folder that compares with them."""


def compare(
    name: str,
    config_of: ConfigOf,
    presentation: Presentation,
    root: Path = RESULTS,
    reference: Path | None = None,
) -> list[Path]:
    """Prints a group's tables and writes them, as Markdown and CSV, and their pictures.

    Args:
        name: The group.
        config_of: Returns an experiment's `Config`.
        presentation: How the group's figures are shown.
        root: The folder of all results.
        reference: The folder of runs that come with the project, to put beside those that share their conditions.

    Returns:
        The folders written to, one for each set of conditions; none if the group's runs have no metric to compare.

    Raises:
        UserError: there is nothing to compare.
    """
    runs = sound_runs(name, root)
    kept = sound_runs(name, reference) if reference else []
    folders = []
    for comparison in _by_conditions(runs, config_of, kept):
        beside = any(entry.origin for entry in comparison.entries)
        folder = root / name / "comparison" / (comparison.slug + (BESIDE if beside else ""))
        if reference and not beside:
            print(f"\nthe project comes with no runs under these conditions: {comparison.conditions}")
        print(f"\n{table_files.write(table(comparison, presentation), folder, comparison.conditions)}")
        for picture in pictures.draw(comparison, presentation, folder):
            print(picture)
        folders.append(folder)
    if folders:
        return folders
    if any("metric" not in run.metrics() for run in runs):
        print(f"{name} has no figures to compare; its pictures are {root / name}/*/*/*.png")
        return []
    if complete_runs(name, root):
        raise UserError(f"no run of {name} can be compared; move the folders named above away, and make {name}")
    raise UserError(f"no run of {name} is complete yet; make {name} runs them all")


def comparisons(name: str, config_of: ConfigOf, root: Path = RESULTS) -> list[Comparison]:
    """Returns a group's complete runs by conditions, those of most models first; in each by model, best first.

    Runs that are damaged or whose settings are gone are left out; a line on stderr says so.
    """
    return _by_conditions(sound_runs(name, root), config_of)


def _by_conditions(runs: Iterable[Run], config_of: ConfigOf, kept: Collection[Run] = ()) -> list[Comparison]:
    """Returns the runs by conditions, with those of the kept ones that share the conditions of another run."""
    alike: dict[tuple[Any, ...], dict[tuple[Any, ...], list[tuple[Run, dict[str, Any]]]]] = {}
    for run in [*runs, *kept]:
        record, metrics = run.settings(), run.metrics()
        if "metric" not in metrics:
            continue
        try:
            model = (*_model(run.name, record, config_of), REFERENCE if run in kept else "")
        except UserError as error:
            print(f"left out: {run.folder}: {error}", file=sys.stderr)
            continue
        profiles, data = tuple(record["profiles"]), metrics["data"]
        conditions = (
            profiles,
            data["conditions"],
            data["simulated"],
            record["data"],
            record["backend"],
            metrics["metric"],
        )
        if conditions in alike or run not in kept:
            alike.setdefault(conditions, {}).setdefault(model, []).append((run, metrics))
    slugs = {conditions: _slug(conditions[0], simulated=conditions[2]) for conditions in alike}
    result = []
    for conditions, models in alike.items():
        slug, (profiles, words, *_, metric) = slugs[conditions], conditions
        if list(slugs.values()).count(slug) > 1:
            slug += "-" + hashlib.sha256(repr(conditions).encode()).hexdigest()[:6]
        entries = [_entry(model, runs, profiles) for model, runs in models.items()]
        entries.sort(key=lambda entry: as_loss(metric, entry.values("validation", metric).mean()))
        result.append(Comparison(slug, words, metric, tuple(entries), in_words(profiles)))
    return sorted(result, key=lambda comparison: -len(comparison.entries))


def _slug(profiles: tuple[str, ...], simulated: bool) -> str:
    return "-".join([*(Path(profile).stem for profile in profiles), *["simulated"] * simulated]) or "deck"


def _model(name: str, record: dict[str, Any], config_of: ConfigOf) -> tuple[Any, ...]:
    """Returns what runs of one model share: their label, the experiment, and how long they were trained.

    Raises:
        UserError: the experiment or a profile is gone.
    """
    config_class = config_of(name)
    settings = identity.current(record["settings"], config_class)
    usual = defaults(name, record["profiles"], settings.get("model"))
    own = identity.differing(settings, usual, config_class, identity.IN_LABEL)
    length = identity.differing(settings, {}, config_class, LENGTH)
    return name + changed_settings(own), name, *length.items()


def _entry(model: tuple[Any, ...], runs: list[tuple[Run, dict[str, Any]]], profiles: tuple[str, ...]) -> Entry:
    (label, name), origin = model[:2], model[-1]
    metrics = tuple(metrics for _, metrics in runs)
    # a figure that was published for the public data says nothing about other data
    comparable = all(own["data"].get("public", True) and not own["data"]["simulated"] for own in metrics)
    figures = published(name, profiles) if comparable else {}
    return Entry(label, name, tuple(run for run, _ in runs), metrics, figures, origin)

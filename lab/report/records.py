"""What the report tells of each run, and of all of them in its head."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import yaml

from lab.report.command import again
from lab.runs import Run

YAML = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # much faster, where it was built


@dataclass(frozen=True)
class Record:
    """One run, in words."""

    id: str
    title: str
    result: str
    command: str | None
    data: str
    simulated: bool
    faults: tuple[str, ...]
    environment: str
    settings: str


@dataclass(frozen=True)
class Experiment:
    """An experiment's runs."""

    name: str
    about: str
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Facts:
    """What a reader must know before anything else."""

    runs: int
    experiments: int
    incomplete: int
    simulated: tuple[str, ...]
    """The experiments with runs on simulated data."""
    simulated_runs: int
    machines: tuple[str, ...]
    """What they ran on and with, the most common first."""


def experiments(runs: Sequence[Run], about: Mapping[str, str]) -> list[Experiment]:
    """Every run, by its experiment; `runs` in the order of their folders."""
    return [
        Experiment(name, about.get(name, ""), tuple(record(run) for run in own))
        for name, own in groupby(runs, key=lambda run: run.name)
    ]


def record(run: Run) -> Record:
    """What the page tells of one run."""
    metrics, content = run.metrics(), run.settings()
    data = metrics.get("data", {})
    seed = content["settings"].get("seed")
    return Record(
        id=anchor(run),
        title=f"seed {seed}" + "".join(f", {profile}" for profile in content["profiles"]),
        result=_result(metrics),
        command=again(run),
        data=data.get("conditions", ""),
        simulated=bool(data.get("simulated")),
        faults=tuple(data.get("faults", ())),
        environment=_told(_environment(run)),
        settings=yaml.dump(content["settings"], Dumper=YAML, sort_keys=False).strip(),
    )


def anchor(run: Run) -> str:
    """The run's place in the page."""
    return "-".join(run.folder.parts[-3:])


def facts(complete: Sequence[Run], incomplete: int) -> Facts:
    """What holds for all of them together."""
    simulated = [run.name for run in complete if run.metrics().get("data", {}).get("simulated")]
    found = [_machine(environment) for run in complete if (environment := _environment(run))]
    return Facts(
        runs=len(complete),
        experiments=len({run.name for run in complete}),
        incomplete=incomplete,
        simulated=tuple(sorted(set(simulated))),
        simulated_runs=len(simulated),
        machines=tuple(sorted(set(found), key=lambda text: (-found.count(text), text))),
    )


def _result(metrics: dict[str, Any]) -> str:
    parts = [
        f"{split} "
        + ", ".join(f"{key.replace('mae_celsius', '°C')} {value:.4g}" for key, value in metrics[split].items())
        for split in ("validation", "test")
        if metrics.get(split)
    ]
    if metrics.get("epochs"):
        parts.append(f"best epoch {metrics['best_epoch']} of {metrics['epochs']}")
    if "parameters" in metrics:
        parts.append(f"{metrics['parameters']:,} parameters")
    if metrics.get("seconds"):
        parts.append(f"{metrics['seconds']:,.0f} s")
    return " · ".join(parts)


def _environment(run: Run) -> dict[str, Any]:
    try:
        return dict(json.loads((run.folder / "environment.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def _machine(environment: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in environment["versions"].items())
    return (
        f"{environment['backend']} on {environment['device']} · {environment['processor']}, {environment['system']} · "
        f"Python {environment['python']}, {versions}"
    )


def _told(environment: dict[str, Any]) -> str:
    if not environment:
        return ""
    commit = f" · commit {environment['commit']}" if environment.get("commit") else ""
    return f"{_machine(environment)} · {environment['threads']} of {environment['cores']} cores{commit}"

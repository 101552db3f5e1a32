"""What the report says about each run, and in its head about all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import yaml

from lab.comparison.presentation import Presentation
from lab.identity import ConfigOf
from lab.report.command import command
from lab.runs import Run, readable

YAML = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # much faster, where it was built


@dataclass(frozen=True)
class Details:
    """One run in words."""

    id: str
    """Its place in the page."""
    title: str
    result: str
    command: str | None
    """The command that makes it again, if there is one."""
    data: str
    simulated: bool
    faults: tuple[str, ...]
    machine: str
    """What it ran on and with."""
    environment: str
    """The same, with threads and commit."""
    settings: str


@dataclass(frozen=True)
class Experiment:
    """An experiment's runs."""

    name: str
    about: str
    runs: tuple[Details, ...]


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


def experiments(
    runs: Sequence[Run], about: Mapping[str, str], config_of: ConfigOf, presentation: Presentation
) -> list[Experiment]:
    """Returns a group's experiments with their runs.

    Args:
        runs: The runs, in the order of their folders.
        about: Each experiment's one line.
        config_of: Returns an experiment's `Config`.
        presentation: How the group's figures are shown.
    """
    return [
        Experiment(name, about.get(name, ""), tuple(details(run, config_of, presentation) for run in own))
        for name, own in groupby(runs, key=lambda run: run.name)
    ]


def details(run: Run, config_of: ConfigOf, presentation: Presentation) -> Details:
    """Returns what the page says about one run."""
    metrics, record = run.metrics(), run.settings()
    data = metrics.get("data", {})
    environment = readable(Run.environment, run)
    return Details(
        id="-".join(run.folder.parts[-3:]),
        title=f"seed {record['settings']['seed']}" + "".join(f", {profile}" for profile in record["profiles"]),
        result=_result(metrics, presentation),
        command=command(run, config_of),
        data=data.get("conditions", ""),
        simulated=bool(data.get("simulated")),
        faults=tuple(data.get("faults", ())),
        machine=_machine(environment) if environment else "",
        environment=_environment(environment) if environment else "",
        settings=yaml.dump(record["settings"], Dumper=YAML, sort_keys=False).strip(),
    )


def facts(shown: Sequence[Experiment], incomplete: int) -> Facts:
    """Returns what holds for all runs together.

    Args:
        shown: The experiments that the page shows.
        incomplete: How many other runs there are.
    """
    runs = [(experiment.name, run) for experiment in shown for run in experiment.runs]
    simulated = [name for name, run in runs if run.simulated]
    machines = Counter(sorted(run.machine for _, run in runs if run.machine))
    return Facts(
        runs=len(runs),
        experiments=len(shown),
        incomplete=incomplete,
        simulated=tuple(sorted(set(simulated))),
        simulated_runs=len(simulated),
        machines=tuple(machine for machine, _ in machines.most_common()),
    )


def _result(metrics: dict[str, Any], presentation: Presentation) -> str:
    parts = [
        f"{split} " + ", ".join(f"{presentation.heading(key)} {value:.4g}" for key, value in metrics[split].items())
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


def _machine(environment: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in environment["versions"].items())
    return (
        f"{environment['backend']} on {environment['device']} · {environment['processor']}, {environment['system']} · "
        f"Python {environment['python']}, {versions}"
    )


def _environment(environment: Mapping[str, Any]) -> str:
    commit = f" · commit {environment['commit']}" if environment.get("commit") else ""
    return f"{_machine(environment)} · {environment['threads']} of {environment['cores']} cores{commit}"

"""What the report says about each run, and in its head about all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import yaml

from foundation.user_error import UserError
from foundation.yaml_files import DUMPER
from lab import identity
from lab.comparison.presentation import Presentation
from lab.identity import ConfigOf
from lab.report.command import DEFAULT_BACKEND, changed, command
from lab.runs import Run, readable


@dataclass(frozen=True)
class Seed:
    """One run in words."""

    seed: int
    result: str
    command: str | None
    """The command that makes it again, if there is one."""
    machine: str
    """What it ran on and with."""
    environment: str
    """The same, with threads and commit."""


@dataclass(frozen=True)
class Shared:
    """What several runs share. They differ in their seeds, and perhaps in the machine."""

    title: str
    """The model where there are several, the profiles, and the settings that they don't have."""
    data: str
    simulated: bool
    faults: tuple[str, ...]
    settings: str


@dataclass(frozen=True)
class Experiment:
    """An experiment's runs."""

    name: str
    about: str
    runs: dict[Shared, list[Seed]]

    @property
    def count(self) -> int:
        """The number of runs."""
        return sum(map(len, self.runs.values()))


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
    result = []
    for name, own in groupby(runs, key=lambda run: run.name):
        by_settings: dict[Shared, list[Seed]] = {}
        for run in own:
            by_settings.setdefault(_shared(run, config_of), []).append(_seed(run, config_of, presentation))
        ordered = dict(sorted(by_settings.items(), key=lambda item: item[0].title))
        result.append(Experiment(name, about.get(name, ""), ordered))
    return result


def _shared(run: Run, config_of: ConfigOf) -> Shared:
    record, data = run.settings(), run.metrics().get("data", {})
    settings = {key: value for key, value in _kept(run, config_of).items() if key != "seed"}
    own = changed(run, config_of)
    model = [settings["model"]] if "model" in settings else []
    backend = [record["backend"]] if record["backend"] != DEFAULT_BACKEND else []
    known = ["settings of another version"] if own is None else [f"{key}={own[key]}" for key in own if key != "model"]
    words = [*model, *record["profiles"], *known, *backend]
    return Shared(
        title=", ".join(map(str, words)) or "the usual settings",
        data=data.get("conditions", ""),
        simulated=bool(data.get("simulated")),
        faults=tuple(data.get("faults", ())),
        settings=yaml.dump(settings, Dumper=DUMPER, sort_keys=False).strip(),
    )


def _kept(run: Run, config_of: ConfigOf) -> dict[str, Any]:
    """Returns the settings that a run's command can have and that aren't null, or all if its experiment is gone."""
    settings = run.settings()["settings"]
    try:
        return identity.differing(settings, {}, config_of(run.name), identity.IN_COMMAND)
    except UserError:
        return settings


def _seed(run: Run, config_of: ConfigOf, presentation: Presentation) -> Seed:
    environment = readable(Run.environment, run)
    return Seed(
        seed=run.settings()["settings"]["seed"],
        result=_result(run.metrics(), presentation),
        command=command(run, config_of),
        machine=_machine(environment) if environment else "",
        environment=_environment(environment) if environment else "",
    )


def facts(shown: Sequence[Experiment], incomplete: int) -> Facts:
    """Returns what holds for all runs together.

    Args:
        shown: The experiments that the page shows.
        incomplete: How many other runs there are.
    """
    runs = [
        (experiment.name, shared.simulated, run.machine)
        for experiment in shown
        for shared, seeds in experiment.runs.items()
        for run in seeds
    ]
    simulated = [name for name, is_simulated, _ in runs if is_simulated]
    machines = Counter(sorted(machine for *_, machine in runs if machine))
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
    before = "".join(f"; before on {_environment(one)}" for one in environment.get("earlier", ()))
    return f"{_machine(environment)} · {environment['threads']} of {environment['cores']} cores{commit}{before}"

"""The evidence for a claim: which complete runs of its experiments there are, under which conditions."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from foundation.user_error import UserError
from lab import identity
from lab.claims.spec import Side
from lab.run_files import damaged
from lab.runs import Run, complete_runs, readable
from lab.settings import defaults, in_words

LENGTH: tuple[identity.Part, ...] = ("length",)
WHOLE = math.inf
"""The length of a training that reached the end that its settings give it, however many steps that is."""
BUDGET = "budget_"
"""How the names of settings start that end a training early."""
MOST_STEPS = 2**53
ONE_CORE = "1 core"
Metrics = dict[str, Any]


@dataclass(frozen=True)
class Conditions:
    """What runs must share to be judged together."""

    profiles: tuple[str, ...] = ()
    protocol: str = ""
    """The data and the protocol in words."""
    fingerprint: str = ""
    """The data's; empty if each seed draws its own."""
    simulated: bool = False
    backend: str = "tensorflow"
    source: str = field(default="", compare=False)
    """The name of the data, such as their file's."""
    public: bool = field(default=True, compare=False)
    """Whether the data are the public ones, not a user's own."""

    @property
    def data(self) -> str:
        """The data in a few words."""
        return f"{'' if self.public else 'your own '}{self.source or 'data without a name'}"

    @property
    def words(self) -> str:
        """The conditions in one line; what is usual isn't mentioned."""
        mark = "SIMULATED" if self.simulated and "SIMULATED" not in self.protocol else ""
        backend = f"on {self.backend}" if self.backend != "tensorflow" else ""
        return "; ".join(part for part in (mark, self.protocol, in_words(self.profiles), backend) if part)


@dataclass(frozen=True)
class CompleteRun:
    """A complete run of an experiment."""

    folder: Path
    metrics: Metrics
    flags: tuple[str, ...] = ()
    """Flags that end another training where this one ended; none if it reached its own end."""
    shortened: str = ""
    """How much less than usual its profiles let it train, in words."""

    @property
    def ended_early(self) -> bool:
        """Whether its training ended before the end that its settings give it."""
        return bool(self.metrics.get("steps", 0) < self.metrics.get("steps_in_full", 0))

    @property
    def lengths(self) -> set[float]:
        """The lengths that its training counts as: its number of steps, the whole, or both."""
        return {self.metrics.get("steps", WHOLE)} | (set() if self.ended_early else {WHOLE})

    @property
    def seconds_in_full(self) -> float:
        """The time that its whole training takes, as far as is known on a machine with nothing else to do."""
        quick = figure(self.metrics, "seconds_per_epoch") * figure(self.metrics, "epochs")
        seconds = quick if math.isfinite(quick) else figure(self.metrics, "seconds")
        steps = self.metrics.get("steps") or math.nan
        return seconds * self.metrics["steps_in_full"] / steps if self.ended_early else seconds

    @property
    def device(self) -> str:
        """What it ran on: a number of cores, or the name of a GPU; nothing if that wasn't recorded."""
        environment = readable(Run.environment, Run(self.folder), quiet=True)
        if not environment:
            return ""
        if environment["device"] != "cpu":
            return str(environment["device"])
        return ONE_CORE if environment["threads"] == 1 else f"{environment['threads']} cores"

    @property
    def machines(self) -> set[tuple[object, ...]]:
        """Processor, device and threads of each machine that it ran on; empty if that wasn't recorded."""
        environment = readable(Run.environment, Run(self.folder), quiet=True)
        each = (environment, *environment.get("earlier", ())) if environment else ()
        return {(one["processor"], one["device"], one["threads"]) for one in each}


@dataclass(frozen=True)
class Evidence:
    """The complete runs of one experiment under one set of conditions."""

    side: Side
    trained: bool
    """Whether the experiment is trained. If not, one run stands for every seed."""
    runs: dict[int, list[CompleteRun]] = field(default_factory=dict)
    """By seed."""

    def lengths(self, seed: int) -> set[float]:
        """Returns the lengths that a seed's runs count as."""
        return {length for run in self.of_seed(seed) for length in run.lengths}

    def has(self, length: float, seed: int) -> bool:
        """Returns whether a seed has a run of this length."""
        return length in self.lengths(seed) if self.trained else bool(self.runs)

    def run(self, length: float, seed: int) -> CompleteRun:
        """Returns one of a seed's runs of this length."""
        runs = self.of_seed(seed)
        return next(run for run in runs if length in run.lengths) if self.trained else runs[0]

    def of_seed(self, seed: int) -> list[CompleteRun]:
        """Returns the runs that stand for a seed."""
        return self.runs.get(seed, []) if self.trained else self.all

    @property
    def all(self) -> list[CompleteRun]:
        """All runs."""
        return [run for runs in self.runs.values() for run in runs]

    @property
    def longest(self) -> CompleteRun:
        """The run of the longest training."""
        return max(self.all, key=lambda run: max(run.lengths))

    @property
    def seconds_in_full(self) -> float:
        """The time that a whole training takes on average; nan if unknown."""
        times = [run.seconds_in_full for run in self.all]
        return sum(times) / len(times) if times else math.nan

    @property
    def device(self) -> str:
        """What its runs ran on."""
        return " or ".join(sorted({run.device for run in self.all} - {""}))


def no_evidence(side: Side, profiles: tuple[str, ...]) -> Evidence:
    """Returns the evidence of an experiment that has no run under these profiles."""
    return Evidence(side, defaults(side.name, profiles, side.settings.get("model")).get("epochs") != 0)


def collect(
    sides: Iterable[Side],
    config_of: identity.ConfigOf,
    usual_profiles: Sequence[str],
    profiles: tuple[str, ...] | None,
    root: Path,
) -> dict[str, dict[Conditions, Evidence]]:
    """Returns the evidence of each experiment, under each set of conditions that it has runs under.

    A run belongs to an experiment if its settings are those of its profiles and the experiment's flags; its seed, its
    data and its length may be its own. Runs that can't be read are left out, and a line says why.

    Args:
        sides: The sides of the claims.
        config_of: Returns an experiment's `Config`.
        usual_profiles: Profiles under which trainings are as long as usual.
        profiles: Only runs with the settings of these; None means runs with the settings of their own profiles.
        root: The folder of all results.
    """
    wanted = {side.experiment: side for side in sides}
    evidence: dict[str, dict[Conditions, Evidence]] = {experiment: {} for experiment in wanted}
    for name in dict.fromkeys(side.name for side in wanted.values()):
        for run in complete_runs(name, root):
            try:
                config_class = config_of(name)
                record, metrics = _read(run, config_class)
                under = tuple(record["profiles"]) if profiles is None else profiles
                settings = record["settings"]
                usual, in_full = (
                    defaults(name, chosen, settings.get("model"))
                    for chosen in (under, [profile for profile in under if profile in usual_profiles])
                )
            except UserError as error:
                where = "" if str(run.folder) in str(error) else f"{run.folder}: "
                print_once(f"left out: {where}{error}")
                continue
            own = identity.differing(settings, usual, config_class, identity.IN_LABEL)
            length = identity.differing(settings, usual, config_class, LENGTH)
            if "steps" not in metrics:  # then nobody knows how long the training was
                own |= length
            complete = CompleteRun(run.folder, metrics, _flags(metrics, length), _shortened(settings, in_full, metrics))
            conditions = _conditions(record, under, metrics)
            for experiment, side in wanted.items():
                if name != side.name or own.keys() - side.settings.keys():
                    continue
                if side.settings.items() <= settings.items():
                    if conditions not in evidence[experiment]:
                        evidence[experiment][conditions] = no_evidence(side, under)
                    evidence[experiment][conditions].runs.setdefault(settings["seed"], []).append(complete)
    return evidence


def figure(metrics: Metrics, name: str) -> float:
    """Returns a figure of a run, by the name that `configs/claims.yaml` explains; nan if the run doesn't have it."""
    if name.startswith("gap."):
        name = name.removeprefix("gap.")
        return figure(metrics, f"last.val_{name}") - figure(metrics, f"last.{name}")
    if name.startswith("inverse."):
        value = figure(metrics, name.removeprefix("inverse."))
        return 1 / value if value else math.nan
    value_or_part: Any = metrics
    for key in name.split("."):
        value_or_part = value_or_part.get(key) if isinstance(value_or_part, dict) else None
    is_number = isinstance(value_or_part, (int, float)) and not isinstance(value_or_part, bool)
    return float(value_or_part) if is_number and abs(value_or_part) <= sys.float_info.max else math.nan


def _read(run: Run, config_class: type) -> tuple[dict[str, Any], Metrics]:
    """Returns what a run recorded: its settings, under today's names, with profiles, data and backend; and its metrics.

    Raises:
        UserError: a file is damaged.
    """
    record, metrics = run.settings(), run.metrics()
    settings = identity.current(record["settings"], config_class)
    if lacking := {field.name for field in dataclasses.fields(config_class)} - settings.keys():
        raise damaged(run.settings_file, f"has no settings.{min(lacking)}")
    for key in {"steps", "steps_in_full"} & metrics.keys():
        if not (type(metrics[key]) is int and 0 <= metrics[key] <= MOST_STEPS):
            raise damaged(run.metrics_file, f"has no number of steps as its {key}")
    if not isinstance(metrics.get("data", {}).get("conditions", ""), str):
        raise damaged(run.metrics_file, "has no text as its data.conditions")
    return {**record, "settings": settings}, metrics


def _conditions(record: dict[str, Any], profiles: tuple[str, ...], metrics: Metrics) -> Conditions:
    data = metrics.get("data", {})
    drawn = "seed" in data or "conditions" not in data
    return Conditions(
        profiles,
        data.get("conditions", ""),
        "" if drawn else record["data"],
        bool(data.get("simulated")),
        record["backend"],
        str(data.get("source", "")),
        bool(data.get("public", True)),
    )


def _flags(metrics: Metrics, length: dict[str, Any]) -> tuple[str, ...]:
    """Returns the flags that end another training after as many steps as this one, if it ended early."""
    if not metrics.get("steps", 0) < metrics.get("steps_in_full", 0):
        return ()
    others = {key: value for key, value in length.items() if not key.startswith(BUDGET)}
    settings = {f"{BUDGET}steps": metrics["steps"], **others}
    return tuple(word for key, value in settings.items() for word in (f"--{key.replace('_', '-')}", str(value)))


def _shortened(settings: dict[str, Any], in_full: dict[str, Any], metrics: Metrics) -> str:
    """Returns how much shorter a training is than in full; nothing if it isn't, or if the metrics have its steps."""
    keys = ("epochs", "steps_per_epoch")
    (epochs, steps), (epochs_in_full, steps_in_full) = ([of.get(key) for key in keys] for of in (settings, in_full))
    if "steps" in metrics or not (isinstance(epochs, int) and isinstance(epochs_in_full, int)):
        return ""
    fewer_steps = isinstance(steps, int) and (steps_in_full is None or steps < steps_in_full)
    if epochs >= epochs_in_full and not fewer_steps:
        return ""
    short, full = (f" of {number:,} steps" if fewer_steps and number else "" for number in (steps, steps_in_full))
    return f"{epochs} {'epoch' if epochs == 1 else 'epochs'}{short} instead of {epochs_in_full}{full}"


@cache
def print_once(line: str) -> None:
    """Prints a line on stderr, unless it was printed before: one command may judge several times."""
    print(line, file=sys.stderr)

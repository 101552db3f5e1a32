"""A finished run, with the experiment that made it and its settings."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, NamedTuple

from experiments import catalogue, loading
from experiments.protocol import Experiment, Finished, Group
from foundation.user_error import UserError
from lab import environment, identity
from lab.runs import Run, sound_runs
from lab.trained_runs import find_run


class TrainedRun(NamedTuple):
    """All it takes to ask a trained network something."""

    run: Run
    group: Group
    experiment: Experiment
    config: Any


def add_run(parser: argparse.ArgumentParser) -> None:
    """Adds the run as a command's argument."""
    help = "a run's folder, or an experiment: then its last finished run, or else one that comes with the project"
    parser.add_argument("run", metavar="RUN", help=help)


def load(where: str) -> TrainedRun:
    """Returns a finished run, see `lab.trained_runs.find_run`, and chooses the backend.

    Raises:
        UserError: there is no such run, or it was made with settings that the experiment no longer has.
    """
    if where.count("/") < 2 and not Path(where).exists():
        catalogue.matching(where)  # its error suggests a name
    run = find_run(where)
    environment.prepare()
    experiment = loading.experiment(run.name)  # its error says that it is gone
    return TrainedRun(run, loading.group(run.name), experiment, _config(run))


def others(trained: TrainedRun) -> list[Finished]:
    """Returns a run of each other experiment that was made under the same conditions and can answer.

    Of several runs of an experiment, one with the same seed is taken, if there is one. Damaged runs are left out; a
    line on stderr says so.
    """
    run, seed = trained.run, trained.config.seed
    root, group = run.folder.parents[2], run.name.split("/")[0]
    chosen: dict[str, Finished] = {}
    for other in sound_runs(group, root):
        if other.name == run.name or not other.weights_file.is_file() or _conditions(other) != _conditions(run):
            continue
        try:
            found = Finished(loading.experiment(other.name), _config(other), other)
        except UserError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        if other.name not in chosen or found.config.seed == seed != chosen[other.name].config.seed:
            chosen[other.name] = found
    return list(chosen.values())


def _conditions(run: Run) -> tuple[Any, ...]:
    record, data = run.settings(), run.metrics().get("data", {})
    return record["data"], record["backend"], data.get("conditions")


def _config(run: Run) -> Any:
    """Returns the settings of a run.

    Raises:
        UserError: its experiment no longer has them.
    """
    config_class = loading.config_of(run.name)
    try:
        return config_class(**identity.current(run.settings()["settings"], config_class))
    except TypeError as error:
        raise UserError(f"{run.folder} has other settings than {run.name} has now; run it anew") from error

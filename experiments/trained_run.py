"""A finished run, with the experiment that made it and its settings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

from experiments import catalogue, loading
from experiments.protocol import Experiment, Group
from foundation.user_error import UserError
from lab import environment, identity
from lab.runs import Run
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
    experiment = loading.experiment(run.name)
    environment.prepare()
    try:
        config = experiment.Config(**identity.current(run.settings()["settings"], experiment.Config))
    except TypeError as error:
        raise UserError(f"{run.folder} has other settings than {run.name} has now; run it anew") from error
    return TrainedRun(run, loading.group(run.name), experiment, config)

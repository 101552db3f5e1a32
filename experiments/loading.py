"""Imports experiments and groups by their names, checks them against the protocol, and runs them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from experiments import catalogue
from experiments.protocol import Experiment, Group, check_experiment, check_group
from foundation.user_error import UserError
from lab import settings

if TYPE_CHECKING:
    from lab.runs import Run
    from lab.training import Watch


@cache
def group(name: str) -> Group:
    """Returns the group of this name, or of this experiment.

    Raises:
        UserError: its package doesn't follow the protocol.
    """
    name = name.split("/")[0]
    if lender := settings.lender(name):
        return _data_set(name, lender)
    return check_group(name, importlib.import_module(f"experiments.{name}"))


def _data_set(name: str, lender: str) -> Group:
    known = [path.parent.name for path in sorted(catalogue.HERE.glob("*/_data_set.py"))]
    if lender not in known:
        raise UserError(f"configs/{name}.yaml: models: {lender!r} lends no models; {', '.join(known)} does")
    made: Group = importlib.import_module(f"experiments.{lender}._data_set").DataSet(name)
    return made


@cache
def experiment(name: str) -> Experiment:
    """Returns the experiment of this name, such as "jena/gru".

    Raises:
        UserError: there is none, or its module doesn't follow the protocol.
    """
    if name not in catalogue.names():
        raise UserError(f"there is no experiment {name!r} any more")
    data_set, _, own = name.partition("/")
    if lender := settings.lender(data_set):
        return group(data_set).lend(experiment(f"{lender}/{own}"), name)
    module = importlib.import_module(f"experiments.{name.replace('/', '.')}")
    return check_experiment(name, catalogue.about(name), module, group(name))


def config_of(name: str) -> type:
    """Returns the `Config` of an experiment, see `lab.identity.ConfigOf`."""
    return experiment(name).Config


def config(name: str, profiles: Sequence[str] = (), flags: Sequence[str] = ()) -> Any:
    """Returns an experiment's settings from `configs/`, profiles and flags: an instance of its `Config`.

    Raises:
        UserError: a setting doesn't exist, or a value has the wrong type.
    """
    return settings.resolve(name, config_of(name), profiles, flags, catalogue.about(name))


def warnings(name: str, profiles: Sequence[str], config: Any) -> list[str]:
    """Returns a line for each profile that changes nothing for an experiment, or for the model that it has."""
    model = getattr(config, "model", None)
    whom = f"{name} --model {model}" if model else name
    return [
        f"Warning: {settings.in_words([profile])} sets nothing for {whom}; it changes nothing here"
        for profile in settings.silent(profiles, name, model)
    ]


def run(name: str, profiles: Sequence[str], config: Any, watch: Watch | None = None) -> Run:
    """Runs an experiment or resumes it. Call `lab.environment.prepare` first."""
    return group(name).run(experiment(name), config, tuple(profiles), watch)


def result(run: Run) -> str:
    """Returns what a finished run reached, in its group's words, and under which profiles in a line of its own.

    Raises:
        UserError: its metrics or its settings are damaged.
    """
    try:
        profiles = settings.in_words(run.settings()["profiles"])
        return group(run.name).result(run.metrics()) + (f"\nsettings    {profiles}" if profiles else "")
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UserError(
            f"{run.metrics_file} is damaged ({type(error).__name__}: {error}); move {run.folder} away and run "
            f"{run.name} again"
        ) from error

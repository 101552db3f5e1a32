"""The command that makes a run again."""

from __future__ import annotations

import dataclasses
import shlex
from typing import Any

import yaml

from foundation.program import IN_ENVIRONMENT
from foundation.user_error import UserError
from lab import identity
from lab.identity import ConfigOf
from lab.runs import Run
from lab.settings import defaults

DEFAULT_BACKEND = "tensorflow"


def command(run: Run, config_of: ConfigOf) -> str | None:
    """Returns the command line, with a flag for each setting whose value the profiles don't have.

    A file of the user's own is named as it was when the run was made. Returns None if the experiment, a profile or a
    setting no longer exists.
    """
    own, record = changed(run, config_of), run.settings()
    if own is None:
        return None
    words = ["run", run.name]
    for profile in record["profiles"]:
        words += ["--profile", profile]
    for key, value in {"seed": record["settings"]["seed"], **own}.items():
        words += [f"--{key.replace('_', '-')}", _word(value)]
    backend = record["backend"]
    return (f"KERAS_BACKEND={backend} " if backend != DEFAULT_BACKEND else "") + f"{IN_ENVIRONMENT} {shlex.join(words)}"


def changed(run: Run, config_of: ConfigOf) -> dict[str, Any] | None:
    """Returns the settings, other than the seed, whose values the profiles don't have.

    Returns None if the experiment, a profile or a setting no longer exists.
    """
    record = run.settings()
    try:
        config_class = config_of(run.name)
        settings = identity.current(record["settings"], config_class)
        usual = defaults(run.name, record["profiles"], settings.get("model"))
    except UserError:
        return None
    if set(settings) - {field.name for field in dataclasses.fields(config_class)}:
        return None
    own = identity.differing(settings, usual, config_class, identity.IN_COMMAND)
    return {key: value for key, value in own.items() if key != "seed"}


def _word(value: object) -> str:
    """Returns a value as the command line reads it."""
    if isinstance(value, str):
        return value
    return yaml.safe_dump(value, default_flow_style=True).removesuffix("\n").removesuffix("\n...")

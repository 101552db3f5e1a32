"""The command that makes a run again."""

from __future__ import annotations

import shlex

import yaml

from foundation.user_error import UserError
from lab.runs import Run
from lab.settings import defaults

WORKING = {"threads", "mirror", "tensorboard", "evaluation_batch"}  # how a run works, and not what comes out
DEFAULT_BACKEND = "tensorflow"


def again(run: Run) -> str | None:
    """The command line with those flags whose values are not the profiles'; none, where the settings are gone.

    Data from a file of the user's own are named as they were when the run was made.
    """
    record = run.settings()
    settings = record["settings"]
    try:
        usual = defaults(run.name, record["profiles"], settings.get("model"))
    except UserError:
        return None
    own = {key: value for key, value in settings.items() if key not in WORKING and value != usual.get(key)}
    words = ["python", "-m", "experiments", "run", run.name]
    for profile in record["profiles"]:
        words += ["--profile", profile]
    for key, value in {"seed": settings.get("seed"), **own}.items():
        words += [f"--{key.replace('_', '-')}", _word(value)]
    backend = record.get("backend") or DEFAULT_BACKEND
    return (f"KERAS_BACKEND={backend} " if backend != DEFAULT_BACKEND else "") + shlex.join(words)


def _word(value: object) -> str:
    """A value as the command line reads it."""
    if isinstance(value, str):
        return value
    return yaml.safe_dump(value, default_flow_style=True).removesuffix("\n").removesuffix("\n...")

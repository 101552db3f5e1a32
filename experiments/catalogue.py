"""Which experiments there are: the modules of this package's folders, found by being there."""

from __future__ import annotations

import ast
import difflib
import importlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from foundation.user_error import UserError

if TYPE_CHECKING:
    import keras

    from lab.runs import Run

HERE = Path(__file__).parent


def names(group: str = "*") -> list[str]:
    """Every experiment, or a group's, such as "jena/gru", in alphabetical order."""
    files = HERE.glob(f"{group}/[!_]*.py")
    return sorted(path.relative_to(HERE).with_suffix("").as_posix() for path in files)


def groups() -> list[str]:
    """Every group, such as "jena"."""
    return sorted({name.split("/")[0] for name in names()})


def matching(wanted: str) -> list[str]:
    """The experiments that a word of the command line means: one by its name, or all of a group.

    Raises:
        UserError: there is none.
    """
    if wanted in groups():
        return names(wanted)
    if wanted in names():
        return [wanted]
    near = difflib.get_close_matches(wanted, [*names(), *groups()], n=1)
    raise UserError(
        f"there is no experiment {wanted!r}" + (f"; did you mean {near[0]}?" if near else "")
        + " ('python -m experiments list' names them all)"
    )  # fmt: skip


def about(name: str) -> str:
    """An experiment's one line, the first of its module, read without importing it."""
    text = ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8")))
    return (text or "").split("\n")[0]


def module(name: str) -> ModuleType:
    """The experiment's module, with its `Config` and `build`."""
    return importlib.import_module(f"experiments.{name.replace('/', '.')}")


def build(experiment: ModuleType, config: Any) -> keras.Model:
    """The experiment's model.

    Raises:
        UserError: these settings leave a layer nothing to work on.
    """
    try:
        return experiment.build(config)
    except ValueError as error:
        name = experiment.__name__.removeprefix("experiments.").replace(".", "/")
        raise UserError(f"{name} can't be built with these settings: {' '.join(str(error).split())}") from error


def group_of(name: str) -> ModuleType:
    """The package of the experiment's group, with its `run`."""
    return importlib.import_module(f"experiments.{name.split('/')[0]}")


def settings(name: str, profiles: Sequence[str], flags: Sequence[str]) -> Any:
    """An experiment's settings, from `configs/`, profiles and flags: its `Config`.

    Raises:
        UserError: one that doesn't exist, or of the wrong type.
    """
    from lab.settings import resolve

    return resolve(name, module(name).Config, profiles, flags, about(name))


def run(name: str, profiles: Sequence[str], config: Any) -> Run:
    """Runs an experiment, or goes on with it; needs `lab.environment.prepare` before."""
    return group_of(name).run(module(name), name, config, tuple(profiles))  # type: ignore[no-any-return]


def run_with(name: str, profiles: Sequence[str], flags: Sequence[str]) -> Run:
    """As `run`, from flags."""
    return run(name, profiles, settings(name, profiles, flags))

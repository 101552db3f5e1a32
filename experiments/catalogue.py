"""Finds experiments: a module in a group's package is one, because it is there."""

from __future__ import annotations

import ast
import difflib
from pathlib import Path

from foundation.program import PROGRAM
from foundation.user_error import UserError
from lab import settings

HERE = Path(__file__).parent


def names(group: str = "*") -> list[str]:
    """Returns every experiment, or those of one group, such as "jena/gru", in alphabetical order.

    A group is a package with a folder of the same name in `configs/`. Modules that start with an underscore are code
    that its experiments share. A data set is a group too: it has the experiments of the group that its file names.
    """
    own = {path.name for path in settings.CONFIGS.iterdir() if path.is_dir()}
    files = [path.relative_to(HERE) for path in HERE.glob("*/[!_]*.py")]
    found = [path.with_suffix("").as_posix() for path in files if path.parts[0] in own]
    for data_set in settings.data_sets():
        lent = f"{settings.lender(data_set)}/"
        found += [f"{data_set}/{name.removeprefix(lent)}" for name in found if name.startswith(lent)]
    return sorted(name for name in found if group in ("*", name.split("/")[0]))


def groups() -> list[str]:
    """Returns every group, such as "jena", in alphabetical order."""
    return sorted({name.split("/")[0] for name in names()})


def matching(wanted: str) -> list[str]:
    """Returns the experiments that a word on the command line means: one by its name, or all of a group.

    Raises:
        UserError: there is none.
    """
    if wanted in groups():
        return names(wanted)
    if wanted in names():
        return [wanted]
    short = [name for name in names() if name.split("/")[1] == wanted]
    near = short or difflib.get_close_matches(wanted, [*names(), *groups()], n=1)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise UserError(f"there is no experiment {wanted!r}{hint} ('{PROGRAM} list' names them all)")


def known_group(name: str) -> str:
    """Returns the name of a group, if there is such a group.

    Raises:
        UserError: there is none.
    """
    if name not in groups():
        near = difflib.get_close_matches(name, groups(), n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise UserError(f"there is no group {name!r}; {hint}groups are {', '.join(groups())}")
    return name


def about(name: str) -> str:
    """Returns an experiment's one line, the first of its module, without importing it. A group's name works too."""
    group, _, experiment = name.partition("/")
    if lender := settings.lender(group):
        return about(f"{lender}/{experiment}") if experiment else settings.about(group)
    path = HERE / f"{name}.py" if "/" in name else HERE / name / "__init__.py"
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return (text or "").split("\n")[0]

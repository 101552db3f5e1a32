"""From YAML files, profiles and flags to one experiment's settings, checked by type.

Later ones win: `configs/<group>.yaml`, `configs/<group>/<experiment>.yaml`, there the section of the chosen `model`
(where an experiment has several), each profile in turn, the flags.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import typing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docstring_parser
import yaml
from jsonargparse import ArgumentError, ArgumentParser

from foundation.user_error import UserError

YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where it was built
CONFIGS = Path(__file__).parent.parent / "configs"
NO_PROFILES = {"claims", "reference"}  # files of configs/ that hold something else


@dataclass(frozen=True)
class Claim:
    """What `configs/` says of an experiment beside its settings."""

    deck: str
    """The slide that shows it."""
    settings: dict[str, Any]
    """The experiment's own values, its group's beneath them."""
    published: dict[str, Any] = field(default_factory=dict)
    """The figure to reach, and its source."""
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    """For an experiment with several models, each one's own settings."""


def claim(name: str) -> Claim:
    """Reads what `configs/` holds on the experiment `name`, such as "jena/gru".

    Raises:
        UserError: a file is missing or is no YAML of this form.
    """
    own = read_yaml(CONFIGS / f"{name}.yaml")
    group = read_yaml(CONFIGS / f"{name.split('/')[0]}.yaml")
    if unknown := set(own) - {"deck", "published", "settings", "models"}:
        raise UserError(f"configs/{name}.yaml: {min(unknown)!r} is none of deck, published, settings, models")
    settings = {**group, **(own.get("settings") or {})}
    return Claim(own.get("deck", ""), settings, own.get("published") or {}, own.get("models") or {})


def published(name: str, profiles: Sequence[str] = ()) -> dict[str, Any]:
    """The figures to reach: those of the last profile that has some for its protocol, else the experiment's own."""
    for profile in reversed(profiles):
        if (found := read_yaml(profile_file(profile)).get("published")) is not None:
            return found.get(name) or {}
    return claim(name).published


def profile_file(profile: str) -> Path:
    """The file of a profile: one in `configs/` by its name, or any by its path.

    Raises:
        UserError: there is none.
    """
    others = {path.name for path in CONFIGS.iterdir() if path.is_dir()} | NO_PROFILES
    known = sorted(path.stem for path in CONFIGS.glob("*.yaml") if path.stem not in others)
    for path in (CONFIGS / f"{profile}.yaml", Path(profile)):
        if path.is_file() and path not in {CONFIGS / f"{other}.yaml" for other in others}:
            return path
    raise UserError(f"there is no profile {profile!r}; known are {', '.join(known)}, or give a YAML file's path")


def resolve(
    name: str,
    config_class: type,
    profiles: Sequence[str] = (),
    flags: Sequence[str] = (),
    about: str | None = None,
) -> Any:
    """One experiment's settings: an instance of its `Config`.

    Args:
        name: The experiment, such as "jena/gru".
        config_class: Its `Config`: a dataclass whose fields carry a type and a docstring each.
        profiles: Names of files in `configs/` or paths, each with sections for groups (`jena:`) or experiments.
        flags: Command-line words, such as `["--units", "64"]`; `--help` prints them all and exits.
        about: The experiment in a line, for `--help`.

    Raises:
        UserError: an unknown key or flag, or a value of the wrong type.
    """
    parser = parser_for(name, config_class, about)
    fields = [f.name for f in dataclasses.fields(config_class)]
    values: dict[str, Any] = {}
    for where, layer in _layers(name, profiles, _model(flags)):
        if unknown := set(layer) - set(fields):
            raise UserError(f"{where}: there is no setting {with_hint(min(unknown), fields)}")
        with _user_errors(parser, f"{where}: "):
            parser.parse_object(layer, defaults=False)
        values.update(layer)
    parser.set_defaults(values)
    with _user_errors(parser):
        given = parser.parse_args(list(flags))
    if unset := [key for key in fields if key not in values and given[key] is None]:
        raise UserError(f"{name}: no value for {', '.join(unset)}; give one in configs/{name}.yaml")
    # a flag that says what the file says makes the same run, 1 or 1.0
    same = {key: values[key] for key in values if _plain(given[key]) == values[key]}
    return config_class(**{key: _plain(given[key]) for key in fields} | same)


def defaults(name: str, profiles: Sequence[str] = (), model: str | None = None) -> dict[str, Any]:
    """One experiment's settings by `configs/` and profiles alone, for a model of several, unchecked."""
    return {key: value for _, layer in _layers(name, profiles, model) for key, value in layer.items()}


def parser_for(name: str, config_class: type, about: str | None = None) -> ArgumentParser:
    """The parser with a flag for each field of `config_class`."""
    parser = ArgumentParser(
        prog=f"python -m experiments run {name}",
        usage="%(prog)s [--profile NAME] [--flag VALUE ...]",
        description=about,
        exit_on_error=False,
        allow_abbrev=False,
    )
    hints = typing.get_type_hints(config_class)
    for key, text in documented(config_class).items():
        alone: dict[str, Any] = {"nargs": "?", "const": True} if hints[key] is bool else {}  # the flag alone is true
        parser.add_argument("--" + key.replace("_", "-"), type=hints[key], help=text, **alone)
    return parser


def documented(config_class: type) -> dict[str, str]:
    """Each field of a dataclass, its bases' first, with its docstring."""
    texts = {
        entry.arg_name: entry.description or ""
        for base in reversed(config_class.__mro__[:-1])
        for entry in docstring_parser.parse_from_object(base).params
    }
    return {f.name: texts.get(f.name, "") for f in dataclasses.fields(config_class)}


def _layers(name: str, profiles: Sequence[str], model: str | None) -> list[tuple[str, dict[str, Any]]]:
    own = claim(name)
    layers: list[tuple[str, dict[str, Any]]] = []
    for profile in profiles:
        sections = read_yaml(profile_file(profile))
        layers += [(f"profile {profile}", sections.get(section) or {}) for section in (name.split("/")[0], name)]
    for layer in (own.settings, *(layer for _, layer in layers)) if model is None else ():
        model = layer.get("model", model)
    models = [(f"configs/{name}.yaml, models: {model}", own.models[model])] if model in own.models else []
    return [(f"configs/{name}.yaml", own.settings), *models, *layers]


def _model(flags: Sequence[str]) -> str | None:
    for flag, value in zip(flags, [*flags[1:], None], strict=False):
        if flag == "--model" or flag.startswith("--model="):
            return flag.partition("=")[2] or value
    return None


def read_yaml(path: Path) -> dict[str, Any]:
    """What a YAML file holds; nothing, where it is empty.

    Raises:
        UserError: it is missing, or holds no names with values.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), YAML)
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing; an experiment needs its settings there") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is no valid YAML: {' '.join(str(error).split())}") from error
    if content is not None and not isinstance(content, dict):
        raise UserError(f"{path} must hold names with values, not {type(content).__name__}")
    return content or {}


@contextmanager
def _user_errors(parser: ArgumentParser, where: str = "") -> Iterator[None]:
    """Turns what jsonargparse finds wrong into one line."""
    try:
        yield
    except (ArgumentError, TypeError, ValueError) as error:
        text = re.sub(r"<class '(\w+)'>", r"\1", " ".join(str(error).split())).replace("typing.", "")
        if found := re.search(r'Parser key "(\w+)": (.*)', text):
            text = f"--{found[1].replace('_', '-')}: {found[2]}"
        elif found := re.match(r"unrecognized arguments: ([^\s=]+)", text, re.IGNORECASE):
            flags = [flag for action in parser._actions for flag in action.option_strings if "shtab" not in flag]
            text = f"there is no setting {with_hint(found[1], flags)}"
        raise UserError(f"{where}{text} ('{parser.prog} --help' lists all settings)") from error


def with_hint(word: str, known: Sequence[str]) -> str:
    """A wrong word, with the one that is probably meant, or all that are allowed."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"{word!r}" + (f"; did you mean {near[0]}?" if near else f"; allowed are {', '.join(known)}")


def _plain(value: Any) -> Any:
    # a bounded number is of a class of its own, which YAML can't write
    return next(
        (kind(value) for kind in (int, float) if isinstance(value, kind) and type(value) not in (bool, kind)),
        value,
    )

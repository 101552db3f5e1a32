"""Resolves one experiment's settings from YAML files, profiles and flags, and checks their types.

Later values win: `configs/<group>.yaml`, `configs/<group>/<experiment>.yaml`, in that file the section of the chosen
`model` (for an experiment with several models), each profile in turn, the flags.
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
NO_PROFILES = {"claims", "reference"}  # files in configs/ that are no profiles


@dataclass(frozen=True)
class Entry:
    """What `configs/<group>/<experiment>.yaml` holds."""

    deck: str
    """The slide that shows the experiment."""
    settings: dict[str, Any]
    """The experiment's values, laid over those of its group."""
    published: dict[str, Any] = field(default_factory=dict)
    """The figure to reach, and its source."""
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    """For an experiment with several models, the settings of each."""


def entry(name: str) -> Entry:
    """Reads the YAML files of the experiment `name`, such as "jena/gru".

    Raises:
        UserError: a file is missing, or isn't YAML of this form.
    """
    own = read_yaml(CONFIGS / f"{name}.yaml")
    group = read_yaml(CONFIGS / f"{name.split('/')[0]}.yaml")
    if unknown := set(own) - {"deck", "published", "settings", "models"}:
        raise UserError(f"configs/{name}.yaml: {min(unknown)!r} is none of deck, published, settings, models")
    settings = {**group, **(own.get("settings") or {})}
    return Entry(own.get("deck", ""), settings, own.get("published") or {}, own.get("models") or {})


def published(name: str, profiles: Sequence[str] = ()) -> dict[str, Any]:
    """Returns the figures to reach: those of the last profile that has its own, otherwise the experiment's."""
    for profile in reversed(profiles):
        if (figures := read_yaml(profile_file(profile)).get("published")) is not None:
            return figures.get(name) or {}
    return entry(name).published


def in_words(profiles: Sequence[str]) -> str:
    """Returns the chain of profiles, the last one first, such as "quick.yaml over hourly.yaml"."""
    return " over ".join(f"{Path(profile).stem}.yaml" for profile in reversed(profiles))


def profile_file(profile: str) -> Path:
    """Returns the file of a profile, given its name in `configs/` or a path.

    Raises:
        UserError: there is no such file.
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
    """Returns one experiment's settings: an instance of its `Config`.

    Args:
        name: The experiment, such as "jena/gru".
        config_class: Its `Config`, a dataclass whose fields each have a type and a docstring.
        profiles: Names of files in `configs/`, or paths. Each file has sections for groups (`jena:`) or experiments.
        flags: Command-line words, such as `["--units", "64"]`. `--help` prints all of them and exits.
        about: The experiment in one line, for `--help`.

    Raises:
        UserError: a key or flag is unknown, or a value has the wrong type.
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
    # --learning-rate 1 and a file's 1.0 must name the same run
    same = {key: values[key] for key in values if _plain(given[key]) == values[key]}
    return config_class(**{key: _plain(given[key]) for key in fields} | same)


def defaults(name: str, profiles: Sequence[str] = (), model: str | None = None) -> dict[str, Any]:
    """Returns one experiment's settings from `configs/` and profiles alone, without checking them."""
    return {key: value for _, layer in _layers(name, profiles, model) for key, value in layer.items()}


def parser_for(name: str, config_class: type, about: str | None = None) -> ArgumentParser:
    """Returns a parser with one flag for each field of `config_class`."""
    parser = ArgumentParser(
        prog=f"python -m experiments run {name}",
        usage="%(prog)s [--profile NAME] [--flag VALUE ...]",
        description=about,
        exit_on_error=False,
        allow_abbrev=False,
    )
    hints = typing.get_type_hints(config_class)
    for key, text in documented(config_class).items():
        alone: dict[str, Any] = {"nargs": "?", "const": True} if hints[key] is bool else {}  # the bare flag means true
        parser.add_argument("--" + key.replace("_", "-"), type=hints[key], help=text, **alone)
    return parser


def documented(config_class: type) -> dict[str, str]:
    """Returns the docstring of each field of a dataclass; fields of base classes come first."""
    texts = {
        entry.arg_name: entry.description or ""
        for base in reversed(config_class.__mro__[:-1])
        for entry in docstring_parser.parse_from_object(base).params
    }
    return {f.name: texts.get(f.name, "") for f in dataclasses.fields(config_class)}


def _layers(name: str, profiles: Sequence[str], model: str | None) -> list[tuple[str, dict[str, Any]]]:
    own = entry(name)
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
    """Returns the mapping in a YAML file; an empty file gives an empty one.

    Raises:
        UserError: the file is missing or holds no mapping.
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
    """Turns an error of jsonargparse into a UserError of one line."""
    try:
        yield
    except (ArgumentError, TypeError, ValueError) as error:
        text = re.sub(r"<class '(\w+)'>", r"\1", " ".join(str(error).split())).replace("typing.", "")
        if key := re.search(r'Parser key "(\w+)": (.*)', text):
            text = f"--{key[1].replace('_', '-')}: {key[2]}"
        elif unknown := re.match(r"unrecognized arguments: ([^\s=]+)", text, re.IGNORECASE):
            flags = [flag for action in parser._actions for flag in action.option_strings if "shtab" not in flag]
            text = f"there is no setting {with_hint(unknown[1], flags)}"
        raise UserError(f"{where}{text} ('{parser.prog} --help' lists all settings)") from error


def with_hint(word: str, known: Sequence[str]) -> str:
    """Returns a wrong word with the word that is probably meant, or with all allowed words."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"{word!r}" + (f"; did you mean {near[0]}?" if near else f"; allowed are {', '.join(known)}")


def _plain(value: Any) -> Any:
    # jsonargparse's bounded numbers have classes of their own, which YAML can't write
    return next(
        (kind(value) for kind in (int, float) if isinstance(value, kind) and type(value) not in (bool, kind)),
        value,
    )

"""Resolves one experiment's settings from YAML files, profiles and flags, and checks their types.

Later values win: `configs/<group>.yaml`, `configs/<group>/<experiment>.yaml`, in that file the section of the chosen
`model` (for an experiment with several models), each profile in turn, the flags.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docstring_parser
from jsonargparse import ArgumentError, ArgumentParser

from foundation import yaml_files
from foundation.user_error import UserError
from lab.setting_types import expected, finite

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
    where = f"configs/{name}.yaml"
    settings = {**group, **_mapping(own.get("settings"), f"{where}: settings")}
    models = _mapping(own.get("models"), f"{where}: models")
    return Entry(
        str(own.get("deck", "")),
        settings,
        _mapping(own.get("published"), f"{where}: published"),
        {model: _mapping(values, f"{where}: models: {model}") for model, values in models.items()},
    )


def published(name: str, profiles: Sequence[str] = ()) -> dict[str, Any]:
    """Returns the figures to reach: those of the last profile that has its own, otherwise the experiment's."""
    for profile in reversed(profiles):
        if (figures := read_yaml(profile_file(profile)).get("published")) is not None:
            return _mapping(_mapping(figures, f"profile {profile}: published").get(name), f"profile {profile}: {name}")
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
    hints = typing.get_type_hints(config_class)
    fields = [f.name for f in dataclasses.fields(config_class)]
    values: dict[str, Any] = {}
    for where, layer in _layers(name, profiles, _given(flags).get("model")):
        if unknown := set(layer) - set(fields):
            raise UserError(f"{where}: there is no setting {with_hint(min(unknown), fields)}")
        with _user_errors(parser, hints, layer, f"{where}: "):
            parser.parse_object(layer, defaults=False)
        values.update(layer)
    parser.set_defaults(values)
    with _user_errors(parser, hints, _given(flags)):
        given = parser.parse_args(list(flags))
    for key in fields:
        if not finite(given[key]):
            text = f"{_flag(key)}: {given[key]!r} is too large; it must be {expected(hints[key])}"
            raise UserError(f"{text} ('{parser.prog} --help' lists all settings)")
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
        layers += [
            (f"profile {profile}", _mapping(sections.get(section), f"profile {profile}: {section}"))
            for section in (name.split("/")[0], name)
        ]
    for layer in (own.settings, *(layer for _, layer in layers)) if model is None else ():
        model = layer.get("model", model)
    models = [(f"configs/{name}.yaml, models: {model}", own.models[model])] if model in own.models else []
    return [(f"configs/{name}.yaml", own.settings), *models, *layers]


def _mapping(content: Any, where: str) -> dict[str, Any]:
    """Returns the names and values that a part of a YAML file holds; none if it is empty.

    Raises:
        UserError: it holds something else.
    """
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise UserError(f"{where} must hold names with values, not {content!r:.40}")
    for key in content:
        if not isinstance(key, str):
            raise UserError(f"{where}: {key!r} is no name; put it in quotes or remove it")
    return content


def _given(flags: Sequence[str]) -> dict[str, str]:
    """Returns the settings that the flags name, with their values as text."""
    given = {}
    for flag, following in zip(flags, [*flags, ""][1:], strict=True):
        if flag.startswith("--"):
            key, equals, value = flag[2:].partition("=")
            given[key.replace("-", "_")] = value if equals else following
    return given


def _flag(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def read_yaml(path: Path) -> dict[str, Any]:
    """Returns the names and values in a YAML file; none if it is empty.

    Raises:
        UserError: the file is missing, or holds something else.
    """
    return _mapping(yaml_files.read(path), str(path))


@contextmanager
def _user_errors(
    parser: ArgumentParser, hints: dict[str, Any], values: Mapping[str, Any], where: str = ""
) -> Iterator[None]:
    """Turns an error of jsonargparse into a UserError of one line.

    Args:
        parser: The parser in use.
        hints: The type of each setting.
        values: What was given for each setting.
        where: What the message begins with.
    """
    try:
        yield
    except (ArgumentError, TypeError, ValueError, OverflowError) as error:
        text = " ".join(str(error).split())
        key = re.search(r'Parser key "(\w+)"', text)
        unknown = re.match(r"unrecognized arguments: ([^\s=]+)", text, re.IGNORECASE)
        incomplete = re.match(r"argument (--[\w-]+): expected one argument", text)
        if key and key[1] in hints:
            text = f"{_flag(key[1])}: {values.get(key[1], '')!r} is not {expected(hints[key[1]])}"
        elif incomplete:
            name = incomplete[1][2:].replace("-", "_")
            text = f"{incomplete[1]} needs a value: {expected(hints[name]) if name in hints else 'give one'}"
        elif unknown and not unknown[1].startswith("--"):
            text = f"{unknown[1]!r} is out of place; settings are given as --name value"
        elif unknown:
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

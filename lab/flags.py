"""The flags of an experiment's settings: their parser, and its errors in one line."""

from __future__ import annotations

import dataclasses
import difflib
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import docstring_parser
from jsonargparse import ArgumentError, ArgumentParser

from foundation.program import PROGRAM
from foundation.user_error import UserError
from lab.setting_types import expected


def parser_for(name: str, config_class: type, about: str | None = None) -> ArgumentParser:
    """Returns a parser with one flag for each field of `config_class`."""
    parser = ArgumentParser(
        prog=f"{PROGRAM} run {name}",
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


def given_by(flags: Sequence[str]) -> dict[str, str]:
    """Returns the settings that the flags name, with their values as text."""
    given = {}
    for flag, following in zip(flags, [*flags, ""][1:], strict=True):
        if flag.startswith("--"):
            key, equals, value = flag[2:].partition("=")
            given[key.replace("-", "_")] = value if equals else following
    return given


def flag_of(key: str) -> str:
    """Returns the flag of a setting, such as "--batch-size"."""
    return f"--{key.replace('_', '-')}"


@contextmanager
def user_errors(
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
            text = f"{flag_of(key[1])}: {values.get(key[1], '')!r} is not {expected(hints[key[1]])}"
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


def plain(value: Any) -> Any:
    """Returns a setting's value as a plain number, if it is one."""
    # jsonargparse's bounded numbers have classes of their own, which YAML can't write
    return next(
        (kind(value) for kind in (int, float) if isinstance(value, kind) and type(value) not in (bool, kind)),
        value,
    )

"""Reads and writes YAML files. Checks size, nesting and aliases before it builds anything from a file."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from foundation.atomic import atomic
from foundation.input_file import read_input
from foundation.user_error import UserError

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C versions are ten times as fast
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
BYTES = 2**17
LEVELS = 50  # the C loader crashes at some ten thousand levels
VALUES = 100_000  # with those that aliases repeat


def read(path: Path) -> Any:
    """Returns the content of a YAML file, None for an empty one.

    Raises:
        UserError: the file cannot be read, is not valid YAML in UTF-8, or is too large or too deeply nested.
    """
    try:
        text = read_input(path, BYTES).decode("utf-8-sig")
        return pickle.loads(_parsed(path, text))
    except UserError:
        raise
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text (at byte {error.start + 1}): save it as UTF-8") from error
    except Exception as error:  # a wrong tag such as `!!int x` raises other errors
        raise UserError(f"{path} is not valid YAML ({_reason(error)}): correct it") from error


@lru_cache(maxsize=1024)  # a comparison of all runs asks for the same few files thousands of times
def _parsed(path: Path, text: str) -> bytes:
    """Returns the content pickled: unpickling gives a copy that the caller may change, faster than `deepcopy`."""
    _check(path, text)
    return pickle.dumps(yaml.load(text, LOADER))


def dump(path: Path, content: Any) -> None:
    """Writes `content` as YAML, atomically, with its keys in their order."""
    with atomic(path) as beside:
        beside.write_text(yaml.dump(content, Dumper=DUMPER, sort_keys=False, allow_unicode=True), encoding="utf-8")


def line(value: Any) -> str:
    """Returns a value as it stands after a key, in one line."""
    text: str = yaml.dump(value, Dumper=DUMPER, allow_unicode=True, width=10_000, default_flow_style=True)
    return text.split("\n")[0]


@dataclass
class _Node:
    """A value of a YAML file: how many values and levels it has, itself included."""

    anchor: str | None = None
    values: int = 1
    levels: int = 1

    def add(self, inner: _Node) -> None:
        self.values += inner.values
        self.levels = max(self.levels, inner.levels + 1)


def _check(path: Path, text: str) -> None:
    """Counts values and levels from the parser's events, which need no recursion.

    Raises:
        UserError: there are too many of either, or a value contains itself.
    """
    around = [_Node()]  # the document, then each list or mapping that is open, the innermost last
    anchored: dict[str | None, _Node] = {}
    for event in yaml.parse(text, Loader=LOADER):
        node = None
        if isinstance(event, yaml.CollectionStartEvent):
            around.append(_Node(event.anchor))
        elif isinstance(event, yaml.CollectionEndEvent):
            node = around.pop()
        elif isinstance(event, yaml.ScalarEvent):
            node = _Node(event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            if any(outer.anchor == event.anchor for outer in around):
                raise UserError(f"{path} is refused: *{event.anchor} contains itself")
            node = anchored.get(event.anchor)
        if node:
            anchored[node.anchor] = node
            around[-1].add(node)
        if len(around) - 1 + around[-1].levels - 1 > LEVELS:
            raise UserError(f"{path} is refused: it is nested more than {LEVELS} levels deep")
        if around[-1].values > VALUES:
            raise UserError(f"{path} is refused: it has more than {VALUES:,} values")


def _reason(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        place = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        return place + ", ".join(filter(None, (error.context, error.problem)))
    if isinstance(error, (yaml.YAMLError, ValueError)):
        return " ".join(str(error).split())
    return "a value does not fit its tag"

"""What a sweep tries: the settings that it varies, with their values or ranges."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np

from foundation.user_error import UserError
from lab.identity import Part, part

Method = Literal["grid", "random", "tpe"]
Point = dict[str, Any]
"""A value for each setting that is swept."""
TRIES = 100  # draws for each point wanted, after which a space counts as exhausted
SWEPT: tuple[Part, ...] = ("result", "length")
"""The settings that a sweep can vary: those that change what a run reaches on the same data."""
INSTEAD = {"seed": "--seeds N runs each point with seeds 0 to N − 1", "threads": "--cpus-per-trial N sets them"}


@dataclass(frozen=True)
class Choice:
    """A list of values."""

    values: tuple[Any, ...]

    def draw(self, generator: np.random.Generator) -> Any:
        """Returns one of the values; each is as likely as any other."""
        return self.values[generator.integers(len(self.values))]

    def holds(self, value: Any) -> bool:
        """Returns whether it is one of the values."""
        return value in self.values


@dataclass(frozen=True)
class Range:
    """All numbers from `low` to `high`, both included; only whole numbers if both ends are of type int."""

    low: float
    high: float

    @property
    def whole(self) -> bool:
        """Whether it holds whole numbers only."""
        return isinstance(self.low, int)

    @property
    def log(self) -> bool:
        """Whether it is sampled on a logarithmic scale, as ranges are that span a factor of ten or more."""
        return 0 < 10 * self.low <= self.high

    def draw(self, generator: np.random.Generator) -> float:
        """Returns a number from the range, uniform on its scale."""
        if self.log:
            return self.rounded(float(np.exp(generator.uniform(np.log(self.low), np.log(self.high)))))
        if self.whole:
            return int(generator.integers(int(self.low), int(self.high), endpoint=True))
        return self.rounded(generator.uniform(self.low, self.high))

    def rounded(self, value: float) -> float:
        """Returns the value as a whole number or with four digits, within the range."""
        near = round(value) if self.whole else float(f"{value:.4g}")
        return min(max(near, self.low), self.high)

    def holds(self, value: Any) -> bool:
        """Returns whether it is a number within the range."""
        return isinstance(value, int | float) and self.low <= value <= self.high


Space = dict[str, Choice | Range]


def parse(words: Sequence[str], method: Method, config_class: type, read: Callable[[str, str], Any]) -> Space:
    """Returns the space that words such as `units=16,32` and `learning_rate=1e-4..1e-2` describe.

    Args:
        words: One for each setting.
        method: A grid takes values only; the other methods take ranges too.
        config_class: The experiment's `Config`.
        read: Maps a setting and a text to its value; raises a UserError if there is no such setting or value.

    Raises:
        UserError: a word has another form, names a setting twice or one that can't be swept, or has nothing to try.
    """
    space: Space = {}
    for word in words:
        key, equals, values = word.partition("=")
        key = key.replace("-", "_")
        if not key or not equals:
            raise UserError(f"--{method}: {word!r} is not of the form SETTING=VALUES, such as units=16,32")
        _check_part(method, key, config_class)
        if key in space:
            raise UserError(f"--{method}: {key} appears twice; give all its values at once, such as {key}=A,B")
        ends = values.split("..")
        if len(ends) == 2 and all(map(_is_number, ends)):
            space[key] = _range(method, key, (read(key, ends[0]), read(key, ends[1])))
        else:
            choices = [read(key, value) for value in values.split(",") if value]
            if not choices:
                raise UserError(f"--{method}: {key} has no values; give some, such as {key}=A,B")
            if any(isinstance(choice, list | dict) for choice in choices):
                raise UserError(f"--{method}: {key} is a list, which can't be swept; give its flag once")
            space[key] = Choice(tuple(dict.fromkeys(choices)))
    return space


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _range(method: Method, key: str, ends: tuple[Any, Any]) -> Range:
    low, high = ends
    word = f"{key}={low}..{high}"
    if method == "grid":
        raise UserError(f"--grid: {word} is a range; a grid takes values, such as {key}=A,B, and --random takes ranges")
    if any(isinstance(end, bool) or not isinstance(end, int | float) for end in ends):
        raise UserError(f"--{method}: {key} isn't a number, so it has no range; give its values, such as {key}=A,B")
    if type(low) is not type(high):
        low, high = float(low), float(high)
    if not (low < high and math.isfinite(high - low)):
        raise UserError(f"--{method}: the ends of {word} must be finite, and the first less than the second")
    return Range(low, high)


def _check_part(method: Method, key: str, config_class: type) -> None:
    field = next((field for field in fields(config_class) if field.name == key), None)
    if field is None or part(field) in SWEPT:  # `read` says that there is no such setting
        return
    flag = f"--{key.replace('_', '-')}"
    reason = "trials on different data can't be compared" if part(field) == "data" else "it changes no result"
    why = INSTEAD.get(key) or f"{reason}; give {flag} once, for all trials"
    raise UserError(f"--{method}: {key} can't be swept: {why}")


def grid(space: Space) -> list[Point]:
    """Returns every combination of the values; the last setting changes fastest."""
    values = [dimension.values for dimension in space.values() if isinstance(dimension, Choice)]
    return [dict(zip(space, combination, strict=True)) for combination in itertools.product(*values)]


def draws(space: Space, count: int) -> list[Point]:
    """Returns `count` different random points, the same ones every time; fewer if the space has no more."""
    generator = np.random.default_rng(0)
    points: dict[tuple[Any, ...], Point] = {}
    for _ in range(TRIES * count):
        if len(points) == count:
            break
        point = {key: dimension.draw(generator) for key, dimension in space.items()}
        points.setdefault(tuple(point.values()), point)
    return list(points.values())


def text(value: Any) -> str:
    """Returns a value as the command line takes it."""
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


def flags(point: Point) -> list[str]:
    """Returns a point as flags of a command, such as `--learning-rate=0.001`."""
    return [f"--{key.replace('_', '-')}={text(value)}" for key, value in point.items()]


def label(point: Point) -> str:
    """Returns a point in words, such as "units=16 learning_rate=0.001"."""
    return " ".join(f"{key}={text(value)}" for key, value in point.items())

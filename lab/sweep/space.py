"""What a sweep tries: settings with their values or ranges, as a command line names them."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from foundation.user_error import UserError

Method = Literal["grid", "random", "tpe"]
Point = dict[str, Any]
"""A value for each setting that is swept."""
TRIES = 100  # random draws for each point wanted, before a space counts as exhausted


@dataclass(frozen=True)
class Choice:
    """Some values."""

    values: tuple[Any, ...]

    def draw(self, generator: np.random.Generator) -> Any:
        """One of them, each as likely."""
        return self.values[generator.integers(len(self.values))]


@dataclass(frozen=True)
class Range:
    """All numbers from `low` to `high`, both among them; whole numbers where both ends are of type int."""

    low: float
    high: float

    @property
    def whole(self) -> bool:
        """Whether it holds whole numbers only."""
        return isinstance(self.low, int)

    @property
    def log(self) -> bool:
        """Whether each factor, not each difference, is as likely: it spans a factor of ten or more."""
        return 0 < 10 * self.low <= self.high

    def draw(self, generator: np.random.Generator) -> float:
        """One of them."""
        if self.log:
            return self.neat(float(np.exp(generator.uniform(np.log(self.low), np.log(self.high)))))
        if self.whole:
            return int(generator.integers(int(self.low), int(self.high), endpoint=True))
        return self.neat(generator.uniform(self.low, self.high))

    def neat(self, value: float) -> float:
        """`value` in the range and readable: whole, or with four digits."""
        near = round(value) if self.whole else float(f"{value:.4g}")
        return min(max(near, self.low), self.high)


Space = dict[str, Choice | Range]


def parse(words: Sequence[str], method: Method, read: Callable[[str, str], Any]) -> Space:
    """Words such as `units=16,32` and `learning_rate=1e-4..1e-2` to a space.

    Args:
        words: One a setting.
        method: A grid takes values only, the others ranges too.
        read: Setting and text to its value; raises a UserError where there is no such setting or value.

    Raises:
        UserError: a word is of another form, names a setting twice, or holds nothing to try.
    """
    space: Space = {}
    for word in words:
        key, equals, text = word.partition("=")
        key = key.replace("-", "_")
        if not key or not equals:
            raise UserError(f"--{method}: {word!r} is not of the form SETTING=VALUES, such as units=16,32")
        if key in space:
            raise UserError(f"--{method}: {key} is there twice; give all its values at once, such as {key}=A,B")
        if ".." in text:
            space[key] = _range(method, key, text, read)
        else:
            values = [read(key, part) for part in text.split(",") if part]
            if not values:
                raise UserError(f"--{method}: {key} has no values; give some, such as {key}=A,B")
            space[key] = Choice(tuple(dict.fromkeys(values)))
    return space


def _range(method: Method, key: str, text: str, read: Callable[[str, str], Any]) -> Range:
    if method == "grid":
        raise UserError(
            f"--grid: {key}={text} is a range, which --random and --tpe take; a grid takes values, {key}=A,B"
        )
    low, high = (read(key, end) for end in text.split("..", 1))
    if any(isinstance(end, bool) or not isinstance(end, int | float) for end in (low, high)):
        raise UserError(f"--{method}: {key} is no number and has no range; give its values, {key}=A,B")
    if type(low) is not type(high):
        low, high = float(low), float(high)
    if not (low < high and math.isfinite(high - low)):
        raise UserError(
            f"--{method}: {key}={text} is no range; it needs two finite ends, the first less than the second"
        )
    return Range(low, high)


def grid(space: Space) -> list[Point]:
    """Each value of each setting with each of the others, the last setting's changing fastest; no ranges."""
    values = [dimension.values for dimension in space.values() if isinstance(dimension, Choice)]
    return [dict(zip(space, combination, strict=True)) for combination in itertools.product(*values)]


def draws(space: Space, count: int) -> list[Point]:
    """`count` different random points, always the same ones; fewer where the space has no more."""

    def found() -> Iterator[Point]:
        generator = np.random.default_rng(0)
        seen = set()
        for _ in range(TRIES * count):
            point = {key: dimension.draw(generator) for key, dimension in space.items()}
            if tuple(point.values()) not in seen:
                seen.add(tuple(point.values()))
                yield point

    return list(itertools.islice(found(), count))


def text(value: Any) -> str:
    """A value as the command line takes it."""
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


def flags(point: Point) -> list[str]:
    """A point as a command line's flags, such as `--learning-rate=0.001`."""
    return [f"--{key.replace('_', '-')}={text(value)}" for key, value in point.items()]


def label(point: Point) -> str:
    """A point in words, such as "units=16 learning_rate=0.001"."""
    return " ".join(f"{key}={text(value)}" for key, value in point.items())

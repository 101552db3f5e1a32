"""The types that bound the values of settings, and what they expect in words."""

from __future__ import annotations

import operator
import types
import typing
from typing import TYPE_CHECKING, Any

from jsonargparse.typing import restricted_number_type

if TYPE_CHECKING:
    BatchSize = int
    DrawnCount = int
    DropoutRate = float
    LayerCount = int
    Seed = int
    ThreadCount = int
else:
    BatchSize = restricted_number_type("BatchSize", int, [(">", 0), ("<=", 2**20)])
    DrawnCount = restricted_number_type("DrawnCount", int, [(">", 0), ("<=", 50)])  # a picture is as large
    DropoutRate = restricted_number_type("DropoutRate", float, [(">=", 0), ("<", 1)])
    LayerCount = restricted_number_type("LayerCount", int, [(">", 0), ("<=", 100)])  # each is built, one by one
    Seed = restricted_number_type("Seed", int, [(">=", 0), ("<", 2**32)])  # what NumPy takes
    ThreadCount = restricted_number_type("ThreadCount", int, [(">", 0), ("<=", 1024)])  # TensorFlow starts them all
LARGEST = 2**53
"""Larger whole numbers make no sense in any setting, and not every library can hold them."""
BOUNDS = {operator.gt: "above", operator.ge: "from", operator.lt: "below", operator.le: "up to"}


def expected(hint: Any) -> str:
    """Returns what a type expects in words, such as "a whole number above 0"."""
    if typing.get_origin(hint) is typing.Literal:
        return f"one of {', '.join(map(str, typing.get_args(hint)))}"
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return " or ".join(map(expected, typing.get_args(hint)))
    if typing.get_origin(hint) is list:
        return "a list of names"
    if typing.get_origin(hint) is dict:
        return "names with lists, such as {a: [0, 100]}"
    if hint is type(None):
        return "null"
    if hint is bool:
        return "true or false"
    if hint is str:
        return "text"
    kind = getattr(hint, "_type", hint)
    bounds = [f"{BOUNDS[sign]} {bound:,}" for sign, bound in getattr(hint, "_restrictions", [])]
    return " ".join(["a whole number" if kind is int else "a number", " and ".join(bounds)]).strip()


def finite(value: Any) -> bool:
    """Returns whether a value is no number, or a number that a setting may have."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return -LARGEST <= value <= LARGEST

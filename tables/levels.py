"""The levels of quantiles."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from foundation.user_error import UserError

MEDIAN = 0.5


def parse_levels(text: str) -> tuple[float, ...]:
    """Returns the levels of quantiles, given as text such as "0.1,0.5,0.9".

    Raises:
        UserError: they are no numbers, do not ascend, or are not between 0 and 1.
    """
    try:
        return check_levels([float(word) for word in text.split(",")])
    except ValueError as error:
        raise UserError(f"quantiles {text!r} are no numbers with commas between them, such as 0.1,0.5,0.9") from error


def check_levels(levels: Sequence[float]) -> tuple[float, ...]:
    """Returns the levels of quantiles.

    Raises:
        UserError: they do not ascend, or are not between 0 and 1.
    """
    bounded = (0.0, *levels, 1.0)
    if not levels or not all(low < high for low, high in itertools.pairwise(bounded)):
        given = ",".join(f"{level:g}" for level in levels)
        raise UserError(f"quantiles {given} must ascend between 0 and 1, such as 0.1,0.5,0.9")
    return bounded[1:-1]

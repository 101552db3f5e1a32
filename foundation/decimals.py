"""How many decimals a number needs to be shown with."""

from __future__ import annotations

import math

MOST = 100
"""JavaScript shows no more."""


def two_digits(size: float) -> str:
    """Returns a size with two digits, or without decimals up to a million: 0.012, 1.2, 123."""
    return f"{size:,.0f}" if 99.5 <= abs(size) < 1e6 else f"{size:.2g}"


def decimals_of(size: float, digits: int = 2, least: int = 1) -> int:
    """Returns how many decimals show the first digits of a number.

    Values need those of their standard deviation: one decimal if it is 8.85, three if it is 0.02.

    Args:
        size: The number; if it is 0, NaN or infinite, the answer is `least`.
        digits: How many of its digits to show.
        least: The fewest decimals.
    """
    if not 0 < abs(size) < math.inf:
        return least
    return max(least, min(MOST, digits - 1 - math.floor(math.log10(abs(size)))))

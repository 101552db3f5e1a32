"""Means over seeds: their intervals, their scale, and how they are written."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence

from foundation.decimals import two_digits

Interval = tuple[float, float]
"""The lower and the upper end."""


def interval(values: Sequence[float], confidence: float) -> Interval:
    """Returns the confidence interval of the mean by Student's t; for fewer than two values it is infinite."""
    if len(values) < 2 or not all(map(math.isfinite, values)):
        return -math.inf, math.inf
    return _interval(statistics.fmean(values), statistics.stdev(values), len(values), confidence)


def seeds_needed(
    values: Sequence[float], confidence: float, decides: Callable[[Interval], bool], most: int = 100
) -> int | None:
    """Returns the smallest number of seeds whose interval decides, if mean and standard deviation stay as they are.

    Args:
        values: Those of the seeds so far, two or more.
        confidence: The interval's.
        decides: Whether an interval decides.
        most: The largest number to try; None is returned if it isn't enough.
    """
    mean, deviation = statistics.fmean(values), statistics.stdev(values)
    numbers = range(len(values) + 1, most + 1)
    return next((n for n in numbers if decides(_interval(mean, deviation, n, confidence))), None)


def logarithm(figure: float) -> float:
    """Returns the logarithm to base 10; nan for a figure that has none."""
    return math.log10(figure) if figure > 0 else math.nan


def mean_and_deviation(values: Sequence[float], sign: bool = False) -> str:
    """Returns mean ± standard deviation in words, or the one value if all are equal."""
    plus = "+" if sign else ""
    if len(set(values)) == 1:
        return f"{values[0]:{plus},.0f}" if float(values[0]).is_integer() else f"{values[0]:{plus}.4g}"
    return f"{statistics.fmean(values):{plus}.4g} ± {two_digits(statistics.stdev(values))}"


def power(exponent: float) -> str:
    """Returns 10 to this power in words short enough for a table."""
    if not math.isfinite(exponent):
        return "–"
    return f"{10**exponent:.3g}" if abs(exponent) < 4 else f"1e{exponent:+.0f}"


def duration(seconds: float) -> str:
    """Returns a duration in words, in minutes or hours."""
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min" if minutes < 60 else f"{seconds / 3600:,.{1 if seconds < 36_000 else 0}f} h"


def _interval(mean: float, deviation: float, count: int, confidence: float) -> Interval:
    from scipy.stats import t

    half = t.ppf((1 + confidence) / 2, count - 1) * deviation / math.sqrt(count)
    return float(mean - half), float(mean + half)

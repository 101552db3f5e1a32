"""Knows for each metric whether higher or lower is better."""

from __future__ import annotations

HIGHER_IS_BETTER = {"accuracy"}


def higher_is_better(metric: str) -> bool:
    """Returns whether a higher value is better, as with accuracy and unlike errors and losses."""
    return metric in HIGHER_IS_BETTER


def as_loss(metric: str, value: float) -> float:
    """Returns a number that is lower for a better value: the value, or its negative where higher is better."""
    return -value if higher_is_better(metric) else value


def better(metric: str, value: float, other: float) -> bool:
    """Returns whether the first value is better than the second."""
    return as_loss(metric, value) < as_loss(metric, other)

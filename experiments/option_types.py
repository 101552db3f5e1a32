"""The types of command-line options that argparse lacks."""

from __future__ import annotations

import argparse

MOST = 10_000
"""More runs, trials or processes than anyone makes at once."""


def positive(word: str) -> int:
    """Returns a whole number of at least one."""
    if not (word.isdecimal() and len(word) <= len(str(MOST)) and 1 <= int(word) <= MOST):
        raise argparse.ArgumentTypeError(f"{word!r} must be a whole number from 1 to {MOST:,}")
    return int(word)


def share(word: str) -> float:
    """Returns a number of GPUs: a whole number, or a fraction of one."""
    try:
        number = float(word)
    except ValueError:
        number = -1
    if not (0 <= number <= 1 or (number.is_integer() and number > 0)):
        raise argparse.ArgumentTypeError(f"{word!r} must be a whole number, or a part of one GPU, such as 0.5")
    return number

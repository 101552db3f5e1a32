"""What a cell of a table can be: a number in one of the usual notations, a word for a missing value, or text."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

WORDS = frozenset(
    ["-", "--", "---", "?", "*", ".", "na", "n/a", "n.a.", "nan", "-nan", "<na>", "null", "none", "nil", "nd", "n.d.",
     "m", "missing", "#n/a", "#na", "#value!", "#div/0!", "#ref!", "#num!", "k.a.", "///", "////", "xxx"]
)  # fmt: skip
"""What stands for a missing value beside an empty cell, in lower case."""
NUMBER = re.compile(r"[+\-−]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?", re.I)
GROUPED = {
    ".": re.compile(r"[+\-−]?[1-9]\d{0,2}([, '\u00a0\u202f]\d{3})+(\.\d*)?"),
    ",": re.compile(r"[+\-−]?[1-9]\d{0,2}([. '\u00a0\u202f]\d{3})+(,\d*)?"),
}
"""Numbers whose thousands are set apart, by decimal mark."""


def is_number(cell: str) -> bool:
    """Returns whether a cell is a number with either decimal mark, thousands set apart or not."""
    return bool(NUMBER.fullmatch(cell) or GROUPED["."].fullmatch(cell) or GROUPED[","].fullmatch(cell))


def is_missing(cell: str) -> bool:
    """Returns whether a cell is empty or a word for a missing value."""
    return not cell or cell.lower() in WORDS


def decimal_mark(cells: list[str]) -> tuple[str, bool]:
    """Returns the decimal mark of these numbers, and whether they leave no doubt."""
    if any(GROUPED[","].fullmatch(cell) and "," in cell and "." in cell for cell in cells):
        return ",", True
    numbers = [cell for cell in cells if NUMBER.fullmatch(cell)]
    commas, dots = (sum(mark in cell for cell in numbers) for mark in ",.")
    return ("," if commas > dots else "."), not (commas and dots)


def to_numbers(cells: pd.Series, decimal: str, words: frozenset[str] = frozenset()) -> tuple[np.ndarray, np.ndarray]:
    """Reads text as numbers: padded, quoted, with a decimal mark, with thousands set apart.

    Args:
        cells: The text; missing values stay missing.
        decimal: The decimal mark.
        words: What stands for a missing value beside `WORDS`.

    Returns:
        The numbers, float64, and where a cell is neither a number nor a missing value, bool; shape (cells,) both.
    """
    text = cells.astype(object).where(cells.notna(), "").astype(str).str.strip()
    kinds = pd.Series(text.unique())  # columns of measurements repeat their values
    missing = kinds.map(lambda cell: is_missing(cell) or cell in words).astype(bool)
    grouped = kinds.map(lambda cell: bool(GROUPED[decimal].fullmatch(cell))).astype(bool)
    plain = kinds.str.replace("−", "-")
    plain = plain.where(
        ~grouped, plain.str.replace(rf"[{'.' if decimal == ',' else ','} '\u00a0\u202f]", "", regex=True)
    )
    if decimal == ",":
        plain = plain.where(~plain.str.contains(".", regex=False), "?").str.replace(",", ".")
    values = pd.to_numeric(plain.mask(missing), errors="coerce").astype(np.float64)
    at = pd.Index(kinds).get_indexer(pd.Index(text))
    return values.to_numpy()[at], (values.isna() & ~missing).to_numpy()[at]

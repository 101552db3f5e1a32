"""What a cell of a table can be: a number in one of the usual notations, a word for a missing value, or text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

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
DIGITS = re.compile(r"[+\-−]?[\d.,' \u00a0\u202f]+")
UNIT = re.compile(r"(?!e[+-]?\d)[^\W\d_]\S*|[%‰°]\w*", re.I)


@dataclass(frozen=True)
class DecimalMark:
    """The decimal mark of a table's numbers, and what speaks for it."""

    mark: str
    evidence: int
    """`NONE` where no number has a mark, `WEAK` where each could set thousands apart, else `STRONG`."""
    doubt: str = ""


NONE, WEAK, STRONG = range(3)


def is_number(cell: str) -> bool:
    """Returns whether a cell is a number with either decimal mark, thousands set apart or not."""
    return bool(_marks(cell))


def _marks(cell: str) -> str:
    """Returns the decimal marks with which a cell is a number."""
    plain = NUMBER.fullmatch(cell)
    return "".join(
        mark for mark, other in (".,", ",.") if (plain and other not in cell) or GROUPED[mark].fullmatch(cell)
    )


def is_missing(cell: str) -> bool:
    """Returns whether a cell is empty or a word for a missing value."""
    return not cell or cell.lower() in WORDS


def unit_behind(cells: list[str]) -> str:
    """Returns the unit that follows each of these numbers, such as % or °C; "" if not all have the same."""
    unit = DIGITS.sub("", cells[0], count=1) if cells and not is_number(cells[0]) else ""
    same = UNIT.fullmatch(unit) and all(cell.endswith(unit) and is_number(without(unit, cell)) for cell in cells)
    return unit if same else ""


def without(unit: str, cell: str) -> str:
    """Returns a cell without its unit."""
    return cell.removesuffix(unit).rstrip()


def decimal_mark(cells: Iterable[str], separator: str) -> DecimalMark:
    """Finds the decimal mark of numbers.

    A number such as 10,06 or 1.234,5 or 1.234.567 settles it. One such as 1.013 does not: it may be 1013.

    Args:
        cells: The numbers, and whatever else there is.
        separator: What separates the table's columns.
    """
    count: Counter[str] = Counter()
    example: dict[str, str] = {}
    for cell in cells:
        if ("." in cell or "," in cell) and (marks := _marks(cell)):
            key = marks if len(marks) == 1 else "either " + ("," if "," in cell else ".")
            count[key] += 1
            example.setdefault(key, cell)
    comma_separates = separator == ","
    strong = "," if count[","] > count["."] and not (comma_separates and count["."]) else "."
    weak = "," if count["either ,"] > count["either ."] and not comma_separates else "."
    mark = strong if count[strong] else weak
    taken = f"its decimal mark, taken for {mark!r}"
    if count["."] and count[","]:
        return DecimalMark(mark, STRONG, f"{taken}; both '.' and ',' occur")
    if count[mark] and mark == separator:
        cell = example[mark]
        doubt = f"{cell!r} is read as {_value(cell, mark):.12g}; if that is wrong, leave its column out"
        return DecimalMark(mark, STRONG, f"{taken} though it separates the columns too: {doubt}")
    if count[mark] or not count:
        return DecimalMark(mark, STRONG if count else NONE)
    cell = next(iter(example.values()))
    here, otherwise = (_value(cell, m) for m in (mark, "." if mark == "," else ","))
    doubt = f"{cell!r} is read as {here:.12g}; if that is wrong, write {otherwise:.12g} in the file"
    return DecimalMark(mark, WEAK, f"{taken}: {doubt}")


def _value(cell: str, decimal: str) -> float:
    return float(to_numbers(pd.Series([cell]), decimal)[0][0])


def to_numbers(
    cells: pd.Series, decimal: str, words: frozenset[str] = frozenset(), unit: str = ""
) -> tuple[np.ndarray, np.ndarray]:
    """Reads text as numbers: padded, quoted, with a decimal mark, with thousands set apart.

    Args:
        cells: The text; missing values stay missing.
        decimal: The decimal mark.
        words: What stands for a missing value beside `WORDS`.
        unit: What follows each number; one without it is none.

    Returns:
        The numbers, float64, and where a cell is neither a number nor a missing value, bool; shape (cells,) both.
    """
    text = cells.astype(object).where(cells.notna(), "").astype(str).str.strip()
    kinds = pd.Series(text.unique())  # columns of measurements repeat their values
    missing = kinds.map(lambda cell: is_missing(cell) or cell in words).astype(bool)
    plain = kinds.map(lambda cell: without(unit, cell) if cell.endswith(unit) else "?") if unit else kinds
    grouped = plain.map(lambda cell: bool(GROUPED[decimal].fullmatch(cell))).astype(bool)
    plain = plain.str.replace("−", "-")
    plain = plain.where(
        ~grouped, plain.str.replace(rf"[{'.' if decimal == ',' else ','} '\u00a0\u202f]", "", regex=True)
    )
    if decimal == ",":
        plain = plain.where(~plain.str.contains(".", regex=False), "?").str.replace(",", ".")
    values = pd.to_numeric(plain.mask(missing), errors="coerce").astype(np.float64)
    at = pd.Index(kinds).get_indexer(pd.Index(text))
    return values.to_numpy()[at], (values.isna() & ~missing).to_numpy()[at]

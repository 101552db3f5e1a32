"""Finds how a table is written: encoding, separator, decimal mark, notes above the header, names of the columns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from foundation.user_error import UserError
from tables.cells import STRONG, DecimalMark, decimal_mark, is_missing, is_number
from tables.encoding import detect
from tables.kinds import refuse_other_kinds
from tables.report import counted
from tables.time_formats import is_time

SEPARATORS = (";", "\t", ",", "|")
BLANKS = r"\s+"  # runs of blanks between the columns, as pandas wants it
LONGEST = 2**16  # characters in a line
LINES = 200  # that are looked at; for the decimal mark, more if these leave it open
UNITS = re.compile(
    r"ts|rn|smp|avg|min|max|tot|std|utc|yr|mo|dy|hr|mn|s|sec|h|°?[ckf]|deg ?[ctkf]?|°|%|k?m/h|m/s|kt|k?m|[mc]m|nmi|ft|"
    r"[hmk]?pa|mb(ar)?|[mk]?wh?(/m(2|²|\^2))?|m?v(olts)?|pp[mb]|[muµ]?g/(k?g|m3|m³)",
    re.I,
)
TIME = re.compile(r"(?=.{1,24}$).*(date|time|datum|zeit|stamp|fecha|epoch|unix)[^:]*", re.I)  # names of a time
NAMES = {";": "semicolons", "\t": "tabs", ",": "commas", "|": "bars", BLANKS: "blanks"}


@dataclass(frozen=True)
class Dialect:
    """How a table is written."""

    encoding: str
    separator: str
    decimal: DecimalMark
    skip: int
    """Lines above the first row of values."""
    names: tuple[str, ...]
    """Names of the columns, as many as a row has fields; an empty one for a column that is empty."""
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    """The first rows of values, stripped."""
    line: float
    """Bytes in a line of values, on average."""
    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def column(self, position: int) -> list[str]:
        """Returns the first cells of a column."""
        return [row[position] if position < len(row) else "" for row in self.rows]


def sniff(head: bytes, whole: bool, name: str) -> Dialect:
    """Finds how a table is written.

    Args:
        head: Its first bytes.
        whole: Whether these are all.
        name: What to call it in messages.

    Raises:
        UserError: it is no table of text; or it has no rows; or fields without a name.
    """
    refuse_other_kinds(head, name)
    encoding, certain = detect(head)
    lines = _lines(head.decode(encoding, "replace"), whole, name)
    separator, table, width = _separator(lines[:LINES], name)
    first = _first_row(table, width)
    if first is None:
        raise UserError(f"{name} has a header and no rows of values: give a file with measurements")
    rows = tuple(tuple(row) for row in table[first:] if any(row))
    names, faults = _names(table, first, width, name)
    times = [n for n in range(width) if is_time(next((row[n] for row in rows if n < len(row) and row[n]), ""))]

    def decimal_of(rows: Iterable[Sequence[str]]) -> DecimalMark:
        return decimal_mark((cell for row in rows for n, cell in enumerate(row) if n not in times), separator)

    decimal = decimal_of(rows)
    if decimal.evidence < STRONG:
        decimal = decimal_of([*rows, *_split(lines[LINES:], separator)])
    doubts = [] if certain else [f"its encoding, taken for {encoding}"]
    line = sum(len(text.encode(encoding, "replace")) + 1 for text in lines[first:]) / len(lines[first:])
    return Dialect(encoding, separator, decimal, first, names, rows, line, tuple(faults), tuple(doubts))


def _lines(text: str, whole: bool, name: str) -> list[str]:
    lines = re.split(r"\r\n|\n|\r", text)
    for number, line in enumerate(lines[: LINES + 1], start=1):
        if len(line) > LONGEST:
            raise UserError(
                f"{name} is no table of measurements: its line {number} has more than {LONGEST:,} characters"
            )
    if not whole or not lines[-1]:
        lines.pop()
    return lines


def _split(lines: list[str], separator: str) -> list[list[str]]:
    if separator == BLANKS:
        return [line.split() for line in lines]
    try:
        return [
            [cell.strip() for cell in next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])]
            for line in lines
        ]
    except csv.Error:
        return [[cell.strip() for cell in line.split(separator)] for line in lines]


def _separator(lines: list[str], name: str) -> tuple[str, list[list[str]], int]:
    """Chooses the separator that cuts the lines into the most even rows of numbers, times and missing values.

    Blanks are no separators if one of the others is in every line alike: they are within times then.
    """
    best: tuple[float, int, str, list[list[str]]] = (0.0, 0, "", [])
    alone = False
    for separator in (*SEPARATORS, BLANKS):
        if separator == BLANKS and alone:
            break
        table = _split(lines, separator)
        body = _later(table)
        if not body:
            continue
        width, count = Counter(len(row) for row in body).most_common(1)[0]
        if width < 2:
            continue
        alone = alone or (count == len(body) and _separates(separator, lines, body))
        cells = [cell for row in body if len(row) == width for cell in row]
        alike = sum(is_number(cell) or is_missing(cell) or is_time(cell) for cell in cells) / len(cells)
        score = round(count / len(body) * alike, 3) - (0.05 if separator == BLANKS else 0)
        if (score, width) > best[:2]:
            best = (score, width, separator, table)
    score, width, separator, table = best
    written = [line for line in lines if line.strip()]
    if len(written) == 1 and any(separator in written[0] for separator in SEPARATORS):
        raise UserError(f"{name} has a header and no rows of values: give a file with measurements")
    if score < 0.2:
        raise UserError(f"{name} is no table of measurements: its lines do not split into columns of numbers and times")
    return separator, table, width


def _separates(separator: str, lines: list[str], body: list[list[str]]) -> bool:
    """Returns whether this sign, in every line alike, is no decimal comma and leaves a column of numbers or times."""
    written = [line for line in lines if line.strip()]
    if separator == "," and not all(re.search(r"(?<!\d),|,(?!\d)", line) for line in written[len(written) // 2 :]):
        return False
    return any(
        sum(is_number(cell) or is_time(cell) for cell in column) > len(body) / 2 for column in zip(*body, strict=True)
    )


def _later(table: list[list[str]]) -> list[list[str]]:
    """Returns the second half of the rows that are not empty, where no notes and headers are."""
    full = [row for row in table if any(row)]
    return full[len(full) // 2 :]


def _first_row(table: list[list[str]], width: int) -> int | None:
    """Returns the first line that is a row of values and is followed by another one, if there is any."""
    body = [row for row in _later(table) if len(row) == width]
    times = [n for n in range(width) if sum(is_time(row[n]) for row in body) > len(body) / 2]
    numbers = [n for n in range(width) if n not in times and sum(is_number(row[n]) for row in body) > len(body) / 2]

    def holds_values(row: list[str]) -> bool:
        if not any(row) or abs(len(row) - width) > 1:
            return False
        row = [*row, ""]
        at = [row[n] for n in times if n < len(row)]
        values = [row[n] for n in numbers if n < len(row)]
        if not any(map(is_time, at)) and not any(map(is_number, values)):
            return False
        fine = sum(is_number(cell) or is_missing(cell) for cell in values)
        return all(is_time(cell) or is_missing(cell) for cell in at) and 2 * fine >= len(values)

    full = [n for n, row in enumerate(table) if any(row)]
    opening = table[full[0]]
    if times == [0] and not opening[0] and all(map(str.isdigit, opening[1:])):
        full.pop(0)  # an index without a name beside columns that are called 0, 1, …
    for n, following in zip(full, [*full[1:], None], strict=True):
        if holds_values(table[n]) and (following is None or holds_values(table[following])):
            return n
    return None


def _are_names(row: list[str]) -> bool:
    """Returns whether these cells differ, as names do and units do not; the first may be empty, as of an index."""
    cells = [cell.lower() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    units = sum(bool(UNITS.fullmatch(cell)) or cell.startswith(("(", "[")) for cell in cells)
    return len(cells) > 1 and all(cells[1:]) and len(set(cells)) == len(cells) and 2 * units <= len(cells)


def _names_the_index(row: list[str]) -> bool:
    """Returns whether this line names the times alone, as pandas does below names in several lines."""
    return not any(row[1:]) and bool(TIME.fullmatch(row[0]))


def _header(above: list[list[str]], values: list[list[str]], width: int) -> int | None:
    """Returns which of the lines above the values has the names: the lowest that names their time, if one does."""
    times = [n for n in range(width) if sum(is_time("".join(row[n : n + 1])) for row in values) > len(values) / 2]
    named = [n for n, row in enumerate(above) if _are_names(row)]
    if above and _names_the_index(above[0]):
        named = named[-1:]
    timed = [
        n for n in named if any(TIME.fullmatch(cell) for i, cell in enumerate(above[n]) if i in times or not times)
    ]
    whole = [n for n in named if above[n][0]]
    highest = [n for n, row in enumerate(above) if sum(map(bool, row)) > 1][-1:]
    return next(iter((*timed, *whole, *named, *highest)), None)


def _names(table: list[list[str]], first: int, width: int, name: str) -> tuple[tuple[str, ...], list[str]]:
    """Returns the names of the columns and phrases on what is unusual about them."""
    above: list[list[str]] = []  # the lines directly above the rows, the lowest first
    lead = first
    while lead and not any(table[lead - 1]):  # KNMI has an empty line below its header
        lead -= 1
    for row in reversed(table[:lead]):
        if not any(row) or (len(row) < width - 1 and not re.fullmatch(r"#.*|[\W_]+", "".join(row))):
            break
        above.append(row)
    faults = []
    values = [row for row in table[first:] if any(row)]
    at = _header(above, values, width)
    if at is None:
        faults.append("it has no header: its columns are called column 1, column 2, …")
        return tuple(f"column {n + 1}" for n in range(width)), faults
    header = list(above[at])
    if header[0] == "#" and len(header) > width:
        header = header[1:]
    if notes := lead - at - 1:
        faults.append(f"{counted(notes, 'line')} above the header (skipped)")
    if at:
        below = "; ".join(", ".join(filter(None, row)) for row in reversed(above[:at]))
        shown = below if len(below) <= 80 else f"{below[:80]}…"
        faults.append(f"{counted(at, 'line')} of units or kinds below the header: {shown} (skipped)")
    for row in above[:at]:
        if _names_the_index(row):
            header[0] = row[0]
    header[0] = header[0].lstrip("#%\ufeff ").strip()
    unnamed = [n for n in range(width) if n >= len(header) or not header[n]]
    empty = [n for n in unnamed if not any(n < len(row) and row[n] for row in values)]
    beyond = [n for n in unnamed if n not in empty and n >= len(header)]
    if beyond:
        raise UserError(
            f"{name}, line {first + 1}: the rows have {width} fields and the header {len(header)} names: "
            f"name every column in the header"
        )
    if empty:
        faults.append(f"{counted(len(empty), 'empty column')} without a name (left out)")
    names = [*header[:width], *[""] * (width - len(header))]
    names = [n if n or i in empty else f"column {i + 1}" for i, n in enumerate(names)]
    return tuple(" ".join(n.split()) for n in [*names, *header[width:]]), faults

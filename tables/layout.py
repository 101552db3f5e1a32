"""Opens the files of a table: how each is written, which of its columns are times and which are measurements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from foundation.user_error import UserError
from tables.cells import DecimalMark, is_missing, is_number, unit_behind
from tables.chunks import Chunk, Layout, chunks, decide_order
from tables.description import Description
from tables.dialect import NAMES, Dialect, sniff
from tables.files import RATIO, Part, parts
from tables.report import Report
from tables.time_columns import time_columns
from tables.time_formats import UNKNOWN

MOSTLY = 0.8  # of a column's cells that must be numbers for it to be one of measurements


@dataclass
class Opened:
    """A file that can be read."""

    part: Part
    layout: Layout
    at: list[int]
    """The place of each of its columns among the table's."""

    @property
    def expected(self) -> int:
        """Returns about how many rows it has, rather too many."""
        size = self.part.size or RATIO // 5 * self.part.path.stat().st_size
        return int(1.02 * size / self.layout.dialect.line) + 1000

    def chunks(self, report: Report) -> Iterator[Chunk]:
        """Yields its rows; see `tables.chunks`."""
        return chunks(self.part, self.layout, report)


def opened(
    description: Description,
    paths: Sequence[str | Path],
    report: Report,
    texts: Sequence[str] = (),
    lenient: bool = False,
    decimal: DecimalMark | None = None,
) -> tuple[list[Opened], list[str]]:
    """Opens the files.

    Args:
        description: What they are.
        paths: Where they are.
        report: Is told what was found.
        texts: Columns that turned out to hold text.
        lenient: Whether bytes that are not in the encoding are read as unknown letters.
        decimal: The decimal mark, where later rows say more about it than the first.

    Returns:
        The files, and the names of the table's columns.

    Raises:
        UserError: a file is no table, or has no such columns.
    """
    tables = parts(paths)
    files: list[tuple[Part, Layout]] = []
    absent: set[str] = set(description.wanted)
    known: dict[str, None] = {}
    refusals: list[UserError] = []
    for part in tables:
        try:
            layout = replace(_layout(part, description, report, texts, decimal), lenient=lenient)
        except UserError as refusal:
            if part.member is None or sum(part.path == other.path for other in tables) == 1:
                raise
            refusals.append(refusal)
            report.fault(f"{part.member} is no table like the others (left out)")
            continue
        known |= dict.fromkeys(filter(None, layout.dialect.names))
        absent -= set(layout.columns)
        files.append((part, layout))
    if not files:
        raise refusals[0]
    if absent:
        names = ", ".join(repr(name) for name in description.wanted if name in absent)
        raise UserError(
            f"{', '.join(p.name for p in tables[:3])}: no column {names}; there are {', '.join(map(repr, known))}: "
            f"correct the header or `columns`"
        )
    columns = list(description.wanted) or list(dict.fromkeys(name for _, layout in files for name in layout.columns))
    if not columns:
        raise UserError(f"{files[0][0].name} has no column of numbers beside its time: give a table of measurements")
    if stray := [
        name for name in (*description.targets, *description.circular, *description.ranges) if name not in columns
    ]:
        raise UserError(
            f"{files[0][0].name} has no column of numbers {', '.join(map(repr, dict.fromkeys(stray)))}; there are "
            f"{', '.join(map(repr, columns))}: correct the description"
        )
    for part, layout in files:
        if lacking := [name for name in description.wanted if name not in layout.columns]:
            report.fault(f"{part.member or part.path.name} has no column {', '.join(map(repr, lacking))}")
    files = [(part, layout) for part, layout in files if layout.columns]
    _tell(files, report)
    return [Opened(part, layout, [columns.index(n) for n in layout.columns]) for part, layout in files], columns


def header(path: str | Path) -> list[str]:
    """Returns the names of a file's columns as they are read; of the first table in an archive.

    Raises:
        UserError: it is no table.
    """
    part = parts([path])[0]
    head, whole = part.head()
    return [name for name in sniff(head, whole, part.name).names if name]


def _layout(
    part: Part, description: Description, report: Report, texts: Sequence[str], decimal: DecimalMark | None
) -> Layout:
    head, whole = part.head()
    dialect = sniff(head, whole, part.name)
    if decimal and decimal.evidence > dialect.decimal.evidence:
        dialect = replace(dialect, decimal=decimal)
    times = time_columns(dialect, part.name, description.time, description.time_format)
    for phrase in dialect.faults:
        report.fault(phrase)
    for phrase in filter(None, (*dialect.doubts, dialect.decimal.doubt)):
        report.doubt(phrase)
    names = dialect.names
    units = {
        n: unit
        for i, n in enumerate(names)
        if i not in times.positions and (unit := _unit(dialect, i, description.words))
    }
    if wanted := description.wanted:
        chosen = [name for name in wanted if name in names]
    else:
        others = {i: n for i, n in enumerate(names) if n and i not in times.positions}
        chosen = [n for i, n in others.items() if n not in texts and (n in units or _has_numbers(dialect, i))]
        rest = [n for n in others.values() if n not in chosen]
        if rest:
            report.fault(f"columns of text or nothing: {', '.join(rest)} (left out)")
    if twice := [name for name in dict.fromkeys(chosen) if names.count(name) > 1]:
        raise UserError(
            f"{part.name} has the column {', '.join(map(repr, twice))} more than once: rename or delete one of them"
        )
    columns = {name: names.index(name) for name in dict.fromkeys(chosen)}
    units = {name: unit for name, unit in units.items() if name in columns}
    if units:
        told = ", ".join(f"{unit} in {name}" for name, unit in units.items())
        report.fault(f"numbers with a unit behind them: {told} (left off)")
    layout = Layout(dialect, times, columns, bool(wanted), words=description.words, units=units)
    if times.order == UNKNOWN:
        order = decide_order(part, layout)
        layout = replace(layout, times=times.with_order(order))
    return layout


def _has_numbers(dialect: Dialect, position: int) -> bool:
    cells = [cell for cell in dialect.column(position) if not is_missing(cell)]
    return sum(map(is_number, cells)) > MOSTLY * len(cells) if cells else any(dialect.column(position))


def _unit(dialect: Dialect, position: int, words: frozenset[str]) -> str:
    return unit_behind([cell for cell in dialect.column(position) if not is_missing(cell) and cell not in words])


def _tell(files: list[tuple[Part, Layout]], report: Report) -> None:
    layout = files[0][1]
    times = layout.times
    report.facts |= {
        "file": ", ".join(dict.fromkeys(p.path.name for p, _ in files)),
        "encoding": layout.dialect.encoding,
        "separator": NAMES[layout.dialect.separator],
        "decimal mark": layout.dialect.decimal.mark,
        "time": f"{', '.join(times.names)} as {times.kind_label()}",
    }
    if len(files) > 1:
        report.facts["files"] = len(files)

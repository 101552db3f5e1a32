"""Reads a table in chunks: the rows' times and numbers, with the line of whatever is wrong."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from foundation.user_error import UserError
from tables.cells import STRONG, WORDS, DecimalMark, decimal_mark, to_numbers, without
from tables.dialect import Dialect
from tables.files import Part, Stream
from tables.report import Report, counted
from tables.time_columns import TimeColumns
from tables.time_formats import DAY_FIRST, ORDERS, UNKNOWN, Shape, offsets, possible, shape, uneven

CHUNK = 2**25  # bytes in a chunk, about
TOTALS = r"((grand|sub)[ -]?)?totals?|sums?|means?|averages?|min(imum)?|max(imum)?|summe|gesamt|mittel(wert)?"
WIDE = ("utf-16", "utf-32")  # encodings whose lines don't end in one byte


class TextColumnError(Exception):
    """A column that nobody asked for turns out to hold text."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


class NoNumberError(UserError):
    """Cells among numbers that are none."""

    def __init__(self, message: str, cells: tuple[str, ...]) -> None:
        super().__init__(message)
        self.cells = cells


class DecimalMarkError(Exception):
    """Numbers further on in a file say more about the decimal mark than its first lines."""

    def __init__(self, decimal: DecimalMark) -> None:
        super().__init__(decimal)
        self.decimal = decimal


class NotInEncodingError(Exception):
    """Bytes further on in a file are not in the encoding of its first lines."""


@dataclass(frozen=True)
class Layout:
    """Where a table's times and numbers are."""

    dialect: Dialect
    times: TimeColumns
    columns: dict[str, int]
    """Position of each column of numbers, by name."""
    asked: bool
    """Whether these columns were asked for by name: text in them is then an error."""
    lenient: bool = False
    """Whether bytes that are not in the encoding are read as unknown letters; reading is slower then."""
    words: frozenset[str] = frozenset()
    """Words for missing values beside the usual ones."""
    units: dict[str, str] = field(default_factory=dict)
    """What follows each number of a column, by name."""


@dataclass
class Chunk:
    """Some rows: their times as written, or in UTC where they carry an offset; and their numbers."""

    times: np.ndarray
    """datetime64[ns], shape (rows,)."""
    values: np.ndarray
    """float64, shape (rows, columns)."""
    offsets: set[int]
    """Offsets from UTC that the times carry, in minutes."""
    remarks: dict[int, str]
    """The lines that are no rows, comments and a footer, with what they say."""


def chunks(part: Part, layout: Layout, report: Report, size: int = CHUNK) -> Iterator[Chunk]:
    """Yields the table's rows in the order of the file.

    Raises:
        UserError: a row has more fields than the others; a cell is no time; the file is damaged.
        NoNumberError: cells among numbers are none.
        TextColumnError: a column that was not asked for holds text.
        DecimalMarkError: numbers say more about the decimal mark than the first lines.
    """
    dialect = layout.dialect
    zoned = "%z" in layout.times.kind
    with part.open() as stream:
        line = dialect.skip + 1
        rows, chunk = 0, None
        remarks: dict[int, str] = {}
        for raw in raw_chunks(part, stream, dialect, layout, size):
            if chunk is not None:
                yield chunk
            lines = np.arange(line, line + len(raw))
            line += len(raw)
            chunk = _read(raw, lines, layout, part.name, zoned)
            rows += len(chunk.times)
            remarks |= chunk.remarks
        if remarks:
            shown = ", ".join(list(remarks.values())[:3]) + (", …" if len(remarks) > 3 else "")
            report.fault(f"{counted(len(remarks), 'line')} of text among or below the rows: {shown} (skipped)")
        if blank := line - dialect.skip - 1 - rows - len(remarks):
            report.fault(f"{counted(blank, 'row')} empty or a header again in {part.path.name} (left out)")
        if chunk is None:
            raise UserError(f"{part.name} has a header and no rows of values: give a file with measurements")
        within = stream.newlines - (line - 1)
        if within > 0 and not dialect.encoding.startswith(WIDE):
            report.fault(f"{counted(within, 'line')} inside quoted text (no rows): look for a stray quotation mark")
        if len(chunk.times) and line - 1 not in remarks and _cut(stream.tail, dialect):
            report.fault(f"the last line of {part.path.name} is cut short (left out)")
            chunk.times, chunk.values = chunk.times[:-1], chunk.values[:-1]
        yield chunk


def decide_order(part: Part, layout: Layout) -> str:
    """Returns whether day, month or year comes first: by a number that fits one only, else by even steps.

    Raises:
        UserError: several readings are possible.
    """
    times = layout.times
    orders, shown = frozenset(ORDERS), ""
    with part.open() as stream:
        for raw in raw_chunks(part, stream, layout.dialect, layout, CHUNK // 16, only=times.positions):
            text = times.text(raw).dropna()
            raw, shown = raw.loc[text.index], next(iter(text), shown)
            dates = text.str.extract(r"(\d+\D\d+\D\d+)")[0].unique()
            orders = orders & possible(s for cell in dates if (s := shape(str(cell)))) or orders
            if len(orders) == 1:
                return min(orders)
            off = {order: uneven(times.with_order(order).read(raw, text)) for order in orders}
            best, other, *_ = sorted(orders, key=lambda order: off[order])
            if off[best] < off[other] and off[best] <= 0.01 * len(raw):
                return best
    if DAY_FIRST in orders and "." in times.kind:
        return DAY_FIRST
    left = [order for order in ORDERS if order in orders]
    raise UserError(
        f"{part.name}: times such as {shown!r} have {' or '.join(o.split()[0] for o in left)} first, and no row says "
        f"which: give `time_format`, such as "
        f"{' or '.join(repr(Shape(times.kind).with_order(o)) for o in left)}"
    )


def raw_chunks(
    part: Part, stream: Stream, dialect: Dialect, layout: Layout, size: int, only: tuple[int, ...] = ()
) -> Iterator[pd.DataFrame]:
    """Yields the table's cells as they stand, times as text; columns are called by their positions."""
    width = len(dialect.names)
    options: dict[str, Any] = {"usecols": list(only)} if only else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.ParserWarning)
            yield from pd.read_csv(
                stream,
                sep=dialect.separator,
                header=None,
                names=list(range(width)),
                index_col=False,
                skiprows=dialect.skip,
                skip_blank_lines=False,
                skipinitialspace=True,
                decimal=dialect.decimal.mark,
                dtype=dict.fromkeys(layout.times.positions, str),
                na_values=[*WORDS, *(word.upper() for word in WORDS), *layout.words],
                encoding=dialect.encoding,
                encoding_errors="replace" if layout.lenient or dialect.encoding != "utf-8" else "strict",
                chunksize=max(1000, int(size / dialect.line)),
                low_memory=False,
                **options,
            )
    except pd.errors.EmptyDataError:
        return
    except UnicodeDecodeError as error:
        raise NotInEncodingError from error
    except pd.errors.ParserError as error:
        match = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
        if not match:
            raise UserError(f"{part.name} cannot be split into columns ({_first_line(error)}): mend it") from error
        usual, line, fields = match.groups()
        raise UserError(
            f"{part.name}, line {line}: it has {int(fields):,} fields where the others have {usual}: mend that line"
        ) from error


def _read(raw: pd.DataFrame, lines: np.ndarray, layout: Layout, name: str, zoned: bool) -> Chunk:
    times = layout.times
    text = times.text(raw)
    rows = text.notna()
    if not rows.all():
        blank = raw[~rows]
        if blank.notna().to_numpy().any():
            where = lines[int(blank.notna().any(axis=1).idxmax()) - int(raw.index[0])]
            raise UserError(
                f"{name}, line {where}: it has values and no time in column {times.named()}: mend that line"
            )
    rows &= text != " ".join(times.names)  # the header again, between files that were put together
    if not rows.all():
        raw, lines, text = raw[rows], lines[rows.to_numpy()], text[rows]
    moments = times.read(raw, text)
    remarks = _remarks(raw, text, moments) if moments.isna().any() else np.zeros(0, bool)
    said: dict[int, str] = {}
    if remarks.any():
        said = dict(zip(lines[remarks].tolist(), map(_shown, text[remarks]), strict=True))
        raw, lines, text, moments = raw[~remarks], lines[~remarks], text[~remarks], moments[~remarks]
    if moments.isna().any():
        at = int(moments.isna().to_numpy().argmax())
        raise UserError(
            f"{name}, line {lines[at]}: {_shown(text.iloc[at])} in column {times.named()} is no time like the others "
            f"(or none between 1700 and 2250): mend that line"
            + ("" if times.order == UNKNOWN or not times.kind.startswith("%") else ", or give `time_format`")
        )
    values = np.empty((len(raw), len(layout.columns)))
    for at, (column, position) in enumerate(layout.columns.items()):
        values[:, at] = _column(raw[position], lines, column, layout, name)
    return Chunk(moments.to_numpy().astype("datetime64[ns]"), values, offsets(text) if zoned else set(), said)


def _remarks(raw: pd.DataFrame, text: pd.Series, moments: pd.Series) -> np.ndarray:
    """Returns which lines are comments, or words or totals below the last row: bool, shape (rows,)."""
    lost = moments.isna()
    comments = lost & text.str.startswith("#")
    alone = raw.notna().sum(axis=1) == 1
    footers = comments | (lost & ~text.str.contains(r"\d") & (alone | text.str.fullmatch(TOTALS, case=False)))
    return comments.to_numpy(bool) | np.minimum.accumulate(footers.to_numpy(bool)[::-1])[::-1]


def _column(cells: pd.Series, lines: np.ndarray, column: str, layout: Layout, name: str) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(cells):
        return cells.to_numpy(np.float64, na_value=np.nan)
    decimal, unit = layout.dialect.decimal, layout.units.get(column, "")
    if decimal.evidence < STRONG:
        kinds = cells.dropna().astype(str).str.strip().unique()
        later = decimal_mark((without(unit, cell) for cell in kinds), layout.dialect.separator)
        if later.evidence > decimal.evidence:
            raise DecimalMarkError(later)
    numbers, bad = to_numbers(cells, decimal.mark, layout.words, unit)
    if bad.any():
        if not layout.asked and bad.sum() > 0.1 * len(bad):
            raise TextColumnError(column)
        at = int(bad.argmax())
        kind = f"number with {unit} behind it" if unit else "number"
        raise NoNumberError(
            f"{name}, line {lines[at]}: {_shown(cells.iloc[at])} in column {column!r} is no {kind}: mend that line"
            + (", or list the word under `missing`" if layout.asked else ""),
            tuple(cells[bad].astype(str).str.strip().unique()),
        )
    return numbers


def _shown(cell: object) -> str:
    text = str(cell).strip()
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _cut(tail: bytes, dialect: Dialect) -> bool:
    """Returns whether the last line has no end and fewer fields than the others."""
    if dialect.encoding.startswith(WIDE) or tail.endswith((b"\n", b"\r")):
        return False
    last = re.split(r"[\r\n]+", tail.decode(dialect.encoding, "replace"))[-1]
    fields = len(last.split()) if dialect.separator == r"\s+" else last.count(dialect.separator) + 1
    usual = Counter(len(row) for row in dialect.rows).most_common(1)[0][0]
    return fields < usual


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]

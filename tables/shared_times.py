"""Says what tells rows of one time apart, such as the city in a table of several cities."""

from __future__ import annotations

import pandas as pd

from tables.chunks import CHUNK, Layout, raw_chunks
from tables.files import Part

ALIKE = 0.01  # of the rows that may have the time and the value of another row


def advice(part: Part, layout: Layout) -> str:
    """Returns what to do about rows of one time, naming the columns that tell them apart in the file's first rows."""
    with part.open() as stream:
        raw = next(raw_chunks(part, stream, layout.dialect, layout, CHUNK))
    times = layout.times.text(raw)
    kinds = {}
    for position, name in enumerate(layout.dialect.names):
        cells = raw[position]
        if not name or position in layout.times.positions or not cells.notna().any():
            continue
        measured = pd.api.types.is_numeric_dtype(cells) and (
            2 * cells.nunique() > len(cells) or (cells.astype(float) % 1 > 0).any()
        )
        if not measured and pd.DataFrame({"time": times, "cell": cells}).duplicated().mean() <= ALIKE:
            kinds[name] = cells.nunique()
    apart = [name for name, count in kinds.items() if count <= 2 * min(kinds.values())][:3]
    if not apart:
        return "give a table with one row for each time"
    return (
        f"{' or '.join(map(repr, apart))} tells them apart: give one file for each of its values, or, if it is part of "
        f"the time, name it under `time` after {layout.times.named()}"
    )

"""Small weather files as a station would write them."""

import pandas as pd

from jena.schema import COLUMNS, TIMESTAMP, TIMESTAMP_FORMAT


def table(rows, spacing="10min", start="2009-01-01 00:10"):
    """Rows that count up: column c of row r holds r + c / 100."""
    frame = pd.DataFrame({name: [r + c / 100 for r in range(rows)] for c, name in enumerate(COLUMNS)})
    frame.insert(0, TIMESTAMP, pd.date_range(start, periods=rows, freq=spacing).strftime(TIMESTAMP_FORMAT))
    return frame


def write(path, frame):
    """The frame as CSV, packed as the path's ending says."""
    frame.to_csv(path, index=False)
    return path

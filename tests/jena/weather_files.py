"""Small weather files in the format of the station."""

import pandas as pd

from jena.schema import COLUMNS, TIMESTAMP, TIMESTAMP_FORMAT


def table(rows, spacing="10min", start="2009-01-01 00:10"):
    """Returns rows of ascending numbers: column c of row r has r + c / 100, all of which a station can measure."""
    bases = {"p (mbar)": 900, "Tpot (K)": 200, "rho (g/m**3)": 1100}
    frame = pd.DataFrame({n: [bases.get(n, 0) + r % 45 + c / 100 for r in range(rows)] for c, n in enumerate(COLUMNS)})
    frame.insert(0, TIMESTAMP, pd.date_range(start, periods=rows, freq=spacing).strftime(TIMESTAMP_FORMAT))
    return frame


def write(path, frame):
    """Writes the frame as CSV, compressed by the path's suffix, and returns the path."""
    frame.to_csv(path, index=False)
    return path

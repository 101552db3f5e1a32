"""The columns of a Jena weather file, with their units (deck: "Temperature-forecasting Problem")."""

from typing import Literal

TIMESTAMP = "Date Time"
TIMESTAMP_FORMAT = "%d.%m.%Y %H:%M:%S"

COLUMNS = (
    "p (mbar)",
    "T (degC)",
    "Tpot (K)",
    "Tdew (degC)",
    "rh (%)",
    "VPmax (mbar)",
    "VPact (mbar)",
    "VPdef (mbar)",
    "sh (g/kg)",
    "H2OC (mmol/mol)",
    "rho (g/m**3)",
    "wv (m/s)",
    "max. wv (m/s)",
    "wd (deg)",
)

MISSING = (-9999.0, -9999.9, -9999.99, -999.0, -999.9, -999.99)
"""What stations write for a missing value; the public series has -9999."""
RANGES = {
    "p (mbar)": (500, 1100),
    "T (degC)": (-90, 60),
    "Tpot (K)": (180, 350),
    "Tdew (degC)": (-110, 45),
    "rh (%)": (0.01, 110),  # air of 0 % has no dew point
    "VPmax (mbar)": (0, 250),
    "VPact (mbar)": (0, 250),
    "VPdef (mbar)": (-1, 250),
    "sh (g/kg)": (0, 120),
    "H2OC (mmol/mol)": (0, 180),
    "rho (g/m**3)": (600, 2000),
    "wv (m/s)": (0, 110),
    "max. wv (m/s)": (0, 130),
    "wd (deg)": (0, 360),
}
"""Lowest and highest value that a station can measure; others count as missing. They lie around the world's records."""
CIRCULAR = ("wd (deg)",)
"""Columns of degrees."""

TEMPERATURE = COLUMNS.index("T (degC)")

Source = Literal["auto", "real", "simulated"]

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

TEMPERATURE = COLUMNS.index("T (degC)")

Source = Literal["auto", "real", "simulated"]

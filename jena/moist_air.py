"""The columns that follow from pressure, temperature and relative humidity: computed where a file lacks them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jena.schema import COLUMNS, RANGES
from tables.report import Report

Array = np.ndarray

AIR = ("p (mbar)", "T (degC)", "rh (%)")
"""What the station measures of the air."""
COMPUTABLE = (
    "Tpot (K)",
    "Tdew (degC)",
    "VPmax (mbar)",
    "VPact (mbar)",
    "VPdef (mbar)",
    "sh (g/kg)",
    "H2OC (mmol/mol)",
    "rho (g/m**3)",
)
"""What follows from it."""


def with_computed(table: pd.DataFrame, report: Report, missing: float = np.nan) -> pd.DataFrame:
    """Returns a table with all columns of a Jena file: computes those of `COMPUTABLE` that it lacks.

    Args:
        table: Rows with all other columns.
        report: Is told which columns were computed.
        missing: What a computed column has where one of `AIR` is missing or outside `jena.schema.RANGES`.
    """
    lacking = [name for name in COLUMNS if name not in table.columns]
    if not lacking:
        return table
    known = np.all([table[name].between(*RANGES[name]) for name in AIR], axis=0)
    computed = moist_air(*(np.where(known, table[name], np.nan) for name in AIR))
    report.fault(f"no column {', '.join(lacking)} (computed from pressure, temperature and humidity)")
    return table.assign(**{name: np.where(known, computed[name], missing) for name in lacking})[list(COLUMNS)]


def moist_air(p: Array, t: Array, rh: Array) -> dict[str, Array]:
    """Computes the derived columns of a Jena file from pressure (mbar), temperature (°C) and relative humidity (%).

    The formulas are those of textbooks. Their constants reproduce every row of the measured file within its rounding:

    - `VPmax`: the Magnus formula, see `saturation_pressure`;
    - `VPact`, `VPdef`: the definition of relative humidity;
    - `Tdew`: the Magnus formula, solved for the temperature;
    - `Tpot`: Poisson's equation from 1000 mbar, with R/c_p = 0.286;
    - `sh`: with 0.622, the ratio of the molar masses of water and air;
    - `H2OC`: Dalton's law of partial pressures;
    - `rho`: the ideal gas law, with 287.059 J/(kg K) for dry air.

    The file's 0 °C is 273.16 K.
    """
    kelvin = t + 273.16
    saturated = saturation_pressure(t)
    vapour = rh / 100 * saturated
    magnus = np.log(vapour / 6.1078)
    return {
        "Tpot (K)": kelvin * (1000 / p) ** 0.286,
        "Tdew (degC)": 234.175 * magnus / (17.08085 - magnus),
        "VPmax (mbar)": saturated,
        "VPact (mbar)": vapour,
        "VPdef (mbar)": saturated - vapour,
        "sh (g/kg)": 622 * vapour / (p - 0.378 * vapour),
        "H2OC (mmol/mol)": 1000 * vapour / p,
        "rho (g/m**3)": 1e5 * (p - 0.378 * vapour) / (287.059 * kelvin),
    }


def saturation_pressure(t: Array) -> Array:
    """Computes the vapour pressure (mbar) of saturated air at `t` °C: Magnus over water, also below 0 °C."""
    return 6.1078 * np.exp(17.08085 * t / (234.175 + t))

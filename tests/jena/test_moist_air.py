"""Columns that a file lacks are computed: by hand, from missing values, and compared with the station's own."""

import os

import numpy as np
import pandas as pd
import pytest

from foundation.fetch import MIRROR, fetch
from foundation.user_error import UserError
from jena.moist_air import AIR, COMPUTABLE
from jena.read import read, read_clean
from jena.schema import COLUMNS, TIMESTAMP
from jena.series import load
from tests.jena.weather_files import table, write


def without(frame, columns=COMPUTABLE):
    return frame.drop(columns=list(columns))


BY_HAND = {
    "Tpot (K)": 273.16,  # 0 °C at 1000 mbar
    "Tdew (degC)": -9.1323,  # 234.175 * ln 0.5 / (17.08085 - ln 0.5)
    "VPmax (mbar)": 6.1078,
    "VPact (mbar)": 3.0539,
    "VPdef (mbar)": 3.0539,
    "sh (g/kg)": 1.9017,  # 622 * 3.0539 / (1000 - 0.378 * 3.0539)
    "H2OC (mmol/mol)": 3.0539,
    "rho (g/m**3)": 1273.826,  # 100000 * (1000 - 0.378 * 3.0539) / (287.059 * 273.16)
}


@pytest.mark.parametrize("missing", ["fill", "keep"])
def test_what_follows_from_pressure_temperature_and_humidity_is_computed_and_told(tmp_path, missing):
    frame = table(4).assign(**dict(zip(AIR, (1000.0, 0.0, 50.0), strict=True)))
    series = load(csv=str(write(tmp_path / "a.csv", without(frame))), missing=missing)
    assert tuple(series.columns) == COLUMNS
    assert series.frame[list(BY_HAND)].iloc[2].to_dict() == pytest.approx(BY_HAND, abs=6e-5, rel=2e-7)
    said = f"no column {', '.join(COMPUTABLE)} (computed from pressure, temperature and humidity)"
    assert series.report.told() == (said,)


def test_columns_that_the_file_has_stay_as_they_are(tmp_path):
    whole = load(csv=str(write(tmp_path / "a.csv", table(20))))
    part = load(csv=str(write(tmp_path / "b.csv", without(table(20), ["VPmax (mbar)", "rho (g/m**3)"]))))
    same = [name for name in COLUMNS if name not in ("VPmax (mbar)", "rho (g/m**3)")]
    pd.testing.assert_frame_equal(part.frame[same], whole.frame[same])
    assert part.report.told()[0].startswith("no column VPmax (mbar), rho (g/m**3) (computed")
    assert whole.report.told() == ()


@pytest.mark.parametrize("name", [*AIR, "wv (m/s)", "max. wv (m/s)", "wd (deg)"])
def test_without_what_they_follow_from_or_the_wind_all_missing_columns_are_named(tmp_path, name):
    path = write(tmp_path / "a.csv", without(table(9), [name, "Tpot (K)"]))
    for reader in (read, lambda path: read_clean(path, 10)):
        with pytest.raises(UserError) as caught:
            reader(path)
        wanted = ", ".join(repr(column) for column in COLUMNS if column in (name, "Tpot (K)"))
        assert f"no column {wanted}; there are" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("p (mbar)", -9999), ("T (degC)", -9999), ("rh (%)", -9999), ("rh (%)", 0), ("rh (%)", np.nan), ("p (mbar)", 0)],
)
def test_computed_values_are_missing_or_filled_where_one_of_the_three_is(tmp_path, name, value):
    frame = table(9)
    frame.loc[[4, 5], name] = value
    path = write(tmp_path / "a.csv", without(frame))
    rows, _ = read(path)
    lost = (rows[list(COMPUTABLE)] == -9999).to_numpy()
    assert lost[[4, 5]].all()
    assert lost.sum() == 2 * len(COMPUTABLE)
    series = read_clean(path, 10)
    assert np.isfinite(series.values).all()
    filled = pd.DataFrame(series.filled, columns=series.columns)
    assert (filled.sum() == [2 * (n in (name, *COMPUTABLE)) for n in COLUMNS]).all()
    assert filled.loc[[4, 5], [name, *COMPUTABLE]].all(axis=None)


ERRORS = {
    "Tpot (K)": 0.011,
    "Tdew (degC)": 0.011,
    "VPmax (mbar)": 0.009,
    "VPact (mbar)": 0.009,
    "VPdef (mbar)": 0.007,
    "sh (g/kg)": 0.008,
    "H2OC (mmol/mol)": 0.009,
    "rho (g/m**3)": 0.036,
}
"""Largest difference from the station's own values in its rows of 2009 to 2011, which are rounded to 0.01."""


def test_computed_columns_are_the_stations_own_within_rounding(tmp_path):
    if not os.environ.get(MIRROR):
        pytest.skip("LAB_DATA_MIRROR names no mirror")
    whole = pd.read_csv(fetch("jena/jena_climate_2009_2011_10min.csv.zip", tmp_path / "data", os.environ[MIRROR]))
    computed, _ = read(write(tmp_path / "a.csv", whole[[TIMESTAMP, *(n for n in COLUMNS if n not in COMPUTABLE)]]))
    assert len(computed) > 100_000
    largest = {name: np.abs(computed[name].to_numpy() - whole[name].to_numpy()).max() for name in COMPUTABLE}
    assert {name: error for name, error in largest.items() if not 0.5 * ERRORS[name] < error < ERRORS[name]} == {}

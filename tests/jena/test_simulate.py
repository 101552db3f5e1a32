"""Simulated weather has the file's shape, obeys physics, and is as hard to forecast as Jena's."""

import math
import time

import numpy as np
import pandas as pd
import pytest

from jena.schema import COLUMNS, TEMPERATURE
from jena.simulate import simulate, sunshine

HOUR = pd.Timedelta(hours=1)
ROWS = 420_551
YEAR = 52_560


@pytest.fixture(scope="module")
def weather():
    return simulate()


@pytest.fixture(scope="module")
def hourly():
    return simulate(70_092, spacing=HOUR)


def common_sense(table, lookback, step, delay, train, validation):
    """The normalised MAE of the last temperature as the forecast, on the deck's validation rows."""
    temperature = table.iloc[:, TEMPERATURE].to_numpy()
    rows = np.arange(train + lookback, validation - delay)
    error = np.abs(temperature[rows + delay] - temperature[rows - step]).mean()
    return error / temperature[:train].std()


def test_by_default_rows_and_times_are_those_of_the_measured_file(weather):
    assert weather.shape == (ROWS, 14)
    assert tuple(weather.columns) == COLUMNS
    assert set(weather.dtypes) == {np.dtype("float64")}
    assert weather.index.name == "Date Time"
    assert weather.index[0] == pd.Timestamp("2009-01-01 00:10:00")
    assert (np.diff(weather.index) == np.timedelta64(10, "m")).all()
    assert np.isfinite(weather.to_numpy()).all()


@pytest.mark.parametrize(("rows", "minutes"), [(1, 10), (100, 10), (70, 60), (30, 180), (25, 7)])
def test_rows_and_spacing_can_be_chosen(rows, minutes):
    spacing = pd.Timedelta(minutes=minutes)
    table = simulate(rows, spacing=spacing)
    expected = [pd.Timestamp("2009-01-01 00:10:00") + row * spacing for row in range(rows)]
    assert list(table.index) == expected
    assert tuple(table.columns) == COLUMNS


def test_the_same_seed_gives_the_same_weather():
    pd.testing.assert_frame_equal(simulate(1000, seed=3), simulate(1000, seed=3), check_exact=True)


def test_every_column_differs_between_seeds():
    one, other = simulate(1000, seed=3), simulate(1000, seed=4)
    assert ((one != other).mean() > 0.9).all()


def test_values_have_two_decimals(weather):
    hundredths = weather.to_numpy() * 100
    assert np.abs(hundredths - np.rint(hundredths)).max() < 1e-6


# Values of humid-air tables at 20 °C, 1000 mbar and 50 %, and the tolerance of the formulas.
TEXTBOOK = {
    "Tpot (K)": (293.15, 0.02),
    "Tdew (degC)": (9.27, 0.02),
    "VPmax (mbar)": (23.39, 0.03),
    "VPact (mbar)": (11.69, 0.02),
    "VPdef (mbar)": (11.69, 0.02),
    "sh (g/kg)": (7.30, 0.02),
    "H2OC (mmol/mol)": (11.69, 0.02),
    "rho (g/m**3)": (1183.1, 0.5),
}


def air(p, t, rh):
    """Computes the derived columns of one row from their definitions."""
    saturated = 6.1078 * math.exp(17.08085 * t / (t + 234.175))
    vapour = saturated * rh / 100
    dry, kelvin = p - vapour, t + 273.16
    dew_point = 234.175 / (17.08085 / math.log(vapour / 6.1078) - 1) if vapour != 6.1078 else 0.0
    vapour_mass, dry_mass = 0.622 * vapour, dry
    return {
        "Tpot (K)": kelvin / (p / 1000) ** 0.286,
        "Tdew (degC)": dew_point,
        "VPmax (mbar)": saturated,
        "VPact (mbar)": vapour,
        "VPdef (mbar)": saturated * (1 - rh / 100),
        "sh (g/kg)": 1000 * vapour_mass / (vapour_mass + dry_mass),
        "H2OC (mmol/mol)": 1000 * vapour / p,
        "rho (g/m**3)": (dry_mass + vapour_mass) * 100 * 1000 / (287.059 * kelvin),
    }


@pytest.mark.parametrize("column", TEXTBOOK)
def test_the_definitions_agree_with_humid_air_tables(column):
    value, tolerance = TEXTBOOK[column]
    assert air(1000, 20, 50)[column] == pytest.approx(value, abs=tolerance)


@pytest.mark.parametrize("column", TEXTBOOK)
def test_derived_columns_follow_from_the_reported_row(weather, column):
    rows = weather.iloc[:: ROWS // 2000]
    primary = rows[["p (mbar)", "T (degC)", "rh (%)"]].to_numpy()
    expected = [air(*row)[column] for row in primary]
    np.testing.assert_allclose(rows[column], expected, rtol=0, atol=0.005 + 1e-9)


def test_the_definitions_give_a_row_of_the_measured_file():
    # The first row of the public file: 01.01.2009 00:10:00.
    expected = (265.40, -8.90, 3.33, 3.11, 0.22, 1.94, 3.12, 1307.75)
    given = air(996.52, -8.02, 93.30).values()
    np.testing.assert_allclose(list(given), expected, rtol=0, atol=0.03)


def test_physical_bounds(weather, hourly):
    for table in (weather, hourly):
        assert table["rh (%)"].between(5, 100).all()
        assert table["p (mbar)"].between(900, 1060).all()
        assert table["T (degC)"].between(-40, 45).all()
        assert (table["Tdew (degC)"] <= table["T (degC)"]).all()
        assert table["wv (m/s)"].between(0, 35).all()
        assert (table["max. wv (m/s)"] >= table["wv (m/s)"]).all()
        assert table["wd (deg)"].between(0, 360).all()


# Mean and standard deviation of the measured series, and the tolerance for a simulation.
CLIMATE = {
    "p (mbar)": (989.2, 8.4, 2.5),
    "T (degC)": (9.5, 8.4, 1.5),
    "rh (%)": (76.0, 16.5, 4.0),
    "Tdew (degC)": (5.0, 6.7, 1.5),
    "wv (m/s)": (2.1, 1.5, 0.5),
    "max. wv (m/s)": (3.5, 2.3, 0.6),
}


@pytest.mark.parametrize("column", CLIMATE)
def test_the_climate_is_that_of_jena(weather, hourly, column):
    mean, deviation, tolerance = CLIMATE[column]
    for table in (weather, hourly):
        assert table[column].mean() == pytest.approx(mean, abs=tolerance)
        assert table[column].std() == pytest.approx(deviation, abs=tolerance)


# Autocorrelation of the measured temperature by lag in hours, and the tolerance for a simulation.
@pytest.mark.parametrize(
    ("hours", "correlation", "tolerance"),
    [(1, 0.993, 0.005), (6, 0.872, 0.05), (24, 0.918, 0.03), (25, 0.912, 0.03), (120, 0.789, 0.08)],
)
def test_the_temperature_has_the_autocorrelation_of_jena(weather, hourly, hours, correlation, tolerance):
    for table, rows in ((weather, 6 * hours), (hourly, hours)):
        assert table["T (degC)"].autocorr(rows) == pytest.approx(correlation, abs=tolerance)


def test_the_cycles_of_year_and_day_are_those_of_jena(weather, hourly):
    for table in (weather, hourly):
        temperature = table["T (degC)"]
        month, hour = temperature.index.month, temperature.index.hour
        july, january = temperature[month == 7], temperature[month == 1]
        assert 15 < july.mean() - january.mean() < 25
        swing = {name: part.groupby(part.index.hour).mean() for name, part in (("summer", july), ("winter", january))}
        for day in swing.values():
            assert 12 <= day.idxmax() <= 17
        assert 3 <= swing["summer"].idxmin() <= 6
        assert 7 < np.ptp(swing["summer"]) < 13
        assert 1.5 < np.ptp(swing["winter"]) < 5
        humidity = table["rh (%)"]
        assert humidity[hour == 4].mean() > humidity[hour == 14].mean() + 10


def test_the_temperature_swings_more_on_clear_days(weather):
    day = weather["T (degC)"].loc["2009-06":"2009-08"].resample("D")
    swing = day.max() - day.min()
    assert swing.quantile(0.9) > 2 * swing.quantile(0.1)


@pytest.fixture(scope="module")
def days(hourly):
    """Daily means of pressure, wind from south and west, and temperature without the yearly cycle."""
    table = hourly.assign(
        south=-hourly["wv (m/s)"] * np.cos(np.deg2rad(hourly["wd (deg)"])),
        west=-hourly["wv (m/s)"] * np.sin(np.deg2rad(hourly["wd (deg)"])),
    )
    day = table[["p (mbar)", "T (degC)", "south", "west"]].resample("D").mean()
    turn = 2 * np.pi * day.index.day_of_year / 365.25
    cycle = np.column_stack([np.ones(len(day)), np.cos(turn), np.sin(turn)])
    fit, *_ = np.linalg.lstsq(cycle, day["T (degC)"], rcond=None)
    return day.assign(anomaly=day["T (degC)"] - cycle @ fit)


def test_southerly_wind_comes_with_falling_pressure_and_warm_air(days):
    assert days["south"].corr(days["p (mbar)"].diff()) < -0.1
    assert days["south"].corr(days["anomaly"]) > 0.2


def test_wind_from_the_sea_is_warm_only_in_winter(days):
    winter = days[days.index.month.isin([12, 1, 2])]
    summer = days[days.index.month.isin([6, 7, 8])]
    assert winter["west"].corr(winter["anomaly"]) > 0.3
    assert summer["west"].corr(summer["anomaly"]) < 0.1


def test_it_is_colder_behind_a_front(days):
    rise = days["p (mbar)"].diff()
    assert days["anomaly"].diff()[rise > rise.quantile(0.95)].mean() < -1


def test_the_height_of_the_sun_is_that_of_an_almanac():
    midsummer, midwinter = 171.5, 354.5  # 21 June and 21 December, noon
    assert np.rad2deg(np.arcsin(sunshine(np.array([midsummer])))) == pytest.approx(62.5, abs=0.3)
    assert np.rad2deg(np.arcsin(sunshine(np.array([midwinter])))) == pytest.approx(15.7, abs=0.3)
    assert sunshine(np.array([0.0, 100.0, 171.0])).max() == 0


@pytest.mark.parametrize("seed", range(5))
def test_the_common_sense_error_is_that_of_jena(seed):
    deck = common_sense(simulate(300_001, seed), 720, 6, 144, 200_000, 300_000)
    assert 0.24 < deck < 0.34


@pytest.mark.parametrize("seed", range(5))
def test_the_common_sense_error_on_hourly_rows_is_that_of_jena(seed):
    assert 0.24 < common_sense(simulate(70_092, seed, HOUR), 120, 1, 24, 33_334, 50_000) < 0.34


def test_it_takes_seconds():
    start = time.process_time()
    simulate()
    assert time.process_time() - start < 10

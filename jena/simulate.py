"""Weather like Jena's from a seeded physical model, for when the measured series can't be had.

Fronts, sunshine, clouds and the flow of air make pressure, temperature, humidity and wind; the other columns follow from
them by the formulas of the file. The numbers below were fitted by hand to the measured series: its cycles over day and
year, the spread and memory of its temperature, and how well yesterday foretells it. Simulated weather is no measurement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jena.schema import COLUMNS, TIMESTAMP

START = pd.Timestamp("2009-01-01 00:10:00")  # the first row of the measured file
LATITUDE = np.deg2rad(50.9)
SPIN_UP = pd.Timedelta(
    days=60
)  # simulated before START and dropped, so that the first row already has a past
DAYS_PER_YEAR = 365.25
LOW_EVERY = 96.0  # hours from one passing low to the next, on average

Array = np.ndarray


def simulate(
    rows: int = 420_551, seed: int = 0, spacing: pd.Timedelta = pd.Timedelta(minutes=10)
) -> pd.DataFrame:
    """Simulate a mid-latitude weather station; the defaults give the size and the time axis of the measured file.

    Returns (rows, 14) floats, rounded to two decimals, in the columns, order and units of `jena.schema.COLUMNS`, indexed
    by regular times from `START` on. The same arguments give the same numbers; a coarser `spacing` (hourly, say)
    samples the same kind of weather.
    """
    spin_up = -(-SPIN_UP // spacing)
    time = pd.date_range(START - spin_up * spacing, periods=spin_up + rows, freq=spacing, name=TIMESTAMP)
    day = ((time - START.normalize()) / pd.Timedelta(days=1)).to_numpy()
    sun, winter = sunshine(day), np.cos(2 * np.pi * (day - 17) / DAYS_PER_YEAR)
    air = _Weather(len(time), spacing / pd.Timedelta(hours=1), np.random.default_rng(seed))

    # A low announces itself for a day, then its cold front passes; winter's lows are deeper.
    warm_sector, front = air.passing_lows(depth=1 + 0.3 * winter)
    cold_sector = air.after(front, 12)
    trough = air.after(warm_sector - cold_sector, 24)
    high = air.after(air.wander(90), 12)
    south, west = air.wander(30), air.wander(40)

    # Clouds keep the sun's heat out and the night's warmth in.
    murk = 2.0 * air.wander(24) + 0.7 * air.wander(1.5) + 1.5 * warm_sector - 1.4 * high + 0.5 * winter - 0.45
    cloud = 1 / (1 + np.exp(-murk))
    radiation = 22 * sun * (1 - 0.8 * cloud) - 4 * (1 - cloud)

    # The air mass remembers for days where it came from: in winter the sea is warm and the east cold, in summer not.
    sea = 2.4 * winter * west + (2.8 + 0.8 * winter) * south
    inflow = (1 + 0.15 * winter) * (sea + 7.5 * warm_sector - 8.5 * air.after(front, 2))
    mass = (
        air.after(inflow + 1.2 * radiation, 48) + 0.8 * air.after(air.wander(50), 4) + 2.6 * air.wander(200)
    )
    season = 8.3 - 6.1 * np.cos(2 * np.pi * (day - 33) / DAYS_PER_YEAR)
    temperature = season + mass + air.after(radiation, 4.2) + 0.5 * air.after(air.wander(2), 0.3)

    pressure = 989.5 + (8 + 3.2 * winter) * high - 13 * trough + 0.1 * air.wander(1)

    # The vapour belongs to the air mass; where the air cools down to its dew point, the dew point gives way.
    spread = temperature - (season + mass - 1 - 4 * (1 - air.after(cloud, 12)) + 1.2 * air.wander(24))
    dew_point = temperature - np.logaddexp(0, spread) - 0.1
    humidity = 100 * saturation_pressure(dew_point) / saturation_pressure(temperature)

    # The valley turns the wind along itself; the day's warmth brings it down to the ground.
    mixing = 0.85 + air.after(sun, 1.5)
    eastward = mixing * (0.6 + 0.8 * west + 0.4 * south + 0.8 * (trough + cold_sector)) + 0.4 * air.wander(
        0.3
    )
    northward = mixing * (
        0.8 + 1.1 * south + 0.3 * west + warm_sector - 0.8 * cold_sector
    ) + 0.4 * air.wander(0.3)
    wind = np.hypot(eastward, northward)
    gust = 1.25 * wind + np.sqrt(wind) * air.rng.lognormal(np.log(0.6), 0.5, len(time))
    direction = np.rad2deg(np.arctan2(-eastward, -northward)) % 360  # where it comes from

    reported = {
        "p (mbar)": pressure,
        "T (degC)": temperature,
        "rh (%)": humidity,
        "wv (m/s)": wind,
        "max. wv (m/s)": gust,
        "wd (deg)": direction,
    }
    frame = pd.DataFrame(reported, index=time)[spin_up:].round(2)
    derived = moist_air(*(frame[name].to_numpy() for name in ("p (mbar)", "T (degC)", "rh (%)")))
    return frame.assign(**derived)[list(COLUMNS)].round(2)


def saturation_pressure(temperature: Array) -> Array:
    """Vapour pressure (mbar) of air saturated over water at a temperature in °C, after Magnus.

    Of the published constants, these are the ones that the measured file was made with, below freezing too.
    """
    return 6.1078 * np.exp(17.08085 * temperature / (234.175 + temperature))


def moist_air(pressure: Array, temperature: Array, humidity: Array) -> dict[str, Array]:
    """The eight derived columns of a Jena file, from pressure (mbar), temperature (°C) and relative humidity (%).

    Each agrees with every row of the measured file within the rounding of its inputs, with these textbook formulas:
    Tpot is Poisson's potential temperature at 1000 mbar, with R/c_p = 0.286 and the file's zero of 273.16 K; VPmax is
    `saturation_pressure`, VPact its share by the definition of relative humidity, VPdef the difference, Tdew the
    temperature at which VPact would saturate; sh is the mass of vapour in moist air, with 0.622 for the ratio of the
    gas constants of dry air and vapour; H2OC is Dalton's share of the pressure; rho is the ideal gas law for dry air
    (287.059 J/kg/K) with the same ratio's correction for vapour.
    """
    kelvin = temperature + 273.16
    saturated = saturation_pressure(temperature)
    vapour = humidity / 100 * saturated
    log_ratio = np.log(vapour / 6.1078)
    return {
        "Tpot (K)": kelvin * (1000 / pressure) ** 0.286,
        "Tdew (degC)": 234.175 * log_ratio / (17.08085 - log_ratio),
        "VPmax (mbar)": saturated,
        "VPact (mbar)": vapour,
        "VPdef (mbar)": saturated - vapour,
        "sh (g/kg)": 622 * vapour / (pressure - 0.378 * vapour),
        "H2OC (mmol/mol)": 1000 * vapour / pressure,
        "rho (g/m**3)": 1e5 * (pressure - 0.378 * vapour) / (287.059 * kelvin),
    }


def sunshine(day: Array) -> Array:
    """Sine of the sun's height over Jena's horizon, 0 at night, at `day` (in days since a 1 January, 0 h)."""
    declination = np.deg2rad(-23.44) * np.cos(2 * np.pi * (day + 10) / DAYS_PER_YEAR)
    across = np.cos(LATITUDE) * np.cos(declination) * np.cos(2 * np.pi * day)
    return np.maximum(0, np.sin(LATITUDE) * np.sin(declination) - across)


@dataclass
class _Weather:
    """Chance and memory on a regular time axis of `rows` rows, `hours` apart."""

    rows: int
    hours: float
    rng: np.random.Generator

    def after(self, cause: Array, memory: float) -> Array:
        """What follows a cause and fades within `memory` hours: an exponentially weighted mean of the past."""
        fade = 1 - np.exp(-self.hours / memory)
        return pd.Series(cause).ewm(alpha=fade, adjust=False).mean().to_numpy()

    def wander(self, memory: float) -> Array:
        """An Ornstein-Uhlenbeck process: mean 0, variance 1, correlation exp(-lag / memory)."""
        fade = 1 - np.exp(-self.hours / memory)
        return self.after(self.rng.standard_normal(self.rows), memory) * np.sqrt((2 - fade) / fade)

    def passing_lows(self, depth: Array) -> tuple[Array, Array]:
        """Lows at random times: the warm air ahead of each, and a day later the moment of its cold front (per hour)."""
        lows = self.rng.poisson(self.rows * self.hours / LOW_EVERY)
        arrival = self.rng.uniform(0, self.rows * self.hours, lows)
        passage = arrival + self.rng.gamma(16, 24 / 16, lows)
        strength = self.rng.gamma(3, 1 / 3, lows)

        def bursts(at: Array) -> Array:
            rows = np.minimum(at / self.hours, self.rows - 1).astype(int)
            return 24 / self.hours * depth * np.bincount(rows, strength, self.rows)

        return self.after(bursts(arrival), 12), bursts(passage)

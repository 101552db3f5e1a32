"""Simulates weather like Jena's with a seeded physical model, in case the measured series cannot be fetched.

Sun, clouds, fronts and air flow determine pressure, temperature, humidity and wind. The other columns follow from these
by the formulas of the measured file. The constants of the model are fitted by hand to the measured series: to its daily
and yearly cycles, to the spread and autocorrelation of its temperature, and to the error of a 24-hour persistence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jena.moist_air import AIR, moist_air, saturation_pressure
from jena.schema import COLUMNS, TIMESTAMP

Array = np.ndarray

START = pd.Timestamp("2009-01-01 00:10:00")
TEN_MINUTES = pd.Timedelta(minutes=10)
SPIN_UP = pd.Timedelta(days=60)  # simulated before START and dropped, since the first row needs a past
LATITUDE = np.deg2rad(50.9)
DAYS_PER_YEAR = 365.25
LOW_EVERY = 96.0  # hours between passing lows, on average


def simulate(rows: int = 420_551, seed: int = 0, spacing: pd.Timedelta = TEN_MINUTES) -> pd.DataFrame:
    """Simulates a mid-latitude weather station, by default with the rows and times of the measured file.

    Returns:
        A table of shape (rows, 14) with the columns and units of `jena.schema`, rounded to two decimals and indexed by
        time from `START` on. The same arguments give the same numbers. Another `spacing` gives other numbers, but the
        same kind of weather.
    """
    spin_up = -(-SPIN_UP // spacing)
    time = pd.date_range(START - spin_up * spacing, periods=spin_up + rows, freq=spacing, name=TIMESTAMP)
    day = ((time - START.normalize()) / pd.Timedelta(days=1)).to_numpy()
    sun, winter = sunshine(day), np.cos(2 * np.pi * (day - 17) / DAYS_PER_YEAR)
    air = _Weather(len(time), spacing / pd.Timedelta(hours=1), np.random.default_rng(seed))

    # A low brings warm air for a day, then its cold front passes. Lows are deeper in winter.
    warm_sector, front = air.passing_lows(strength=1 + 0.3 * winter)
    cold_sector = air.after(front, 12)
    trough = air.after(warm_sector - cold_sector, 24)
    high = air.after(air.wander(90), 12)
    south, west = air.wander(30), air.wander(40)
    pressure = 989.5 + (8 + 3.2 * winter) * high - 13 * trough + 0.1 * air.wander(1)

    # Clouds reduce heating by day and cooling by night.
    murk = 2 * air.wander(24) + 0.7 * air.wander(1.5) + 1.5 * warm_sector - 1.4 * high + 0.5 * winter - 0.45
    cloud = 1 / (1 + np.exp(-murk))
    radiation = 22 * sun * (1 - 0.8 * cloud) - 4 * (1 - cloud)

    # The air mass keeps the temperature of its origin for days. The sea to the west is warm in winter, cool in summer.
    flow = 2.4 * winter * west + (2.8 + 0.8 * winter) * south
    fronts = 7.5 * warm_sector - 8.5 * air.after(front, 2)
    origin = air.after((1 + 0.15 * winter) * (flow + fronts) + 1.2 * radiation, 48)
    season = 7.9 - 6.1 * np.cos(2 * np.pi * (day - 33) / DAYS_PER_YEAR)
    mass = season + origin + 0.8 * air.after(air.wander(50), 4) + 2.6 * air.wander(200)
    temperature = mass + air.after(radiation, 4.2) + 0.5 * air.after(air.wander(2), 0.3)

    # Vapour belongs to the air mass. On nights that would cool the air below its dew point, the rest becomes dew.
    vapour_warmth = mass - 6.5 + 6.5 * air.after(cloud, 12) + 1.5 * air.wander(24)
    dew_point = temperature - 0.05 - np.logaddexp(0, temperature - vapour_warmth)
    humidity = 100 * saturation_pressure(dew_point) / saturation_pressure(temperature)

    # The valley aligns the wind from south-west to north-east. Warm days mix it down to the ground.
    eastward = 0.6 + 0.8 * west + 0.4 * south + 0.8 * (trough + cold_sector)
    northward = 0.8 + 0.3 * west + 1.1 * south + warm_sector - 0.8 * cold_sector
    mixing = 0.85 + air.after(sun, 1.5)
    eastward = mixing * eastward + 0.4 * air.wander(0.3)
    northward = mixing * northward + 0.4 * air.wander(0.3)
    wind = np.hypot(eastward, northward)
    gust = 1.25 * wind + np.sqrt(wind) * air.rng.lognormal(np.log(0.6), 0.5, len(time))

    measured = {
        "p (mbar)": pressure,
        "T (degC)": temperature,
        "rh (%)": humidity,
        "wv (m/s)": wind,
        "max. wv (m/s)": gust,
        "wd (deg)": np.rad2deg(np.arctan2(-eastward, -northward)) % 360,
    }
    table = pd.DataFrame(measured, index=time)[spin_up:].round(2)
    p, t, rh = table[list(AIR)].to_numpy().T
    return table.assign(**moist_air(p, t, rh))[list(COLUMNS)].round(2)


def sunshine(day: Array) -> Array:
    """Computes the sine of the sun's height over Jena, 0 at night. `day` counts days from a 1 January, 0:00."""
    declination = np.deg2rad(-23.44) * np.cos(2 * np.pi * (day + 10) / DAYS_PER_YEAR)
    noon = np.cos(LATITUDE) * np.cos(declination)
    return np.maximum(0, np.sin(LATITUDE) * np.sin(declination) - noon * np.cos(2 * np.pi * day))


@dataclass
class _Weather:
    """Random processes on a time axis of `rows` rows, `hours` apart."""

    rows: int
    hours: float
    rng: np.random.Generator

    def after(self, cause: Array, memory: float) -> Array:
        """Returns the exponentially weighted mean of a cause's past, which decays within `memory` hours."""
        gain = 1 - np.exp(-self.hours / memory)
        return pd.Series(cause).ewm(alpha=gain, adjust=False).mean().to_numpy()

    def wander(self, memory: float) -> Array:
        """Draws an Ornstein-Uhlenbeck process: mean 0, variance 1, correlation exp(-hours apart / memory)."""
        gain = 1 - np.exp(-self.hours / memory)
        return np.sqrt((2 - gain) / gain) * self.after(self.rng.standard_normal(self.rows), memory)

    def passing_lows(self, strength: Array) -> tuple[Array, Array]:
        """Draws lows at random times. Returns their warm air, and the moments of their cold fronts a day later."""
        lows = self.rng.poisson(self.rows * self.hours / LOW_EVERY)
        arrival = self.rng.uniform(0, self.rows * self.hours, lows)
        passage = arrival + self.rng.gamma(16, 24 / 16, lows)
        depth = self.rng.gamma(3, 1 / 3, lows)

        def bursts(hour: Array) -> Array:
            row = np.minimum(hour / self.hours, self.rows - 1).astype(int)
            return 24 / self.hours * strength * np.bincount(row, depth, self.rows)

        return self.after(bursts(arrival), 12), bursts(passage)

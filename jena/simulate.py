"""Weather like Jena's from a seeded physical model, for when the measured series can't be had.

Sun, clouds, fronts and the flow of air make pressure, temperature, humidity and wind; the other columns follow by
the measured file's own formulas. The numbers in the model are fitted by hand to the measured series: to its cycles
over day and year, to the spread and memory of its temperature, and to how well one day foretells the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jena.schema import COLUMNS, TIMESTAMP

Array = np.ndarray

START = pd.Timestamp("2009-01-01 00:10:00")
TEN_MINUTES = pd.Timedelta(minutes=10)
SPIN_UP = pd.Timedelta(days=60)  # simulated before START and dropped: the first row needs a past
LATITUDE = np.deg2rad(50.9)
DAYS_PER_YEAR = 365.25
LOW_EVERY = 96.0  # hours between passing lows, on average


def simulate(rows: int = 420_551, seed: int = 0, spacing: pd.Timedelta = TEN_MINUTES) -> pd.DataFrame:
    """Simulate a mid-latitude weather station; the defaults give the measured file's size and time axis.

    Returns a table of shape (rows, 14) with the columns and units of `jena.schema`, rounded to two decimals and
    indexed by time from `START` on. The same arguments give the same numbers; another `spacing` (hourly, say) gives
    other numbers, but the same kind of weather.
    """
    spin_up = -(-SPIN_UP // spacing)
    time = pd.date_range(START - spin_up * spacing, periods=spin_up + rows, freq=spacing, name=TIMESTAMP)
    day = ((time - START.normalize()) / pd.Timedelta(days=1)).to_numpy()
    sun, winter = sunshine(day), np.cos(2 * np.pi * (day - 17) / DAYS_PER_YEAR)
    air = _Weather(len(time), spacing / pd.Timedelta(hours=1), np.random.default_rng(seed))

    # A low announces itself by warm air for a day, then its cold front passes; winter's lows are deeper.
    warm_sector, front = air.passing_lows(strength=1 + 0.3 * winter)
    cold_sector = air.after(front, 12)
    trough = air.after(warm_sector - cold_sector, 24)
    high = air.after(air.wander(90), 12)
    south, west = air.wander(30), air.wander(40)
    pressure = 989.5 + (8 + 3.2 * winter) * high - 13 * trough + 0.1 * air.wander(1)

    # Clouds keep the sun's heat out and the night's warmth in.
    murk = 2 * air.wander(24) + 0.7 * air.wander(1.5) + 1.5 * warm_sector - 1.4 * high + 0.5 * winter - 0.45
    cloud = 1 / (1 + np.exp(-murk))
    radiation = 22 * sun * (1 - 0.8 * cloud) - 4 * (1 - cloud)

    # The air mass remembers for days where it came from; the sea to the west is warm in winter, cool in summer.
    flow = 2.4 * winter * west + (2.8 + 0.8 * winter) * south
    fronts = 7.5 * warm_sector - 8.5 * air.after(front, 2)
    origin = air.after((1 + 0.15 * winter) * (flow + fronts) + 1.2 * radiation, 48)
    season = 7.9 - 6.1 * np.cos(2 * np.pi * (day - 33) / DAYS_PER_YEAR)
    mass = season + origin + 0.8 * air.after(air.wander(50), 4) + 2.6 * air.wander(200)
    temperature = mass + air.after(radiation, 4.2) + 0.5 * air.after(air.wander(2), 0.3)

    # The vapour belongs to the air mass; on nights that would cool it below its dew point, dew takes the rest.
    vapour_warmth = mass - 6.5 + 6.5 * air.after(cloud, 12) + 1.5 * air.wander(24)
    dew_point = temperature - 0.05 - np.logaddexp(0, temperature - vapour_warmth)
    humidity = 100 * saturation_pressure(dew_point) / saturation_pressure(temperature)

    # The valley turns the wind along itself, from south-west to north-east; warm days bring it down to the ground.
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
    p, t, rh = table[["p (mbar)", "T (degC)", "rh (%)"]].to_numpy().T
    return table.assign(**moist_air(p, t, rh))[list(COLUMNS)].round(2)


def moist_air(p: Array, t: Array, rh: Array) -> dict[str, Array]:
    """Work out a Jena file's derived columns from pressure (mbar), temperature (°C) and relative humidity (%).

    Textbook formulas, with the constants that reproduce every row of the measured file within its rounding:
    `VPmax` after Magnus, see `saturation_pressure`; `VPact` and `VPdef` by the definition of relative humidity; `Tdew`
    is Magnus solved for the temperature; `Tpot` after Poisson, from 1000 mbar, with R/c_p = 0.286; `sh` with the ratio
    0.622 of the molar masses of water and air; `H2OC` is Dalton's share of the pressure; `rho` by the ideal gas law
    with 287.059 J/(kg K) for dry air. The file's 0 °C is 273.16 K.
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
    """Vapour pressure (mbar) of saturated air at `t` °C after Magnus: over water, in frost too, as in the file."""
    return 6.1078 * np.exp(17.08085 * t / (234.175 + t))


def sunshine(day: Array) -> Array:
    """Sine of the sun's height above Jena's horizon, 0 at night; `day` counts days from a 1 January, 0 h."""
    declination = np.deg2rad(-23.44) * np.cos(2 * np.pi * (day + 10) / DAYS_PER_YEAR)
    noon = np.cos(LATITUDE) * np.cos(declination)
    return np.maximum(0, np.sin(LATITUDE) * np.sin(declination) - noon * np.cos(2 * np.pi * day))


@dataclass
class _Weather:
    """Chance and memory on a time axis of `rows` rows, `hours` apart."""

    rows: int
    hours: float
    rng: np.random.Generator

    def after(self, cause: Array, memory: float) -> Array:
        """What follows a cause and fades in `memory` hours: its exponentially weighted past mean."""
        gain = 1 - np.exp(-self.hours / memory)
        return pd.Series(cause).ewm(alpha=gain, adjust=False).mean().to_numpy()

    def wander(self, memory: float) -> Array:
        """An Ornstein-Uhlenbeck process: mean 0, variance 1, correlation exp(-hours apart / memory)."""
        gain = 1 - np.exp(-self.hours / memory)
        return np.sqrt((2 - gain) / gain) * self.after(self.rng.standard_normal(self.rows), memory)

    def passing_lows(self, strength: Array) -> tuple[Array, Array]:
        """The warm air ahead of lows that pass at random times, and, a day later, the moments of their cold fronts."""
        lows = self.rng.poisson(self.rows * self.hours / LOW_EVERY)
        arrival = self.rng.uniform(0, self.rows * self.hours, lows)
        passage = arrival + self.rng.gamma(16, 24 / 16, lows)
        depth = self.rng.gamma(3, 1 / 3, lows)

        def bursts(hour: Array) -> Array:
            row = np.minimum(hour / self.hours, self.rows - 1).astype(int)
            return 24 / self.hours * strength * np.bincount(row, depth, self.rows)

        return self.after(bursts(arrival), 12), bursts(passage)

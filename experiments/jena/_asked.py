"""A trained network that is asked about a table of the user's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.jena import _bands
from experiments.jena._config import JenaConfig
from experiments.jena._problem import inputs
from foundation.decimals import decimals_of
from foundation.user_error import UserError
from jena.schema import COLUMNS
from lab.run_files import LARGEST, damaged
from tables.last_window import FAR, Familiar, too_far
from tables.normalise import Normaliser
from tables.table import Table

if TYPE_CHECKING:
    import keras

    from experiments.protocol import Experiment
    from lab.runs import Run

SENSELESS = 1e4
"""Standard deviations from the mean: if all values of a column are as far away, the recorded mean is damaged."""
BATCH = 4096
"""Windows that are forecast at a time."""
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Answers:
    """Forecasts in the units of the targets."""

    values: np.ndarray
    """float64, shape (windows, answers): each target in the first row ahead, then in the next, …."""
    quantiles: np.ndarray | None
    """The bands, float64, shape (windows, answers, levels); None if the run has none."""
    levels: tuple[float, ...]

    @property
    def share(self) -> float:
        """The share of values that the widest band should hold."""
        return self.levels[-1] - self.levels[0]


@dataclass(frozen=True)
class Asked:
    """A run, and the table that it is asked about. A window is named by the row after its last one."""

    experiment: Experiment
    config: JenaConfig
    run: Run
    table: Table

    def __post_init__(self) -> None:
        """Checks the run's record of its data.

        Raises:
            UserError: it is damaged.
        """
        columns = len(self.config.columns)
        try:
            _check(self.data, {"mean": (self.config.features,), "std": (self.config.features,)})
            if "familiar" in self.data:
                familiar = self.data["familiar"]
                _check(familiar, dict.fromkeys(("mean", "std", "lowest", "highest"), (columns,)))
                _check(familiar, {"precision": (columns, columns), **({"leeway": ()} if "leeway" in familiar else {})})
                if familiar["columns"] != list(self.config.columns):
                    raise ValueError("columns")
            for key in {"first", "last"} & self.data.keys():
                pd.Timestamp(self.data[key])
            _check(self.data, dict.fromkeys({"rows"} & self.data.keys(), ()))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise damaged(self.run.metrics_file, f"has no record of its data that can be read ({error})") from error

    @cached_property
    def data(self) -> dict[str, Any]:
        """The run's record of the data that it was trained on."""
        record: dict[str, Any] = self.run.metrics()["data"]
        return record

    @cached_property
    def features(self) -> np.ndarray:
        """What the network sees of each row, before it is normalised: shape (rows, features)."""
        return inputs(self.experiment, self.config, self.table)

    @cached_property
    def network(self) -> keras.Model:
        """The network with its weights. The backend must be loaded."""
        network = self.experiment.network(self.config)
        self.run.load_weights(network)
        return network

    @cached_property
    def decimals(self) -> dict[str, int]:
        """The decimals that show each target's values."""
        stds = [self.data["std"][place] for place in self.config.places]
        return dict(zip(self.config.target_columns, map(decimals_of, stds), strict=True))

    @property
    def error_decimals(self) -> int:
        """The decimals that show errors: one more than values have; those of several targets are standardised."""
        places = self.config.places
        return decimals_of(self.data["std"][places[0]] if len(places) == 1 else 1.0, digits=3, least=2)

    @property
    def samples(self) -> np.ndarray:
        """The rows that the network sees, relative to the window's."""
        return np.arange(-self.config.lookback, 0, self.config.step)

    @property
    def ahead(self) -> np.ndarray:
        """The rows that it forecasts, relative to the window's."""
        return np.arange(self.config.horizon) if self.config.horizon else np.array([self.config.delay])

    @property
    def newest(self) -> int:
        """The newest row that is known when it forecasts, relative to the window's; the deck doesn't show it."""
        return -1 if self.config.horizon else 0

    def answers(self, rows: np.ndarray) -> Answers:
        """Returns the forecasts for windows.

        Raises:
            UserError: the run's files are damaged.
        """
        import keras

        normaliser = Normaliser(np.array(self.data["mean"]), np.array(self.data["std"]))
        bands = _bands.of(self.run, self.config)
        with np.errstate(over="ignore"):  # a damaged record, which is refused below
            data = normaliser(self.features)
        away = np.abs(data[rows.min() - self.config.lookback : rows.max()])
        if ((away > SENSELESS).any(axis=0) & ~(away <= SENSELESS).any(axis=0)).any():
            raise damaged(self.run.metrics_file, f"records a mean that no value of {self.table.source} is near")
        outputs = [
            keras.ops.convert_to_numpy(self.network(data[rows[start : start + BATCH, None] + self.samples]))
            for start in range(0, len(rows), BATCH)
        ]
        own = _bands.own_quantiles(self.config, np.concatenate(outputs))
        places = self.config.places * self.config.rows_ahead
        mean, std = normaliser.mean[places], normaliser.std[places]
        values = np.asarray(_bands.central(self.config, own), np.float64) * std + mean
        quantiles = bands(own) * std[:, None] + mean[:, None] if bands else None
        return Answers(values, quantiles, bands.levels if bands else ())

    def truth(self, rows: np.ndarray) -> np.ndarray:
        """Returns what came, shape (windows, answers)."""
        return self._at(rows[:, None] + self.ahead)

    def last_seen(self, rows: np.ndarray) -> np.ndarray:
        """Returns the newest values that the network sees, as forecasts: shape (windows, answers)."""
        return self._at(np.repeat(rows[:, None] + self.samples[-1], len(self.ahead), axis=1))

    @property
    def days(self) -> np.ndarray:
        """How many days before each row ahead the newest known value of the same time of day is: 1, 2, …."""
        return np.ceil((self.ahead - self.newest) * (self.config.every / DAY)).astype(int)

    def days_before(self, rows: np.ndarray) -> np.ndarray:
        """Returns the values exactly 24 hours before, or as many whole days as it takes to know them.

        Returns:
            As forecasts: shape (windows, answers); NaN where there is no row at that time.
        """
        places = rows[:, None] + self.ahead
        times = self.time_of(places.reshape(-1)) - pd.to_timedelta(np.tile(self.days, len(rows)), "D")
        before = self.table.times.get_indexer(times).reshape(places.shape)
        values = self._at(np.maximum(before, 0))
        values[np.repeat(before < 0, len(self.config.places), axis=1)] = np.nan
        return values

    def time_of(self, rows: np.ndarray) -> pd.DatetimeIndex:
        """Returns the times of rows, also of those that are still to come."""
        times, last = self.table.times, len(self.table.frame) - 1
        return times[np.minimum(rows, last)] + np.maximum(rows - last, 0) * self.table.spacing

    def unlike(self, rows: slice) -> tuple[list[str], list[str]]:
        """Returns why rows cannot be like what the run was trained on, and what is unusual about them: phrases."""
        values = self.table.values[rows]
        values = values[np.isfinite(values).all(axis=1)]
        if not len(values):
            return [], []
        if "familiar" not in self.data:  # a run from before this record
            return self.too_far(rows), []
        familiar = Familiar.from_record(self.data["familiar"], self.known[1])
        return familiar.refusals(values), familiar.warnings(values)

    def too_far(self, rows: slice) -> list[str]:
        """Returns which columns have values in these rows that no measurement can have, a phrase for each."""
        places, normaliser = self.known
        values = self.table.values[rows][:, places]
        values = np.where(np.isfinite(values), values, normaliser.mean)
        return too_far([self.config.columns[n] for n in places], values, normaliser, self.far)

    @property
    def far(self) -> float:
        """How many standard deviations from the training data's mean no measurement can be."""
        return FAR * float(self.data.get("familiar", {}).get("leeway", 1.0))

    @cached_property
    def known(self) -> tuple[list[int], Normaliser]:
        """The columns whose training data the run has a record of, and their mean and standard deviation."""
        record = self.data.get("familiar", self.data)
        mean, std = np.array(record["mean"]), np.array(record["std"])
        places = list(range(len(self.config.columns)))
        if record is self.data:  # the columns that the network sees as they are
            values = self.table.values
            places = [n for n in places if np.array_equal(self.features[:, n], values[:, n], equal_nan=True)]
        return places, Normaliser(mean[places], std[places])

    def refusal(self, phrases: Iterable[str]) -> UserError:
        """Returns the error about rows that cannot be like what the run was trained on."""
        return UserError(
            f"{self.table.source} is unlike the data of {self.run.folder}: {'; '.join(phrases)}: "
            f"check its units, or train on data like these"
        )

    def _at(self, rows: np.ndarray) -> np.ndarray:
        """Returns the targets at rows, shape (windows, rows ahead), as (windows, answers)."""
        return self.table.values[rows][..., self.config.places].reshape(len(rows), -1)


def _check(record: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Checks that a record has numbers of these shapes that make sense.

    Raises:
        KeyError, TypeError, ValueError: it hasn't.
    """
    for key, shape in shapes.items():
        values = np.array(record[key], np.float64)
        if values.shape != shape or not (np.abs(values) < LARGEST).all():  # neither is NaN
            raise ValueError(key)


def unit_of(column: str) -> str:
    """Returns the unit that the name of a column of weather ends with, such as " °C" of "T (degC)", or nothing."""
    unit = re.search(r"\(([^()]+)\)$", column) if column in COLUMNS else None
    return f" {'°C' if unit[1] == 'degC' else unit[1]}" if unit else ""

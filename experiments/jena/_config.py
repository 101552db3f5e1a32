"""The settings of all Jena experiments (deck: "Learning Parameters")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from jsonargparse.typing import PositiveFloat, PositiveInt

from foundation.user_error import UserError
from jena.schema import COLUMNS, TEMPERATURE, Source
from lab.flags import with_hint
from lab.identity import setting
from lab.training_config import TrainingConfig
from tables.levels import MEDIAN, parse_levels

if TYPE_CHECKING:
    import pandas as pd

    from tables.spacing import Anchor
    from tables.table import Table

DAY = 86_400  # seconds


@dataclass(frozen=True)
class JenaConfig(TrainingConfig):
    """The settings of all weather models. Rows are `spacing` minutes apart."""

    steps_per_epoch: PositiveInt | None
    """Batches in an epoch; null means every training window once."""
    evaluation_batch: PositiveInt = field(metadata=setting("working"))
    """Windows in a batch of validation or test; larger is faster."""
    spacing: PositiveInt
    """Minutes from row to row; a denser file is thinned to it."""
    lookback: PositiveInt
    """Rows that a window goes back."""
    step: PositiveInt
    """Rows from one sample of a window to the next."""
    delay: PositiveInt
    """Rows from the row after a window to its target, where horizon is null."""
    horizon: PositiveInt | None = field(metadata=setting(before=None))
    """How many of the next rows to forecast; null: only the one at `delay`."""
    targets: str | list[str] = field(metadata=setting(before="T (degC)"))
    """The column to forecast, or several: '["T (degC)", "p (mbar)"]'."""
    quantiles: str | None = field(metadata=setting(before=None))
    """Forecast these quantiles, such as 0.1,0.5,0.9, and train with the pinball loss; null: the value alone."""
    train_end: PositiveFloat
    """End of the training split: a row number, or below 1 a fraction of the series."""
    validation_end: PositiveFloat
    """End of the validation split, where the test begins: a row number, or below 1 a fraction."""
    duplicates: Literal["drop", "keep"]
    """Whether to drop rows with a repeated time."""
    gaps: Literal["skip", "keep"]
    """Whether to skip windows that span a break in time."""
    missing: Literal["fill", "interpolate", "keep"]
    """What becomes of missing values, −9999: the last value before, for a day; a mean of both sides; or nothing."""
    csv: str | None = field(metadata=setting("data"))
    """A file with Jena's columns to use instead, plain, .zip or .gz."""
    source: Source = field(metadata=setting("data"))
    """real: the public series; simulated: a model of the station; auto: real if available, otherwise simulated."""

    columns: ClassVar[Sequence[str]] = COLUMNS
    """Columns of the table."""
    test_end: ClassVar[None] = None
    reach_back: ClassVar[bool] = False
    metric: ClassVar[str] = "mae"
    """The metric that chooses the best epoch."""

    def __post_init__(self) -> None:
        """Checks settings against each other."""
        if self.step > self.lookback:
            raise UserError(f"--step {self.step} is longer than --lookback {self.lookback}; give a shorter step")
        if not self.target_columns:
            raise UserError(f"--targets names no column; there are {', '.join(self.columns)}")
        for name in self.target_columns:
            if name not in self.columns:
                raise UserError(f"--targets: there is no column {with_hint(name, self.columns)}")
        if len(set(self.target_columns)) < len(self.target_columns):
            raise UserError("--targets names a column twice; name it once")
        if self.quantiles is not None:
            levels = parse_levels(self.quantiles)
            if not levels[0] < MEDIAN < levels[-1] or MEDIAN not in levels:
                raise UserError(f"--quantiles {self.quantiles}: 0.5 must be among them, one below and one above it")
            if not self.epochs:
                raise UserError(
                    "without epochs no quantiles are trained: leave --quantiles out, there is a band anyway"
                )
            object.__setattr__(self, "quantiles", ",".join(f"{level:g}" for level in levels))

    @property
    def every(self) -> pd.Timedelta:
        """The time from row to row."""
        import pandas as pd

        return pd.Timedelta(minutes=self.spacing)

    def table(self, csv: str | None = None, anchor: Anchor = "first") -> Table:
        """Returns the series that the settings name.

        Args:
            csv: A file to read instead, with all its faults treated.
            anchor: Which row of that file has a place in the table: the first, or for a forecast the last.
        """
        from jena.read import read_clean
        from jena.series import load

        if csv is not None:
            return read_clean(csv, self.spacing, anchor)
        return load(
            csv=self.csv,
            source=self.source,
            mirror=self.mirror,
            spacing=self.spacing,
            duplicates=self.duplicates,
            gaps=self.gaps,
            missing=self.missing,
        )

    @property
    def unit(self) -> str:
        """The unit of the error, if there is one target and its unit is known."""
        return "°C" if self.target_columns == [COLUMNS[TEMPERATURE]] else ""

    def protocol(self) -> str:
        """Returns what is forecast from what, in words."""
        if self.unit and not self.horizon:
            back, ahead = self.lookback * self.spacing / 1440, self.delay * self.spacing / 60
            return f"{back:g} days back, {ahead:g} h ahead, rows every {self.spacing} min"
        return self.any_protocol()

    def any_protocol(self) -> str:
        """Returns what is forecast from what, in words, for any targets and any spacing."""
        from tables.spacing import span

        names = self.target_columns
        what = names[0] if len(names) == 1 else f"{len(names)} columns"
        ahead = (
            f"the next {span(self.horizon * self.every)}" if self.horizon else f"{span(self.delay * self.every)} ahead"
        )
        back = "" if self.reach_back else f" from {span(self.lookback * self.every)}"
        return f"{what}, {ahead}{back}, rows every {span(self.every)}"

    @property
    def as_it_stands(self) -> bool:
        """Whether the file's rows stay as they are, like the deck's, but for what the settings say."""
        return self.csv is None or self.missing == "keep"

    @property
    def features(self) -> int:
        """How many numbers a network sees of each row."""
        return len(self.columns)

    @property
    def quantile_levels(self) -> tuple[float, ...]:
        """The quantiles that a network forecasts; none if it forecasts the value alone."""
        return parse_levels(self.quantiles) if self.quantiles else ()

    @property
    def window(self) -> tuple[int, int]:
        """The shape of a window, (timesteps, features)."""
        return -(-self.lookback // self.step), self.features

    @property
    def target_columns(self) -> list[str]:
        """The columns to forecast."""
        return [self.targets] if isinstance(self.targets, str) else list(self.targets)

    @property
    def places(self) -> list[int]:
        """Where the targets are among the columns."""
        return [list(self.columns).index(name) for name in self.target_columns]

    @property
    def rows_ahead(self) -> int:
        """How many rows a forecast has."""
        return self.horizon or 1

    @property
    def repeated(self) -> list[int]:
        """Which sample of a window common sense repeats for each row ahead.

        A value at `delay` is forecast by the last one seen, as in the deck. Each of the next rows is forecast by the
        value of the same time a day before, or as many days as it takes to have seen it; by the last one if no window
        goes back that far.
        """
        last = self.window[0] - 1
        if not self.horizon:
            return [last]
        day = max(1, round(DAY / self.every.total_seconds()))
        rows = [self.lookback + ahead % day - day for ahead in range(self.horizon)]
        return [row // self.step if rows[0] >= 0 else last for row in rows]

    @property
    def outputs(self) -> int:
        """How many numbers a network returns: those of each target in the first row ahead, then in the next, ….

        Of quantiles, those of each target and row are side by side.
        """
        return self.rows_ahead * len(self.target_columns) * max(1, len(self.quantile_levels))


@dataclass(frozen=True)
class GRUConfig(JenaConfig):
    """The settings of experiments with a GRU."""

    units: PositiveInt
    """Size of the GRU's state."""
    reset_after: bool
    """true: the GRU of Keras; false: the GRU of the book's first edition."""
    recurrent_activation: Literal["sigmoid", "keras2_hard_sigmoid"]
    """The activation of the gates; keras2_hard_sigmoid is the first edition's."""

    @property
    def cell(self) -> dict[str, Any]:
        """The kind of cell, as keyword arguments of GRU."""
        from layers.keras2_hard_sigmoid import keras2_hard_sigmoid

        gates = keras2_hard_sigmoid if self.recurrent_activation == "keras2_hard_sigmoid" else "sigmoid"
        return {"reset_after": self.reset_after, "recurrent_activation": gates}

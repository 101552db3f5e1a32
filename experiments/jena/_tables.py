"""The weather experiments on any table: a data set's settings and its group."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from jsonargparse.typing import PositiveFloat, PositiveInt

from experiments.jena._config import JenaConfig
from foundation.user_error import UserError
from lab import settings
from lab.identity import setting

if TYPE_CHECKING:
    import pandas as pd

    from tables.description import Description
    from tables.spacing import Anchor
    from tables.table import Table

DATA = setting("data")


@dataclass(frozen=True)
class TableConfig:
    """The settings of a data set, as `configs/tables.yaml` lists them. They stand before those of a weather model."""

    file: str | list[str] = field(metadata=DATA)
    """Files to read, CSV, plain, .zip or .gz, relative to the project's folder; several are joined by time."""
    source: str | list[str] = field(metadata=DATA)
    """Names in data/sources.yaml instead: the same data in several packings, the first that can be had is read."""
    time: str | list[str] = field(metadata=DATA)
    """The column of the times, or several, such as date and clock; none to look for it."""
    time_format: str | None = field(metadata=DATA)
    """The format of the times, such as '%d.%m.%Y %H:%M'; null to find it."""
    time_zone: str | None = field(metadata=DATA)
    """The zone whose local time, with its summer time, the file has; null if its clock runs through."""
    columns: list[str] = field(metadata=DATA)
    """The columns that a network sees, the targets among them."""
    spacing: str | PositiveInt
    """The time from row to row, such as 10min, 1h or 1d."""
    resample: Literal["last", "mean"] = field(metadata=DATA)
    """What denser rows become: the last value up to each step, or their mean."""
    missing: str | float | list[str | float] = field(metadata=DATA)
    """Numbers and words that stand for a missing value, beside the usual ones."""
    ranges: dict[str, list[float]] = field(metadata=DATA)
    """Lowest and highest valid value of columns, {name: [-50, 60]}; what is outside counts as missing."""
    circular: str | list[str] = field(metadata=DATA)
    """Columns of degrees, such as a wind's direction."""
    fill: str | PositiveInt = field(metadata=DATA)
    """How long the last value holds where values are missing."""
    train_end: PositiveFloat | str
    """End of the training split: a row number, below 1 a fraction of the rows, or a time."""
    validation_end: PositiveFloat | str
    """End of the validation split, where the test begins, likewise."""
    test_end: PositiveFloat | str | None
    """End of the test; null for the end of the table."""
    loss: Literal["mae", "mse"]
    """What training minimizes: the mean absolute or the mean squared error."""
    chosen_by: Literal["mae", "mse"] | None = field(metadata=setting(before=None))
    """The error by which the best epoch is chosen; null: that of the training."""
    reach_back: bool
    """Whether windows of validation and test may look back across the beginning of their split."""

    duplicates: ClassVar[str] = "drop"
    gaps: ClassVar[str] = "skip"
    as_it_stands: ClassVar[bool] = False
    where: ClassVar[str] = ""
    """The file of the data set."""

    def __post_init__(self) -> None:
        """Checks settings against each other."""
        for key, hint in (("columns", "list the columns to read"), ("targets", "name the column to forecast")):
            if not getattr(self, key):
                raise UserError(f"{self.where} has no `{key}`: {hint}")
        if not self.file and not self.source:
            raise UserError(f"{self.where} has neither `file` nor `source`: name the file to read")
        super().__post_init__()  # type: ignore[misc]
        _ = self.description, self.every

    @property
    def unit(self) -> str:
        """None: the file does not say it."""
        return ""

    @property
    def metric(self) -> str:
        """The metric that chooses the best epoch."""
        return "mae" if getattr(self, "quantiles", None) else self.chosen_by or self.loss

    @property
    def description(self) -> Description:
        """What the files are and how they are read."""
        from tables.description import Description, described

        return described({f.name: getattr(self, f.name) for f in fields(Description)}, self.where)

    @property
    def every(self) -> pd.Timedelta:
        """The time from row to row."""
        from tables.description import duration

        return duration(self.spacing, f"{self.where}: spacing")

    def table(self, csv: str | None = None, anchor: Anchor = "first") -> Table:
        """Returns the data set as a clean table.

        Args:
            csv: A file of the same kind to read instead.
            anchor: Which row has a place in the table: the first, or for a forecast the last.
        """
        from tables.read import read

        csv = csv or getattr(self, "csv", None)
        mirror = getattr(self, "mirror", None)
        key = repr((self.description, csv, mirror, anchor))
        if key not in _LAST:
            paths = [Path(csv)] if csv else self._paths(mirror)
            _LAST.clear()
            _LAST[key] = read(self.description, paths, anchor=anchor)
        return _LAST[key]

    def _paths(self, mirror: str | None) -> list[Path]:
        paths = self.description.paths(mirror)
        return [settings.CONFIGS.parent / path.expanduser() for path in paths]


_LAST: dict[str, Table] = {}
"""The table that was read last: a command that runs all experiments reads it once."""


def table_config(config: type[JenaConfig], data_set: str) -> type:
    """Returns the settings of a weather experiment on a data set: those of `TableConfig`, then the experiment's."""
    where = f"configs/{data_set}.yaml"
    return dataclass(frozen=True)(type("Config", (TableConfig, config), {"where": where, "__module__": __name__}))

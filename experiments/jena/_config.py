"""The settings of all Jena experiments (deck: "Learning Parameters")."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from jsonargparse.typing import PositiveFloat, PositiveInt

from foundation.user_error import UserError
from jena.schema import COLUMNS, Source
from lab.identity import setting
from lab.training_config import TrainingConfig


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
    """Rows from the end of a window to its target."""
    train_end: PositiveFloat
    """End of the training split: a row number, or below 1 a fraction of the series."""
    validation_end: PositiveFloat
    """End of the validation split, where the test begins: a row number, or below 1 a fraction."""
    duplicates: Literal["drop", "keep"]
    """Whether to drop rows with a repeated time."""
    gaps: Literal["skip", "keep"]
    """Whether to skip windows that span a break in time."""
    missing: Literal["interpolate", "keep"]
    """Whether to interpolate values of −9999, which mark missing ones."""
    csv: str | None = field(metadata=setting("data"))
    """A file with Jena's columns to use instead, plain, .zip or .gz."""
    source: Source = field(metadata=setting("data"))
    """real: the public series; simulated: a model of the station; auto: real if available, otherwise simulated."""

    features: ClassVar[int] = len(COLUMNS)
    """Columns that a network sees."""

    def __post_init__(self) -> None:
        """Checks settings against each other."""
        if self.step > self.lookback:
            raise UserError(f"--step {self.step} is longer than --lookback {self.lookback}; give a shorter step")

    @property
    def window(self) -> tuple[int, int]:
        """The shape of a window, (timesteps, features)."""
        return -(-self.lookback // self.step), self.features


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

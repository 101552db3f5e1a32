"""The settings that every trained experiment has, and the types that bound values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jsonargparse.typing import NonNegativeInt, PositiveFloat, PositiveInt, restricted_number_type

from lab.identity import setting

if TYPE_CHECKING:
    DropoutRate = float
else:
    DropoutRate = restricted_number_type("DropoutRate", float, [(">=", 0), ("<", 1)])


@dataclass(frozen=True)
class TrainingConfig:
    """How long and how a model is trained. Values are in `configs/`, never here."""

    epochs: NonNegativeInt
    """Epochs to train."""
    batch_size: PositiveInt
    """Examples in a training batch."""
    learning_rate: PositiveFloat
    """The optimizer's learning rate."""
    seed: NonNegativeInt = field(metadata=setting("repeat"))
    """Seed of weights, order and dropout: the same seed gives the same run."""
    jit_compile: bool
    """Compile with XLA, on TensorFlow and a CPU. The YAML file has what was faster there."""
    threads: PositiveInt | None = field(metadata=setting("working"))
    """Cores to use; by default all, or a share of them under make -j."""
    mirror: str | None = field(metadata=setting("working"))
    """A folder or address to look for data before the public one; LAB_DATA_MIRROR says the same."""
    tensorboard: bool = field(metadata=setting("working"))
    """Also write logs for TensorBoard."""

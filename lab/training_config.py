"""The settings that every trained experiment has."""

from __future__ import annotations

from dataclasses import dataclass, field

from jsonargparse.typing import NonNegativeInt, PositiveFloat

from lab.identity import setting
from lab.setting_types import BatchSize, Seed, ThreadCount


@dataclass(frozen=True)
class TrainingConfig:
    """How long and how a model is trained. Values are in `configs/`, never here."""

    epochs: NonNegativeInt
    """Epochs to train."""
    batch_size: BatchSize
    """Examples in a training batch."""
    learning_rate: PositiveFloat
    """The optimizer's learning rate."""
    seed: Seed = field(metadata=setting("repeat"))
    """Seed of weights, order and dropout: the same seed gives the same run."""
    jit_compile: bool
    """Use XLA, on TensorFlow and a CPU only. The default is whichever was faster."""
    threads: ThreadCount | None = field(metadata=setting("working"))
    """Cores to use; by default all, or a share of them under make -j."""
    mirror: str | None = field(metadata=setting("working"))
    """A folder or address to look for data before the public one; LAB_DATA_MIRROR says the same."""
    tensorboard: bool = field(metadata=setting("working"))
    """Also write logs for TensorBoard."""

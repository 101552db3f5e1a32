"""The settings of the experiments that show recurrence at work."""

from __future__ import annotations

from dataclasses import dataclass, field

from jsonargparse.typing import PositiveFloat, PositiveInt

from lab.identity import setting
from lab.setting_types import BatchSize, Seed, ThreadCount


@dataclass(frozen=True)
class RecurrenceConfig:
    """The settings of every experiment in the group."""

    seed: Seed = field(metadata=setting("repeat"))
    """Seed of weights and sequences: the same seed gives the same run."""
    threads: ThreadCount | None = field(metadata=setting("working"))
    """Cores to use; by default all, or a share of them under make -j."""


@dataclass(frozen=True)
class LearningConfig(RecurrenceConfig):
    """The settings of experiments that train a network: how long and how."""

    epochs: PositiveInt
    """Epochs to train."""
    steps_per_epoch: PositiveInt
    """Batches in an epoch, each of new sequences."""
    batch_size: BatchSize
    """Sequences in a training batch."""
    learning_rate: PositiveFloat
    """Adam's learning rate."""
    clip_norm: PositiveFloat
    """The largest norm of a gradient; a larger one is scaled down to it."""
    jit_compile: bool
    """Use XLA, on TensorFlow and a CPU only. The default is whichever was faster."""

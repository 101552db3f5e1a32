"""The settings of all experiments on the TCN paper's tasks (Bai, Kolter, Koltun 2018, tables 2 and 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from jsonargparse.typing import PositiveFloat, PositiveInt

from lab.identity import setting
from lab.setting_types import DropoutRate, LayerCount
from lab.training_config import TrainingConfig


@dataclass(frozen=True)
class SequencesConfig(TrainingConfig):
    """The paper's protocol."""

    model: Literal["tcn", "lstm", "gru", "rnn"]
    """Which of the paper's four models; each has its own hyperparameters in the YAML file."""
    units: PositiveInt
    """Filters in each level of the TCN, or size of the state of each recurrent layer."""
    layers: LayerCount
    """Levels of the TCN, or number of stacked recurrent layers."""
    kernel_size: PositiveInt | None
    """Timesteps that each filter of the TCN sees; null for recurrent models."""
    dropout: DropoutRate
    """Dropout in the blocks of the TCN, or after each recurrent layer."""
    spatial_dropout: bool
    """true: drop whole channels of the TCN (the paper); false: drop single values (the authors' code)."""
    forget_bias: float
    """Initial bias of the forget gates of an LSTM."""
    optimizer: Literal["adam", "rmsprop", "sgd"]
    """The optimizer."""
    clip_norm: PositiveFloat | None
    """The largest norm of all gradients together; a larger one is scaled down to it. Null means no clipping."""
    decay_every: PositiveInt | None
    """Epochs after which the learning rate falls to a tenth, repeatedly; null means never."""
    steps_per_epoch: PositiveInt | None = field(metadata=setting("length"))
    """Batches in an epoch, after which the model is validated; null means every example once."""
    budget_steps: PositiveInt | None = field(metadata=setting("length"))
    """Stop after the epoch that reaches this number of batches; the result is marked as budgeted."""
    budget_minutes: PositiveFloat | None = field(metadata=setting("length"))
    """Stop after the epoch in which the training time reaches this; the result is marked as budgeted."""
    evaluation_batch: PositiveInt = field(metadata=setting("working"))
    """Examples in a batch of validation or test."""

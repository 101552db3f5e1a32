"""SegRNN: a GRU that reads segments instead of samples, and answers in segments (deck: "Going Further").

Lin et al. 2023, "SegRNN: Segment Recurrent Neural Network for Long-Term Time Series Forecasting" (arXiv 2308.11200).
Each target's past, less its last value, is cut into segments. The GRU's last state, with an embedding of the segment's
place and of the target, gives every segment ahead in one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.jena import JenaConfig
from experiments.jena._channels import adam, per_target, targets_apart, together
from foundation.user_error import UserError
from lab.setting_types import DropoutRate

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Config(JenaConfig):
    """The sizes of segments and state."""

    segment: PositiveInt
    """Samples of a segment of the past, and rows of one ahead; shorter where there are fewer."""
    units: PositiveInt
    """Size of the GRU's state; an even number."""
    dropout: DropoutRate
    """Fraction of the last state dropped in training."""

    def __post_init__(self) -> None:
        """Checks settings against each other."""
        super().__post_init__()
        if self.units % 2:
            raise UserError(f"--units must be even, not {self.units}: half of them stand for a segment's place")


def optimizer(config: Config, steps_per_epoch: int) -> keras.Optimizer:
    """Returns Adam, whose rate falls by a tenth with each epoch after the third, as the authors have it."""
    return adam(config, steps_per_epoch, keep=0.9, after=3)


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras
    from keras import layers, ops

    targets, numbers = len(config.places), per_target(config)
    back, ahead = min(config.segment, config.window[0]), min(config.segment, config.rows_ahead)
    count, parts = config.window[0] // back, -(-config.rows_ahead // ahead)
    windows = keras.Input(config.window)
    past = targets_apart(config, windows)
    last = past[..., -1:]
    segments = ops.reshape((past - last)[..., -count * back :], (-1, count, back))
    gru = layers.GRU(config.units)
    state = gru(layers.Dense(config.units, activation="relu")(segments))
    ones = ops.ones_like(ops.reshape(ops.repeat(state[:, :1], parts, axis=1), (-1, targets, parts)), dtype="int32")
    places = layers.Embedding(parts, config.units // 2)(ops.cumsum(ones, axis=2) - 1)
    names = layers.Embedding(targets, config.units // 2)(ops.cumsum(ones, axis=1) - 1)
    asked = ops.reshape(ops.concatenate([places, names], axis=-1), (-1, 1, config.units))
    answer = gru(asked, initial_state=ops.repeat(state, parts, axis=0))
    answer = layers.Dense(ahead * numbers // config.rows_ahead)(layers.Dropout(config.dropout)(answer))
    answer = ops.reshape(answer, (-1, targets, parts * ahead * numbers // config.rows_ahead))[..., :numbers]
    return keras.Model(windows, together(config, last + answer))

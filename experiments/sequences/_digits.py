"""Handwritten digits, read pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.sequences._config import SequencesConfig
from experiments.sequences._networks import network
from lab.identity import setting

if TYPE_CHECKING:
    import keras

SIDE, DIGITS = 28, 10


@dataclass(frozen=True)
class DigitsConfig(SequencesConfig):
    """The size of the images."""

    pool: PositiveInt = field(metadata=setting(before=1))
    """Side of the squares of pixels that are averaged to one: 1 (the paper, 784 pixels), 2 (196 pixels), 4, 7 or 14."""


def build(config: DigitsConfig) -> keras.Model:
    """Builds a network from pixels, shape (batch, (28 / pool)², 1), to logits of the digit, shape (batch, 10)."""
    return network(config, timesteps=(SIDE // config.pool) ** 2, inputs=1, outputs=DIGITS, every_step=False)

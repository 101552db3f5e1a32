"""The sum of two marked numbers among many (deck: "Experimental Results")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.sequences import SequencesConfig, network

if TYPE_CHECKING:
    import keras

    from sequences.task import Task


@dataclass(frozen=True)
class Config(SequencesConfig):
    """The length of the sequences."""

    length: PositiveInt
    """Numbers in a sequence, T in the paper."""


def load(config: Config) -> Task:
    """Draws the examples."""
    from sequences import adding

    return adding.load(length=config.length, batch_size=config.batch_size, seed=config.seed)


def build(config: Config) -> keras.Model:
    """Builds a network from numbers and marks, shape (batch, length, 2), to sums, shape (batch, 1)."""
    return network(config, timesteps=config.length, inputs=2, outputs=1, every_step=False)

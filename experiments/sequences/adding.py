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
    """The sequences' length."""

    length: PositiveInt
    """Numbers in a sequence, the paper's T."""


def load(config: Config) -> Task:
    """Draws the examples."""
    from sequences import adding

    return adding.load(length=config.length, batch_size=config.batch_size, seed=config.seed)


def build(config: Config) -> keras.Model:
    """Numbers and marks, shape (batch, length, 2), to sums, shape (batch, 1)."""
    return network(config, timesteps=config.length, inputs=2, outputs=1, every_step=False)

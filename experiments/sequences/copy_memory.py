"""Ten symbols, to be recalled after a long silence (deck: "Experimental Results")."""

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
    """The length of the silence."""

    length: PositiveInt
    """Timesteps over which to remember, T in the paper; a sequence has 20 more."""


def load(config: Config) -> Task:
    """Draws the examples."""
    from sequences import copy_memory

    return copy_memory.load(length=config.length, batch_size=config.batch_size, seed=config.seed)


def build(config: Config) -> keras.Model:
    """Builds a network from symbols, (batch, length + 20, 1), to logits per timestep, (batch, length + 20, 10)."""
    from sequences.copy_memory import CODES

    return network(config, timesteps=config.length + 20, inputs=1, outputs=CODES, every_step=True)

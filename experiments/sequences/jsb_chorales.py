"""Which keys sound next in Bach's chorales (deck: "Experimental Results")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.sequences import SequencesConfig, network

if TYPE_CHECKING:
    import keras

    from sequences.task import Task

KEYS = 88


@dataclass(frozen=True)
class Config(SequencesConfig):
    """Nothing of its own."""


def load(config: Config) -> Task:
    """Reads the pieces; those of like length share a shape, so that there are few to compile for."""
    from sequences import music

    return music.load("jsb_chorales", batch_size=config.batch_size, padded=True, seed=config.seed, mirror=config.mirror)


def build(config: Config) -> keras.Model:
    """Piano rolls, shape (batch, frames, 88), to logits of the next frame's keys, of the same shape."""
    return network(config, timesteps=None, inputs=KEYS, outputs=KEYS, every_step=True)

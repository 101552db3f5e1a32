"""Which keys sound next in British and American folk tunes (deck: "Experimental Results")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.sequences import SequencesConfig as Config
from experiments.sequences import network

if TYPE_CHECKING:
    import keras

    from sequences.task import Task

KEYS = 88


def load(config: Config) -> Task:
    """Reads the pieces, padded to a few lengths, so that few shapes are compiled."""
    from sequences import music

    return music.load("nottingham", batch_size=config.batch_size, padded=True, seed=config.seed, mirror=config.mirror)


def build(config: Config) -> keras.Model:
    """Builds a network from piano rolls, (batch, frames, 88), to logits of the next frame, of the same shape."""
    return network(config, timesteps=None, inputs=KEYS, outputs=KEYS, every_step=True)

"""Which digit it was, after seeing its pixels in another order, the same for all (deck: "Experimental Results")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.sequences import SequencesConfig as Config
from experiments.sequences import network

if TYPE_CHECKING:
    import keras

    from sequences.task import Task

PIXELS, DIGITS = 28 * 28, 10


def load(config: Config) -> Task:
    """Reads the digits."""
    from sequences import pixels

    return pixels.load(permuted=True, batch_size=config.batch_size, seed=config.seed, mirror=config.mirror)


def build(config: Config) -> keras.Model:
    """Builds a network from pixels, shape (batch, 784, 1), to logits of the digit, shape (batch, 10)."""
    return network(config, timesteps=PIXELS, inputs=1, outputs=DIGITS, every_step=False)

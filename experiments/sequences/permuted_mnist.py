"""Which digit it was, after seeing its pixels in another order, the same for all (deck: "Experimental Results")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.sequences._digits import DigitsConfig as Config
from experiments.sequences._digits import build

if TYPE_CHECKING:
    from sequences.task import Task

__all__ = ["Config", "build", "load"]


def load(config: Config) -> Task:
    """Reads the digits."""
    from sequences import pixels

    return pixels.load(
        permuted=True, pool=config.pool, batch_size=config.batch_size, seed=config.seed, mirror=config.mirror
    )

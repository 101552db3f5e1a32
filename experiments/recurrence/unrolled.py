"""A tiny recurrent network as a loop and unrolled in time, with its numbers (deck: "Unroll the RNN Loop")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.recurrence import RecurrenceConfig
from lab.setting_types import DrawnCount
from recurrence.simple_rnn import SimpleRNN

if TYPE_CHECKING:
    from lab.runs import Run


@dataclass(frozen=True)
class Config(RecurrenceConfig):
    """The network's size, and how far it is unrolled."""

    timesteps: DrawnCount
    """Timesteps to unroll; more than 6 make the picture wide."""
    units: DrawnCount
    """Size of the state; more than 4 make the picture high."""


def perform(config: Config, run: Run) -> dict[str, Any]:
    """Runs the network on random numbers and draws it."""
    from experiments.recurrence import _unrolled_picture
    from foundation.picture import save

    rng = np.random.default_rng(config.seed)
    rnn = SimpleRNN.initialise(1, config.units, rng)
    rnn.b[:] = rng.uniform(-0.5, 0.5, config.units)
    trace = rnn.forward(rng.uniform(-1, 1, (config.timesteps, 1)))
    save(_unrolled_picture.draw(rnn, trace), run.folder / "unrolled.png", dpi=150)
    last = _unrolled_picture.text(trace.h[-1])
    return {
        "inputs": trace.inputs.tolist(),
        "states": trace.h.tolist(),
        "summary": f"{config.timesteps} steps, the same W, U and b at each: the last state is {last}",
    }

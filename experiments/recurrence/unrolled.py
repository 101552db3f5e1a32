"""A tiny recurrent network as a loop and unrolled in time, with its numbers (deck: "Unroll the RNN Loop")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jsonargparse.typing import PositiveInt

from experiments.recurrence import RecurrenceConfig, save
from recurrence.simple_rnn import SimpleRNN, SimpleRNNTrace

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from lab.runs import Run

STEP = 2.6  # a timestep's width in the picture, in inches, as all lengths there
LINE = 0.24  # a number's height
ARROW = {"arrowstyle": "-|>", "color": "0.25", "lw": 1.4, "shrinkA": 2, "shrinkB": 2}


@dataclass(frozen=True)
class Config(RecurrenceConfig):
    """The network's size, and how far it is unrolled."""

    timesteps: PositiveInt
    """Steps to unroll; more than 6 make a wide picture."""
    units: PositiveInt
    """Size of the state; more than 4 make a high picture."""


def perform(config: Config, run: Run) -> dict[str, Any]:
    """Runs the network on numbers drawn by chance and draws it."""
    rng = np.random.default_rng(config.seed)
    rnn = SimpleRNN.initialise(1, config.units, rng)
    rnn.b[:] = rng.uniform(-0.5, 0.5, config.units)
    trace = rnn.forward(rng.uniform(-1, 1, (config.timesteps, 1)))
    save(draw(rnn, trace), run, "unrolled.png")
    return {
        "inputs": trace.inputs.tolist(),
        "states": trace.h.tolist(),
        "summary": f"{config.timesteps} steps, the same W, U and b at each: the last state is {_text(trace.h[-1])}",
    }


def sums(rnn: SimpleRNN, trace: SimpleRNNTrace) -> np.ndarray:
    """W x_t + U h_{t-1} + b at each step, shape (timesteps, units)."""
    earlier = np.concatenate([trace.h0[None], trace.h[:-1]])
    return trace.inputs @ rnn.W.T + earlier @ rnn.U.T + rnn.b


def draw(rnn: SimpleRNN, trace: SimpleRNNTrace) -> Figure:
    """Left the loop with its weights, right each step with its numbers: x_t, W x_t + U h_{t-1} + b, and h_t."""
    from matplotlib.figure import Figure

    steps, height = len(trace.h), LINE * rnn.units
    high, low = 1.3 + height, -1.3 - height / 2  # where h_t and x_t stand; the sum stands at 0
    loop, start = 1.7, 4.3
    width, above, below = start + STEP * (steps + 0.4), high + height / 2 + 1.0, low - 0.6
    figure = Figure(figsize=(width, above - below))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(below, above))
    axes.axis("off")

    # the loop
    _label(axes, loop, above - 0.35, "the loop", size=14)
    _step(axes, loop, height, high, low, "$x_t$", "$W x_t + U h_{t-1} + b$", "$h_t$")
    edge = {**ARROW, "connectionstyle": "arc,angleA=0,angleB=0,armA=45,armB=25,rad=12", "color": "tab:red"}
    axes.annotate("", (loop + 1.05, 0), (loop + 0.25, high), arrowprops=edge)
    _label(axes, loop + 1.42, high / 2, "$U$", color="tab:red")

    # the same, unrolled
    _label(axes, start + STEP * (steps + 1) / 2, above - 0.35, "the same, unrolled: one W, U and b at every step", size=14)
    _vector(axes, start, high, trace.h0, "tab:red", "$h_0$")
    for t, (x, total, h) in enumerate(zip(trace.inputs, sums(rnn, trace), trace.h, strict=True), start=1):
        centre = start + STEP * t
        _step(axes, centre, height, high, low, "", "", "")
        _vector(axes, centre, low, x, "tab:green", f"$x_{{{t}}}$")
        _vector(axes, centre, 0, total, "0.4", f"$W x_{{{t}}} + U h_{{{t - 1}}} + b$")
        _vector(axes, centre, high, h, "tab:red", f"$h_{{{t}}}$")
        axes.annotate(
            "", (centre - 0.42, height / 4), (centre - STEP + 0.42, high), arrowprops={**ARROW, "color": "tab:red"}
        )
        _label(axes, centre - STEP / 2 - 0.12, high / 2 - 0.1, "$U$", color="tab:red")
    return figure

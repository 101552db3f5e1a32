"""Draws a recurrent network as a loop and unrolled in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from recurrence.simple_rnn import SimpleRNN, SimpleRNNTrace

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STEP = 2.5  # width of a timestep in the picture; all lengths are in inches
LINE = 0.23  # height of a line of text
RED, GREEN, GREY = "tab:red", "tab:green", "0.35"  # the state, the input, and their sum


def sums(rnn: SimpleRNN, trace: SimpleRNNTrace) -> np.ndarray:
    """Returns W x_t + U h_{t-1} + b at each timestep, shape (timesteps, units)."""
    earlier = np.concatenate([trace.h0[None], trace.h[:-1]])
    return trace.inputs @ rnn.W.T + earlier @ rnn.U.T + rnn.b


def draw(rnn: SimpleRNN, trace: SimpleRNNTrace) -> Figure:
    """Draws the loop with its weights on the left, and each timestep with its numbers on the right."""
    from matplotlib.figure import Figure

    half = LINE * (rnn.units + 1.4) / 2  # of a box with a name and the numbers of a state
    high, low = 2 * half + 0.75, -half - LINE * 1.2 - 0.7  # the heights of h_t and x_t; the sum is at 0
    loop, first = 1.9, 4.6
    right, top, bottom = first + STEP * len(trace.h) + 1.1, high + half + 0.7, low - LINE * (2 * rnn.units + 2.5)
    figure = Figure(figsize=(right, top - bottom))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, right), ylim=(bottom, top))
    axes.axis("off")

    def step(x: float, inputs: str, total: str, state: str) -> None:
        """Draws the three boxes of a timestep and the arrows between them."""
        _box(axes, x, low, inputs, GREEN)
        _box(axes, x, 0, total, GREY)
        _box(axes, x, high, state, RED)
        _arrow(axes, (x, low + LINE * 1.2), (x, -half), GREEN)
        _arrow(axes, (x, half), (x, high - half), GREY)
        axes.text(x + 0.1, (low + LINE * 1.2 - half) / 2, "$W$", color=GREEN, va="center", fontsize=12)
        axes.text(x + 0.1, high / 2, "tanh", color=GREY, va="center", fontsize=11)

    axes.text(loop, top - 0.35, "The loop", ha="center", va="center", fontsize=14)
    step(loop, "$x_t$", "$W x_t + U h_{t-1} + b$", "$h_t$")
    _arrow(axes, (loop + 0.2, high), (loop + 0.8, 0.18), RED, bend=-1.1)
    axes.text(loop + 1.4, high * 0.55, "$U$", color=RED, va="center", fontsize=12)
    weights = "\n".join(f"{name} = {text(value)}" for name, value in (("W", rnn.W), ("U", rnn.U), ("b", rnn.b)))
    axes.text(0.25, bottom + 0.15, weights, family="monospace", fontsize=10, va="bottom")

    title = "The same loop unrolled: the same W, U and b at every step"
    axes.text((first + right) / 2, top - 0.35, title, ha="center", va="center", fontsize=14)
    _box(axes, first, high, _lines("$h_0$", trace.h0), RED)
    for t, (x, total, h) in enumerate(zip(trace.inputs, sums(rnn, trace), trace.h, strict=True), start=1):
        centre = first + STEP * t
        name = f"$W x_{{{t}}} + U h_{{{t - 1}}} + b$"
        step(centre, _lines(f"$x_{{{t}}}$", x), _lines(name, total), _lines(f"$h_{{{t}}}$", h))
        _arrow(axes, (centre - STEP + 0.35, high), (centre - 0.75, half / 2), RED, bend=-0.15)
        axes.text(centre - STEP / 2 + 0.05, high * 0.72, "$U$", color=RED, va="center", fontsize=12)
    return figure


def _box(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    look = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": colour, "linewidth": 1.6}
    axes.text(x, y, text, ha="center", va="center", fontsize=11, linespacing=1.35, bbox=look, zorder=3)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, bend: float = 0) -> None:
    look = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "connectionstyle": f"arc3,rad={bend}"}
    axes.annotate("", end, start, arrowprops=look)


def _lines(name: str, numbers: np.ndarray) -> str:
    return "\n".join([name, *(f"{number:.2f}".replace("-", "−") for number in numbers.round(2) + 0.0)])


def text(numbers: np.ndarray) -> str:
    """Returns numbers with two decimals."""
    return np.array2string(numbers, precision=2, floatmode="fixed", separator=" ", prefix="W = ")

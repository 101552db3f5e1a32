"""Draws gradients over time, and gradient descent with and without clipping."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.recurrence._gradient_networks import GradientConfig, labels
from experiments.recurrence._gradients import fall

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {
    "small": "tab:red",
    "critical": "tab:orange",
    "large": "tab:purple",
    "lstm": "tab:blue",
    "open_lstm": "tab:cyan",
    "coupled_lstm": "tab:olive",
    "gru": "tab:green",
}
WIDTHS = {"lstm": 9, "open_lstm": 6.5, "coupled_lstm": 4, "gru": 1.5}
"""Of lines that lie on one another once trained, so that each can be seen."""


def draw_gradients(
    config: GradientConfig, before: dict[str, np.ndarray], after: dict[str, np.ndarray], error: dict[str, float]
) -> Figure:
    """Draws the gradient of each network over time on a log scale: as initialised on the left, trained on the right."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator

    figure = Figure(figsize=(12, 6.4), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    time = np.arange(-config.timesteps, 1)
    for axes, gradients, title in zip(
        panels,
        (before, after),
        ("As initialised", f"Trained on {config.training_steps} steps"),
        strict=True,
    ):
        for name, label in labels(config).items():
            text = f"{1 / fall(gradients[name]):.0e}"
            text += f"; error {error[name]:.2f}" if gradients is after else ""
            width = WIDTHS.get(name, 2) if gradients is after else 2
            axes.semilogy(time, gradients[name], color=COLOURS[name], lw=width, label=f"{label}: {text}")
        axes.axhline(1, color="0.5", lw=0.8, zorder=0)
        axes.set(title=title, xlabel="timestep $t$, counted from the last")
        axes.grid(alpha=0.3)
        axes.legend(fontsize=9, loc="lower right")
        axes.yaxis.set_major_locator(LogLocator(base=1e10))
    panels[0].set_ylabel("norm of d(loss at the end) / d(state at $t$), relative to the last")
    figure.suptitle(
        f"What is left of the gradient, {config.timesteps} steps back",
        fontsize=13,
    )
    return figure


def draw_descents(config: GradientConfig, descents: dict[str, dict[str, np.ndarray]]) -> Figure:
    """Draws the norms of the gradient and of the weights at each update, with and without clipping."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6.4), layout="constrained")
    upper, lower = figure.subplots(2, sharex=True)
    for (clip, descent), colour in zip(descents.items(), ("tab:red", "tab:blue"), strict=True):
        label = "without clipping" if clip == "None" else f"clipped to {float(clip):g}"
        updates = np.arange(1, len(descent["loss"]) + 1)
        upper.semilogy(updates, descent["norm"], color=colour, lw=1.6, label=f"{label}: the gradient")
        if clip != "None":
            upper.semilogy(updates, descent["applied"], "--", color=colour, lw=1.6, label=f"{label}: what is applied")
        lower.semilogy([0, *updates], descent["weights"], color=colour, lw=1.6, label=label)
    upper.set_ylabel("norm of the gradient")
    lower.set(ylabel="norm of all weights", xlabel="update")
    for axes in (upper, lower):
        axes.grid(alpha=0.3)
        axes.legend(fontsize=9)
    first = {clip: descent["weights"][1] / descent["weights"][0] for clip, descent in descents.items()}
    figure.suptitle(
        f"Exploding gradients: SimpleRNN, recurrent weights × {config.large:g}, {config.training_steps} steps\n"
        f"The first update of gradient descent at a rate of {config.descent_rate:g} makes\n"
        f"the weights' norm {first['None']:.1e} times as large without clipping, "
        f"{first[str(config.clip_norm)]:.3f} times with it",
        fontsize=11,
    )
    return figure

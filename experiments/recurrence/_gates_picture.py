"""Draws the gates of a trained LSTM over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from recurrence.lstm import LSTMTrace

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(trace: LSTMTrace, answers: np.ndarray, truth: np.ndarray, title: str) -> Figure:
    """Draws the first sequence: its inputs, the gates, the cell state and the answers, one below the other."""
    from matplotlib.figure import Figure

    numbers, stores, recalls = trace.inputs[0].T
    time = np.arange(1, len(numbers) + 1)
    stored, recalled = time[stores > 0], time[recalls > 0]
    figure = Figure(figsize=(10, 8.5), layout="constrained")
    panels = figure.subplots(6, sharex=True, height_ratios=[1.3, 0.8, 0.8, 0.8, 1.2, 1.2])
    for axes in panels:
        for t in stored:
            axes.axvspan(t - 0.5, t + 0.5, color="tab:blue", alpha=0.15, lw=0)
        for t in recalled:
            axes.axvspan(t - 0.5, t + 0.5, color="tab:orange", alpha=0.18, lw=0)
        axes.grid(axis="y", alpha=0.3)
        axes.margins(x=0.01)
    inputs, *gates, cell, output = panels
    inputs.bar(time, numbers, width=0.6, color=np.where(stores > 0, "tab:blue", "0.75"))
    inputs.axhline(0, color="0.4", lw=0.8)
    inputs.set(ylabel="number\n$x_t$", ylim=(-1.1, 1.1))
    for axes, values, label in zip(
        gates,
        (trace.f, trace.i, trace.o),
        ("forget gate\n$f_t$", "input gate\n$i_t$", "output gate\n$o_t$"),
        strict=True,
    ):
        axes.step(time, values[0], where="mid", lw=1.8)
        axes.set(ylabel=label, ylim=(-0.08, 1.08), yticks=(0, 1))
    cell.step(time, trace.C[0], where="mid", lw=1.8)
    cell.axhline(0, color="0.4", lw=0.8)
    cell.set_ylabel("cell state\n$C_t$")
    output.plot(time, truth[0, :, 0], "o", color="0.65", ms=8, label="true answer")
    output.plot(time, answers[0, :, 0], ".", color="black", ms=6, label="the network's")
    output.set(ylabel="answer", ylim=(-1.1, 1.1), xlabel="timestep $t$")
    output.legend(loc="best", fontsize=8, ncols=2)
    figure.suptitle(
        f"A trained LSTM of {_units(trace.C.shape[-1])} keeps a number until it is asked for: {title}\n"
        "blue: store this number — orange: recall the last one stored",
        fontsize=11,
    )
    figure.align_ylabels(panels)
    return figure


def _units(count: int) -> str:
    return "one unit" if count == 1 else f"{count} units"

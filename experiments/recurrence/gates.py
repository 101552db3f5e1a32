"""What an LSTM's gates do where a value must be kept and told (deck: "Long Short-Term Memory (LSTM)").

Each step brings a number, and two flags that rarely stand: store it, and recall. The answer to a recall is the number
stored last, to any other step 0. So something must be let in, kept, thrown away and let out: each is a gate's work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jsonargparse.typing import OpenUnitInterval, PositiveInt

from experiments.recurrence import LearningConfig
from experiments.recurrence._learning import learn
from recurrence.lstm import LSTM, LSTMTrace

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from lab.runs import Run

TOLERANCE = 0.1  # an answer this near to the true one is right


@dataclass(frozen=True)
class Config(LearningConfig):
    """The sequences, and the LSTM's size."""

    timesteps: PositiveInt
    """Steps of a sequence."""
    store_chance: OpenUnitInterval
    """How likely a step says that its number is to be stored."""
    recall_chance: OpenUnitInterval
    """How likely a step asks for the number stored last."""
    units: PositiveInt
    """Size of the LSTM's state; one is enough."""


def build(config: Config) -> keras.Model:
    """Sequences, shape (batch, timesteps, 3), to an answer a step, shape (batch, timesteps, 1)."""
    import keras

    return keras.Sequential(
        [
            keras.Input((config.timesteps, 3)),
            keras.layers.LSTM(config.units, return_sequences=True),
            keras.layers.Dense(1, use_bias=False),
        ]
    )


def examples(config: Config, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Sequences of (number, store, recall), shape (count, timesteps, 3), and their answers, (count, timesteps, 1)."""
    shape = (count, config.timesteps)
    numbers = rng.uniform(-1, 1, shape)
    stores, recalls = rng.random(shape) < config.store_chance, rng.random(shape) < config.recall_chance
    kept = np.zeros(shape)
    last = np.zeros(count)
    for t in range(config.timesteps):
        last = np.where(stores[:, t], numbers[:, t], last)
        kept[:, t] = last
    sequences = np.stack([numbers, stores, recalls], axis=-1)
    return sequences.astype("float32"), (kept * recalls)[..., None].astype("float32")


def perform(config: Config, run: Run) -> dict[str, Any]:
    """Trains the LSTM, reads its gates in NumPy and draws them."""
    from foundation.picture import save

    network = build(config)
    figures = learn(
        network, lambda rng, count: examples(config, rng, count), config, run, "mean absolute error of an answer"
    )
    sequences, truth = examples(config, np.random.default_rng([config.seed, 3]), 512)
    trace, answers = through_numpy(network, sequences)
    asked = sequences[..., 2] > 0  # elsewhere the answer is always 0
    right = float((np.abs(answers - truth)[asked] < TOLERANCE).mean())
    means = gate_means(trace)
    save(draw(trace, answers, truth, f"{right:.1%} of recalls within {TOLERANCE}"), run.folder / "gates.png", dpi=150)
    lines = [
        f"{right:.1%} of recalls right within {TOLERANCE}",
        *(f"{gate} {mean['then']:.2f} at {mean['at']}, {mean['else']:.2f} elsewhere" for gate, mean in means.items()),
    ]
    return {**figures, "right": right, "gates": means, "summary": "; ".join(lines)}


def through_numpy(network: keras.Model, sequences: np.ndarray) -> tuple[LSTMTrace, np.ndarray]:
    """All that the trained LSTM computes on the way to its answers, and the answers, (batch, timesteps, 1)."""
    lstm, head = network.layers
    trace = LSTM.from_keras(lstm.get_weights()).forward(sequences)
    return trace, trace.h @ head.get_weights()[0]


def gate_means(trace: LSTMTrace) -> dict[str, dict[str, Any]]:
    """Each gate's mean where its flag stands, and elsewhere, over all units."""
    stores, recalls = trace.inputs[..., 1] > 0, trace.inputs[..., 2] > 0
    return {
        gate: {"at": at, "then": float(values[flags].mean()), "else": float(values[~flags].mean())}
        for gate, values, at, flags in (
            ("forget gate", trace.f, "a store", stores),
            ("input gate", trace.i, "a store", stores),
            ("output gate", trace.o, "a recall", recalls),
        )
    }


def draw(trace: LSTMTrace, answers: np.ndarray, truth: np.ndarray, title: str) -> Figure:
    """The first sequence: its inputs, the gates, the cell state and the answers, one below the other."""
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
        f"A trained LSTM of {_units(trace.C.shape[-1])} keeps a number and tells it when asked: {title}\n"
        "blue: store this number — orange: recall the last one stored",
        fontsize=11,
    )
    figure.align_ylabels(panels)
    return figure


def _units(count: int) -> str:
    return "one unit" if count == 1 else f"{count} units"

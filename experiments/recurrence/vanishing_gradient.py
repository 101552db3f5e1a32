"""How much of a gradient reaches the first of many timesteps (deck: "Vanishing and Exploding Gradient Problems").

After Hochreiter 1991 and Bengio et al. 1994: each step backwards multiplies the gradient by about the same matrix.
Weights that shrink it lose it, weights that stretch it blow it up. The task: each step brings a number, one of them is
marked, and after the last step the network has to tell it. The gradients are those of `recurrence/`, in NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jsonargparse.typing import PositiveFloat, PositiveInt

from experiments.recurrence import LearningConfig
from experiments.recurrence._learning import learn
from recurrence.coupled_lstm import CoupledLSTM
from recurrence.gru import GRU
from recurrence.lstm import LSTM
from recurrence.simple_rnn import SimpleRNN

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from lab.runs import Run

Recurrence = SimpleRNN | LSTM | CoupledLSTM | GRU


@dataclass(frozen=True)
class Config(LearningConfig):
    """The networks, what they are trained on, and how their gradients are measured."""

    training_steps: PositiveInt
    """Timesteps of a sequence in training."""
    timesteps: PositiveInt
    """Timesteps from the first state to the last, where gradients are measured."""
    examples: PositiveInt
    """Sequences to measure gradients on; the median is shown."""
    units: PositiveInt
    """Size of each network's state."""
    small: PositiveFloat
    """Factor of SimpleRNN's recurrent weights (orthogonal, as Keras draws them) that makes gradients vanish."""
    critical: PositiveFloat
    """Factor that leaves it to tanh; 1 is Keras's."""
    large: PositiveFloat
    """Factor that makes gradients explode."""
    open_bias: PositiveFloat
    """Initial bias of a second LSTM's forget gate; the first has Keras's 1."""
    descent_updates: PositiveInt
    """Updates of plain gradient descent, with and without clipping."""
    descent_rate: PositiveFloat
    """Its learning rate."""


def labels(config: Config) -> dict[str, str]:
    """The networks, by the names of their layers, in words."""
    return {
        "small": f"SimpleRNN, weights × {config.small:g}",
        "critical": f"SimpleRNN, weights × {config.critical:g}",
        "large": f"SimpleRNN, weights × {config.large:g}",
        "lstm": "LSTM, forget bias 1",
        "open_lstm": f"LSTM, forget bias {config.open_bias:g}",
        "coupled_lstm": "coupled LSTM, forget bias 1",
        "gru": "GRU",
    }


def build(config: Config) -> keras.Model:
    """Sequences, shape (batch, training_steps, 2), to each network's answer, shape (batch, networks).

    They share nothing but the sequences; side by side they train as one model, which goes on as one where it stopped.
    """
    import keras

    import layers.coupled_lstm
    import layers.gru

    def simple(name: str, scale: float) -> keras.Layer:
        start = keras.initializers.Orthogonal(gain=scale)
        return keras.layers.SimpleRNN(config.units, recurrent_initializer=start, name=name)

    sequences = keras.Input((config.training_steps, 2))
    networks = [
        simple("small", config.small),
        simple("critical", config.critical),
        simple("large", config.large),
        keras.layers.LSTM(config.units, name="lstm"),
        keras.layers.LSTM(config.units, name="open_lstm"),
        layers.coupled_lstm.CoupledLSTM(config.units, name="coupled_lstm"),
        layers.gru.GRU(config.units, name="gru"),
    ]
    answers = [keras.layers.Dense(1, name=f"{network.name}_answer")(network(sequences)) for network in networks]
    model = keras.Model(sequences, keras.layers.concatenate(answers))
    *kernels, bias = model.get_layer("open_lstm").get_weights()
    bias[config.units : 2 * config.units] = config.open_bias
    model.get_layer("open_lstm").set_weights([*kernels, bias])
    return model


def examples(rng: np.random.Generator, count: int, timesteps: int, marked: int | None = None) -> Any:
    """Sequences of (number, mark), shape (count, timesteps, 2), and their answers, shape (count, 1).

    Args:
        rng: What draws them.
        count: How many.
        timesteps: How long.
        marked: The timestep that is marked; None: any, for each sequence anew.
    """
    numbers = rng.uniform(-1, 1, (count, timesteps))
    where = rng.integers(0, timesteps, count) if marked is None else np.full(count, marked)
    marks = np.arange(timesteps) == where[:, None]
    sequences = np.stack([numbers, marks], axis=-1).astype("float32")
    return sequences, numbers[marks][:, None].astype("float32")


def perform(config: Config, run: Run) -> dict[str, Any]:
    """Measures, trains, measures again, and draws it; then gradient descent with and without clipping."""
    import keras

    from foundation.picture import save

    model = build(config)
    before = norms(model, config)  # of the initial weights, in a run that goes on too
    figures = learn(
        model,
        lambda rng, count: examples(rng, count, config.training_steps),
        config,
        run,
        "mean absolute error of all networks (guessing: 0.5)",
    )
    after = norms(model, config)
    sequences, truth = examples(np.random.default_rng([config.seed, 4]), 512, config.training_steps, marked=0)
    errors = np.abs(keras.ops.convert_to_numpy(model(sequences)) - truth).mean(axis=0)
    error = dict(zip(labels(config), errors.tolist(), strict=True))
    save(draw(config, before, after, error), run.folder / "gradient.png", dpi=150)
    descents = {str(clip): descend(config, clip) for clip in (None, config.clip_norm)}
    save(draw_descents(config, descents), run.folder / "clipping.png", dpi=150)

    falls = {name: {"initial": fall(before[name]), "trained": fall(after[name])} for name in before}
    more, critical = (falls[name]["initial"] / falls["lstm"]["initial"] for name in ("small", "critical"))
    lines = [
        f"over {config.timesteps} steps back, the gradient at the start of training falls to (and in the end to):",
        *(
            f"  {label:27}  {1 / falls[name]['initial']:.0e}  ({1 / falls[name]['trained']:.0e},"
            f" error {error[name]:.3f} over {config.training_steps - 1} steps; guessing 0.5)"
            for name, label in labels(config).items()
        ),
        f"at the start SimpleRNN falls {more:.0e} times as far as LSTM with bias 1 (weights × {config.small:g}),",
        f"or {critical:.0e} times (weights × {config.critical:g})",
    ]
    return {
        **figures,
        "fall": falls,
        "simple_rnn_falls_more_than_lstm_by": more,
        "error": error,
        "largest_gradient": {clip: float(descent["norm"].max()) for clip, descent in descents.items()},
        "summary": "\n".join(lines),
    }


def norms(model: keras.Model, config: Config) -> dict[str, np.ndarray]:
    """Each network's `along`, with the weights that it has now, where the first number is marked."""
    sequences, _ = examples(np.random.default_rng([config.seed, 3]), config.examples, config.timesteps + 1, marked=0)
    kinds: dict[str, Any] = {"lstm": LSTM, "open_lstm": LSTM, "coupled_lstm": CoupledLSTM, "gru": GRU}
    return {
        name: along(
            kinds.get(name, SimpleRNN).from_keras(model.get_layer(name).get_weights()),
            model.get_layer(f"{name}_answer").get_weights()[0][:, 0],
            sequences,
        )
        for name in labels(config)
    }


def along(recurrence: Recurrence, head: np.ndarray, sequences: np.ndarray) -> np.ndarray:
    """The norm of d(loss at the end)/d(state at t) for each t, as a multiple of the last: the median of all sequences.

    Args:
        recurrence: The network.
        head: The weights, shape (units,), that make its last output an answer. A loss's gradient there is these,
            multiplied by something that depends on the answer and not on t.
        sequences: Shape (batch, timesteps, features).
    """
    trace: Any = recurrence.forward(sequences)
    d_outputs = np.zeros_like(trace.h)
    d_outputs[:, -1] = head
    found = recurrence.backward(trace, d_outputs).norms
    return np.median(found / found[:, -1:], axis=0)


def fall(along: np.ndarray) -> float:
    """How many times smaller the gradient is at the first state than at the last; below 1 it has grown."""
    return float(1 / max(along[0], np.finfo(float).tiny))


def descend(config: Config, clip: float | None) -> dict[str, np.ndarray]:
    """Gradient descent on the SimpleRNN with large weights, its gradient clipped to a norm or not.

    Returns:
        For each update the "loss", the gradient's "norm" and the norm "applied", after clipping; and the "weights"'
        norm before the first update and after each.
    """
    rng = np.random.default_rng([config.seed, 5])
    rnn = SimpleRNN.initialise(2, config.units, rng, recurrent_scale=config.large)
    weights = {"W": rnn.W, "U": rnn.U, "b": rnn.b, "head": rng.standard_normal(config.units) / np.sqrt(config.units)}
    kept: dict[str, list[float]] = {"loss": [], "norm": [], "applied": [], "weights": [total_norm(weights)]}
    for _ in range(config.descent_updates):
        sequences, truth = examples(rng, config.batch_size, config.training_steps)
        head = weights["head"]
        rnn = SimpleRNN(weights["W"], weights["U"], weights["b"])
        trace = rnn.forward(sequences)
        errors = trace.h[:, -1] @ head - truth[:, 0]
        d_answers = 2 * errors / len(errors)
        d_outputs = np.zeros_like(trace.h)
        d_outputs[:, -1] = d_answers[:, None] * head
        found = rnn.backward(trace, d_outputs).weights
        gradient = {"W": found.W, "U": found.U, "b": found.b, "head": d_answers @ trace.h[:, -1]}
        applied = gradient if clip is None else clipped(gradient, clip)
        weights = {name: weights[name] - config.descent_rate * applied[name] for name in weights}
        kept["loss"].append(float((errors**2).mean()))
        kept["norm"].append(total_norm(gradient))
        kept["applied"].append(total_norm(applied))
        kept["weights"].append(total_norm(weights))
    return {name: np.array(values) for name, values in kept.items()}


def clipped(gradient: dict[str, np.ndarray], largest: float) -> dict[str, np.ndarray]:
    """The gradient, scaled down as a whole to the norm `largest` where it is larger (Pascanu et al. 2013)."""
    factor = min(1.0, largest / total_norm(gradient))
    return {name: factor * values for name, values in gradient.items()}


def total_norm(gradient: dict[str, np.ndarray]) -> float:
    """The Euclidean norm of all of a gradient's numbers together."""
    return float(np.sqrt(sum((values**2).sum() for values in gradient.values())))


COLOURS = {
    "small": "tab:red",
    "critical": "tab:orange",
    "large": "tab:purple",
    "lstm": "tab:blue",
    "open_lstm": "tab:cyan",
    "coupled_lstm": "tab:olive",
    "gru": "tab:green",
}


def draw(
    config: Config, before: dict[str, np.ndarray], after: dict[str, np.ndarray], error: dict[str, float]
) -> Figure:
    """Each network's gradient over time on a log scale: left as initialised, right as trained."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator

    figure = Figure(figsize=(12, 6.4), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    time = np.arange(-config.timesteps, 1)
    for axes, found, title in zip(
        panels,
        (before, after),
        ("As initialised", f"Trained on {config.training_steps} steps"),
        strict=True,
    ):
        for name, label in labels(config).items():
            told = f"{1 / fall(found[name]):.0e}"
            told += f"; error {error[name]:.2f}" if found is after else ""
            axes.semilogy(time, found[name], color=COLOURS[name], lw=2, label=f"{label}: {told}")
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


def draw_descents(config: Config, descents: dict[str, dict[str, np.ndarray]]) -> Figure:
    """The gradient's norm and the weights' at each update, with clipping and without."""
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

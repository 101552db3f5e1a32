"""How far gradients reach back in time, and gradient descent with and without clipping, in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.recurrence._gradient_networks import GradientConfig, examples, labels
from foundation.user_error import UserError
from recurrence.coupled_lstm import CoupledLSTM
from recurrence.gru import GRU
from recurrence.lstm import LSTM
from recurrence.simple_rnn import SimpleRNN

if TYPE_CHECKING:
    import keras

Recurrence = SimpleRNN | LSTM | CoupledLSTM | GRU


def norms(model: keras.Model, config: GradientConfig) -> dict[str, np.ndarray]:
    """Returns the result of `along` for each network with its present weights; the first number is marked."""
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
    """Returns the norm of d(loss)/d(state at t) for each t, relative to the last t: the median over all sequences.

    Args:
        recurrence: The network.
        head: The weights from its last output to the answer, shape (units,). The gradient of any loss with respect to
            the last output is a multiple of them, and the factor doesn't depend on t.
        sequences: Shape (batch, timesteps, features).

    Raises:
        UserError: a gradient explodes beyond float64.
    """
    trace: Any = recurrence.forward(sequences)
    d_outputs = np.zeros_like(trace.h)
    d_outputs[:, -1] = head
    with np.errstate(over="ignore", invalid="ignore"):
        norms = recurrence.backward(trace, d_outputs).norms
        shares = np.median(norms / norms[:, -1:], axis=0)
    if not np.isfinite(shares).all():
        raise UserError(
            f"over {len(shares) - 1} timesteps a gradient grows beyond what a number can hold; give smaller --timesteps"
        )
    return shares


def fall(along: np.ndarray) -> float:
    """Returns how many times smaller the gradient is at the first state than at the last; below 1 it has grown."""
    return float(1 / max(along[0], np.finfo(float).tiny))


def descend(config: GradientConfig, clip: float | None) -> dict[str, np.ndarray]:
    """Trains the SimpleRNN with large weights by gradient descent, with or without clipping.

    Returns:
        For each update the "loss", the "norm" of the gradient and the norm "applied", after clipping; and the norm of
        the "weights" before the first update and after each.
    """
    rng = np.random.default_rng([config.seed, 5])
    rnn = SimpleRNN.initialise(2, config.units, rng, recurrent_scale=config.large)
    weights = {"W": rnn.W, "U": rnn.U, "b": rnn.b, "head": rng.standard_normal(config.units) / np.sqrt(config.units)}
    history: dict[str, list[float]] = {"loss": [], "norm": [], "applied": [], "weights": [total_norm(weights)]}
    for _ in range(config.descent_updates):
        sequences, truth = examples(rng, config.batch_size, config.training_steps)
        head = weights["head"]
        rnn = SimpleRNN(weights["W"], weights["U"], weights["b"])
        trace = rnn.forward(sequences)
        errors = trace.h[:, -1] @ head - truth[:, 0]
        d_answers = 2 * errors / len(errors)
        d_outputs = np.zeros_like(trace.h)
        d_outputs[:, -1] = d_answers[:, None] * head
        slopes = rnn.backward(trace, d_outputs).weights
        gradient = {"W": slopes.W, "U": slopes.U, "b": slopes.b, "head": d_answers @ trace.h[:, -1]}
        applied = gradient if clip is None else clipped(gradient, clip)
        weights = {name: weights[name] - config.descent_rate * applied[name] for name in weights}
        history["loss"].append(float((errors**2).mean()))
        history["norm"].append(total_norm(gradient))
        history["applied"].append(total_norm(applied))
        history["weights"].append(total_norm(weights))
    return {name: np.array(values) for name, values in history.items()}


def clipped(gradient: dict[str, np.ndarray], largest: float) -> dict[str, np.ndarray]:
    """Returns the gradient, scaled down to the norm `largest` if its norm is larger (Pascanu et al. 2013)."""
    factor = min(1.0, largest / total_norm(gradient))
    return {name: factor * values for name, values in gradient.items()}


def total_norm(gradient: dict[str, np.ndarray]) -> float:
    """Returns the Euclidean norm of all numbers of a gradient together."""
    return float(np.sqrt(sum((values**2).sum() for values in gradient.values())))

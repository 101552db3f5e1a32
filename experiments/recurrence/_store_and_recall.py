"""The task of keeping a number until it is asked for, and an LSTM that learns it.

Each timestep brings a number and two flags, which are rarely set: store, and recall. The answer to a recall is the
number stored last; at all other timesteps it is 0. Numbers must be let in, kept, forgotten and let out: one gate each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from recurrence.lstm import LSTM, LSTMTrace

if TYPE_CHECKING:
    import keras


def build(timesteps: int, units: int) -> keras.Model:
    """Builds an LSTM from sequences, shape (batch, timesteps, 3), to an answer per timestep, (batch, timesteps, 1)."""
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, 3)),
            keras.layers.LSTM(units, return_sequences=True),
            keras.layers.Dense(1, use_bias=False),
        ]
    )


def examples(
    rng: np.random.Generator, count: int, timesteps: int, store_chance: float, recall_chance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Draws sequences of (number, store, recall), shape (count, timesteps, 3), and answers, (count, timesteps, 1)."""
    shape = (count, timesteps)
    numbers = rng.uniform(-1, 1, shape)
    stores, recalls = rng.random(shape) < store_chance, rng.random(shape) < recall_chance
    kept = np.zeros(shape)
    last = np.zeros(count)
    for t in range(timesteps):
        last = np.where(stores[:, t], numbers[:, t], last)
        kept[:, t] = last
    sequences = np.stack([numbers, stores, recalls], axis=-1)
    return sequences.astype("float32"), (kept * recalls)[..., None].astype("float32")


def through_numpy(network: keras.Model, sequences: np.ndarray) -> tuple[LSTMTrace, np.ndarray]:
    """Returns everything that the trained LSTM computes, and its answers, shape (batch, timesteps, 1)."""
    lstm, head = network.layers
    trace = LSTM.from_keras(lstm.get_weights()).forward(sequences)
    return trace, trace.h @ head.get_weights()[0]


def gate_means(trace: LSTMTrace) -> dict[str, dict[str, Any]]:
    """Returns the mean of each gate over all units, at timesteps with its flag and at the others."""
    stores, recalls = trace.inputs[..., 1] > 0, trace.inputs[..., 2] > 0
    return {
        gate: {"at": at, "then": float(values[flags].mean()), "else": float(values[~flags].mean())}
        for gate, values, at, flags in (
            ("forget gate", trace.f, "a store", stores),
            ("input gate", trace.i, "a store", stores),
            ("output gate", trace.o, "a recall", recalls),
        )
    }

"""The networks whose gradients are compared, and the sequences that they learn.

The task: each timestep brings a number, one of them is marked, and the answer after the last timestep is that number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jsonargparse.typing import PositiveFloat, PositiveInt

from experiments.recurrence._config import LearningConfig

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class GradientConfig(LearningConfig):
    """The networks, the sequences they are trained on, and how their gradients are measured."""

    training_steps: PositiveInt
    """Timesteps of a sequence in training."""
    timesteps: PositiveInt
    """Timesteps from the first state to the last, where gradients are measured."""
    examples: PositiveInt
    """Sequences to measure gradients on; the median is shown."""
    units: PositiveInt
    """Size of each network's state."""
    small: PositiveFloat
    """Factor on the recurrent weights of SimpleRNN (orthogonal, as in Keras) that makes gradients vanish."""
    critical: PositiveFloat
    """Factor 1, Keras's default: only tanh makes the gradient smaller."""
    large: PositiveFloat
    """Factor that makes gradients explode."""
    open_bias: PositiveFloat
    """Initial bias of the forget gate of a second LSTM; the first has Keras's 1."""
    descent_updates: PositiveInt
    """Updates of plain gradient descent, with and without clipping."""
    descent_rate: PositiveFloat
    """The learning rate of gradient descent."""


def labels(config: GradientConfig) -> dict[str, str]:
    """Returns the networks in words, by the names of their layers."""
    return {
        "small": f"SimpleRNN, weights × {config.small:g}",
        "critical": f"SimpleRNN, weights × {config.critical:g}",
        "large": f"SimpleRNN, weights × {config.large:g}",
        "lstm": "LSTM, forget bias 1",
        "open_lstm": f"LSTM, forget bias {config.open_bias:g}",
        "coupled_lstm": "coupled LSTM, forget bias 1",
        "gru": "GRU",
    }


def build(config: GradientConfig) -> keras.Model:
    """Builds all networks as one model: sequences, (batch, training_steps, 2), to answers, (batch, networks).

    The networks share nothing but the sequences. As one model they train and resume together.
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
    """Draws sequences of (number, mark), shape (count, timesteps, 2), and their answers, shape (count, 1).

    Args:
        rng: The random generator.
        count: Number of sequences.
        timesteps: Length of a sequence.
        marked: The timestep that is marked; None draws one for each sequence.
    """
    numbers = rng.uniform(-1, 1, (count, timesteps))
    where = rng.integers(0, timesteps, count) if marked is None else np.full(count, marked)
    marks = np.arange(timesteps) == where[:, None]
    sequences = np.stack([numbers, marks], axis=-1).astype("float32")
    return sequences, numbers[marks][:, None].astype("float32")

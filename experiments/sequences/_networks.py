"""The four models of the TCN paper: TCN, LSTM, GRU and SimpleRNN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.sequences._config import SequencesConfig
from foundation.user_error import UserError

if TYPE_CHECKING:
    import keras


def network(
    config: SequencesConfig, *, timesteps: int | None, inputs: int, outputs: int, every_step: bool
) -> keras.Model:
    """Builds the chosen model with one dense layer on top, without activation.

    Args:
        config: Which model, and its sizes.
        timesteps: Length of the sequences; None if it varies.
        inputs: Features of a timestep: sequences have shape (batch, timesteps, inputs).
        outputs: Size of an output.
        every_step: Whether there is an output at each timestep, shape (batch, timesteps, outputs), or only at the last
            one, shape (batch, outputs).
    """
    import keras

    layers = [*body(config, every_step), keras.layers.Dense(outputs)]
    return with_forget_bias(keras.Sequential([keras.Input((timesteps, inputs)), *layers]), config.forget_bias)


def body(config: SequencesConfig, every_step: bool) -> list[keras.Layer]:
    """Builds the chosen model's layers: (batch, timesteps, inputs) to (batch, timesteps, units) or (batch, units)."""
    import keras

    from layers.causal_conv import pytorch_uniform
    from layers.gru import GRU
    from layers.lstm import LSTM
    from layers.simple_rnn import SimpleRNN
    from layers.tcn import TCN

    if config.model == "tcn":
        if config.kernel_size is None:
            raise UserError("a TCN needs a kernel size; give a --kernel-size")
        return [
            TCN(
                config.units,
                config.kernel_size,
                config.layers,
                return_sequences=every_step,
                dropout=config.dropout,
                spatial_dropout=config.spatial_dropout,
                kernel_initializer=pytorch_uniform(),  # as in the authors' code
                seed=config.seed,
            )
        ]
    kinds = {"lstm": LSTM, "gru": GRU, "rnn": SimpleRNN}
    layers = []
    for level in range(config.layers):
        last = level == config.layers - 1
        layers += [
            kinds[config.model](config.units, return_sequences=every_step or not last),
            keras.layers.Dropout(config.dropout),
        ]
    return layers


def with_forget_bias(model: keras.Model, forget_bias: float) -> keras.Model:
    """Sets the biases of the forget gates of all LSTM layers, and returns the model."""
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.layers.LSTM):
            *kernels, bias = layer.get_weights()
            bias[layer.units : 2 * layer.units] = forget_bias
            layer.set_weights([*kernels, bias])
    return model

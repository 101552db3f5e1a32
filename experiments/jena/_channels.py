"""Models that forecast each target from its own past alone, all targets with the same weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.jena._config import JenaConfig

if TYPE_CHECKING:
    import keras


def targets_apart(config: JenaConfig, windows: Any) -> Any:
    """Returns the past of each target: (batch, timesteps, features) to (batch, targets, timesteps)."""
    import keras

    return keras.ops.transpose(keras.ops.take(windows, config.places, axis=2), (0, 2, 1))


def per_target(config: JenaConfig) -> int:
    """Returns how many numbers a network answers for one target."""
    return config.outputs // len(config.places)


def weighted_sums(config: JenaConfig) -> keras.layers.Layer:
    """Returns a layer from the past of each target to what is answered for it; its weights begin as PyTorch's do."""
    import keras

    from layers.causal_conv import pytorch_uniform

    return keras.layers.Dense(per_target(config), kernel_initializer=pytorch_uniform())


def together(config: JenaConfig, answers: Any) -> Any:
    """Returns answers in the order of `JenaConfig.outputs`: (batch, targets, per target) to (batch, outputs)."""
    import keras

    targets, ahead = len(config.places), config.rows_ahead
    apart = keras.ops.reshape(answers, (-1, targets, ahead, per_target(config) // ahead))
    return keras.ops.reshape(keras.ops.transpose(apart, (0, 2, 1, 3)), (-1, config.outputs))


def adam(config: JenaConfig, steps_per_epoch: int, keep: float, after: int) -> keras.Optimizer:
    """Returns Adam with a learning rate that falls from epoch to epoch.

    Args:
        config: The settings.
        steps_per_epoch: Batches in an epoch.
        keep: The factor with each epoch.
        after: The number of epochs before the rate falls.
    """
    import keras

    epochs = list(range(after, max(after + 1, config.epochs)))
    rates = [float(config.learning_rate) * keep**power for power in range(len(epochs) + 1)]
    boundaries = [epoch * steps_per_epoch for epoch in epochs]
    return keras.optimizers.Adam(keras.optimizers.schedules.PiecewiseConstantDecay(boundaries, rates))

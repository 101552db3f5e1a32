"""Causal convolutions whose reach doubles from level to level (deck: "Temporal Convolutional Network (TCN)")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import PositiveInt

from experiments.jena import JenaConfig
from lab.setting_types import DropoutRate, LayerCount

if TYPE_CHECKING:
    import keras

    from experiments.jena._problem import Weather
    from lab.runs import Run


@dataclass(frozen=True)
class Config(JenaConfig):
    """The convolutions' sizes, and their dropout."""

    filters: PositiveInt
    """Filters of each convolution."""
    kernel_size: PositiveInt
    """Timesteps that a filter spans."""
    levels: LayerCount
    """Stacked blocks of two convolutions; each block has twice the dilation of the one below."""
    dropout: DropoutRate
    """Fraction of the filters of each convolution dropped in training, the same at each timestep."""


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    from layers.causal_conv import pytorch_uniform
    from layers.tcn import TCN

    return keras.Sequential(
        [
            keras.Input(config.window),
            TCN(
                config.filters,
                config.kernel_size,
                config.levels,
                return_sequences=False,
                dropout=config.dropout,
                kernel_initializer=pytorch_uniform(),
            ),
            keras.layers.Dense(config.outputs),
        ]
    )


def draw(config: Config, network: keras.Model, run: Run, data: Weather) -> None:
    """Draws which part of a window the forecast depends on, to `receptive_field.png`."""
    from experiments import receptive_field

    receptive_field.draw(network.layers[0], config.window[0], run)

"""Attention sums up the hours of a day, then the days (deck: "Hierarchical Neural Attention Encoder")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jsonargparse.typing import PositiveInt

from experiments.jena import JenaConfig

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from experiments.jena._problem import Weather
    from lab.runs import Run

AVERAGED = 1000  # test windows whose weights are averaged


@dataclass(frozen=True)
class Config(JenaConfig):
    """The sizes of the attention."""

    units: PositiveInt
    """Size of each vector."""
    block: PositiveInt
    """Vectors that one attention averages."""

    @property
    def levels(self) -> int:
        """The fewest levels with which block^levels spans the window."""
        levels = 1
        while self.block > 1 and self.block**levels < self.window[0]:
            levels += 1
        return levels


def build(config: Config) -> keras.Model:
    """Builds a network from windows, shape (batch, timesteps, features), to forecasts, shape (batch, outputs)."""
    import keras

    from layers.hierarchical_attention_encoder import HierarchicalAttentionEncoder

    return keras.Sequential(
        [
            keras.Input(config.window),
            HierarchicalAttentionEncoder(config.units, config.block, config.levels),
            keras.layers.Dense(config.outputs),
        ]
    )


def draw(config: Config, network: keras.Model, run: Run, data: Weather) -> None:
    """Draws the first test window and what the encoder attends to, to `attention.png`."""
    import keras

    from experiments.jena._problem import conditions
    from foundation.picture import save

    series, splits = data.series, data.splits
    encoder = network.layers[0]
    rows = splits.test.rows[:: -(-len(splits.test) // AVERAGED)]
    parts = []
    for start in range(0, len(rows), 100):  # long windows are large
        windows = keras.ops.convert_to_tensor(splits.test.samples(rows[start : start + 100]))
        _, weights = encoder(windows, return_attention_scores=True)
        parts.append(keras.ops.convert_to_numpy(encoder.shares(weights, config.window[0])))
    shares = np.concatenate(parts)
    target = config.target_columns[0]
    seen = series.frame[target].iloc[rows[0] + splits.test.offsets]
    days = config.step * config.every.total_seconds() / 86400
    figure = _picture(seen.to_numpy(), "temperature (°C)" if config.unit else target, shares, days)
    figure.suptitle(
        f"{run.name}: how a window's samples weigh, from {seen.index[0]:%d.%m.%Y %H:%M}\n{conditions(config, series)}",
        fontsize=10,
    )
    save(figure, run.folder / "attention.png")


def _picture(values: np.ndarray, label: str, shares: np.ndarray, days: float) -> Figure:
    """Draws the values of a window, and below them its attention and the mean attention of all windows.

    Args:
        values: Shape (timesteps,).
        label: What they are.
        shares: The attention of each window, shape (windows, timesteps); the first is the window drawn.
        days: The time between two samples.
    """
    from matplotlib.figure import Figure

    back = days * np.arange(-len(values), 0)
    figure = Figure(figsize=(10, 6), layout="constrained")
    weather, weights = figure.subplots(2, sharex=True, height_ratios=[1, 1])
    weather.plot(back, values, color="0.7", lw=1)
    weather.scatter(back, values, s=4 + 120 * shares[0] / shares[0].max(), color="tab:blue", lw=0, zorder=2)
    weather.set_ylabel(label)
    weights.bar(back, 100 * shares[0], width=days, align="center", label="this window")
    weights.plot(back, 100 * shares.mean(axis=0), color="tab:orange", label=f"mean of {len(shares):,} test windows")
    weights.axhline(100 / len(back), color="black", lw=0.8, ls="--", label="all alike")
    weights.set(xlabel="days before now", ylabel="share of the sum (%)", ylim=(0, None))
    weights.legend(fontsize=8)
    for axes in (weather, weights):
        axes.grid(alpha=0.3)
        axes.margins(x=0.01)
    return figure

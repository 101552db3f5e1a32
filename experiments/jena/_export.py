"""A network with its scaling inside: from measurements in their own units to forecasts in theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.jena._config import JenaConfig

if TYPE_CHECKING:
    from experiments.protocol import Experiment
    from lab.export import Exported
    from lab.runs import Run


def export(experiment: Experiment, config: JenaConfig, run: Run) -> Exported:
    """Returns a finished run's network between two layers that scale its inputs and its answer."""
    import keras

    from lab.export import QUESTIONS, Exported
    from tables.spacing import span

    data = run.metrics()["data"]
    mean, std = np.array(data["mean"]), np.array(data["std"])
    network = experiment.network(config)
    run.load_weights(network)
    windows = keras.Input(config.window, name="windows")
    scaled = keras.layers.Rescaling((1 / std).tolist(), (-mean / std).tolist())(windows)
    levels = max(1, len(config.quantile_levels))
    size, middle = (np.repeat(np.tile(values[config.places], config.rows_ahead), levels) for values in (std, mean))
    model = keras.Model(windows, keras.layers.Rescaling(size.tolist(), middle.tolist())(network(scaled)))
    shape = (QUESTIONS, *config.window)
    normal = np.random.default_rng(0).normal(size=shape)
    inputs = (mean + std * normal).astype(np.float32)
    answers = network.predict(((inputs - mean) / std).astype(np.float32), verbose=0)
    columns = "the columns that its inputs() makes" if experiment.inputs else ", ".join(config.columns)
    quantiles = f", each as quantiles {config.quantiles}" if config.quantiles else ""
    about = (
        f"windows (batch, {config.window[0]}, {config.window[1]}), float32: a sample every "
        f"{span(config.step * config.every)}, the newest last, with {columns}; the answer (batch, {config.outputs}) is "
        f"{config.any_protocol()}{quantiles}"
    )
    return Exported(model, inputs, middle + size * answers.astype(float), about)

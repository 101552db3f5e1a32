"""A network with its scaling inside: from measurements in their own units to °C."""

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

    from jena.schema import COLUMNS, TEMPERATURE
    from lab.export import QUESTIONS, Exported

    data = run.metrics()["data"]
    mean, std = np.array(data["mean"]), np.array(data["std"])
    network = experiment.network(config)
    run.load_weights(network)
    windows = keras.Input(config.window, name="windows")
    scaled = keras.layers.Rescaling((1 / std).tolist(), (-mean / std).tolist())(windows)
    celsius = keras.layers.Rescaling(float(std[TEMPERATURE]), float(mean[TEMPERATURE]), name="celsius")
    model = keras.Model(windows, celsius(network(scaled)))
    shape = (QUESTIONS, *config.window)
    normal = np.random.default_rng(0).normal(size=shape)
    inputs = (mean + std * normal).astype(np.float32)
    answers = network.predict(((inputs - mean) / std).astype(np.float32), verbose=0)
    hours, ahead = (rows * config.spacing / 60 for rows in (config.step, config.delay))
    columns = "jena.derived's columns" if experiment.inputs else ", ".join(COLUMNS)
    about = (
        f"windows (batch, {config.window[0]}, {config.window[1]}), float32: a sample every {hours:g} h, the newest "
        f"last, with {columns}; the answer (batch, 1) is the temperature in °C {ahead:g} h "
        "after the end of the window"
    )
    return Exported(model, inputs, mean[TEMPERATURE] + std[TEMPERATURE] * answers.astype(float), about)

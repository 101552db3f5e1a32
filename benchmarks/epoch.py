"""One epoch of jena/gru, 500 batches and full validation on 420,551 rows, beside the deck's code as written.

`python -m benchmarks.epoch ours|deck [experiment]` prints the seconds of each epoch after the first, which compiles.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from benchmarks.timing import table

EPOCHS = 3


def main() -> None:
    """Prints the seconds of an epoch: alone on all cores, and two side by side."""
    ways = {
        "the deck's code": (["deck"], 1),
        "ours": (["ours"], 1),
        "ours, two side by side (make -j2)": (["ours"], 2),
        "the deck's code, two side by side": (["deck"], 2),
    }
    seconds = {name: statistics.median(side_by_side(words, count)) for name, (words, count) in ways.items()}
    whole = seconds["the deck's code"]
    table(
        "An epoch of jena/gru: 500 batches of 128 and full validation, 420,551 rows",
        [{"way": name, "seconds": s, "of the deck's": s / whole} for name, s in seconds.items()],
    )


def side_by_side(words: list[str], count: int = 1) -> list[float]:
    """Epoch seconds, of all processes, of `count` at once, as make would start them."""
    environment = os.environ | ({"MAKEFLAGS": f"-j{count}"} if count > 1 else {})
    command = [sys.executable, "-m", "benchmarks.epoch", *words]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        for _ in range(count)
    ]
    return [float(word) for process in processes for word in process.communicate()[0].split()]


def measure(way: str, name: str = "jena/gru", epochs: int = EPOCHS) -> list[float]:
    """The seconds of each epoch after the first."""
    from experiments import catalogue
    from jena.simulate import simulate
    from lab import environment
    from lab.settings import resolve

    environment.prepare()
    environment.load_backend()
    import keras
    import pandas as pd

    from experiments import jena
    from jena.read import Series

    class Clock(keras.callbacks.Callback):
        """Notes when each epoch, validation included, has ended."""

        ends: list[float] = []  # noqa: RUF012

        def on_epoch_end(self, epoch, logs=None):  # type: ignore[no-untyped-def]
            """Notes the time."""
            self.ends.append(time.perf_counter())

    experiment = catalogue.module(name)
    config = resolve(name, experiment.Config)
    series = Series(simulate(), pd.Timedelta(minutes=10), "simulated")
    splits = jena.cut(config, series)
    clock = Clock()
    if way == "deck":
        from benchmarks import deck

        network = deck_model(name, config)
        deck.fit(network, splits.training.data.astype("float64"), epochs, [clock], config.step)
    else:
        problem = jena.pose(config, series, splits)
        model = jena.forecaster(experiment.build(config), splits.training)
        model.compile(keras.optimizers.RMSprop(), loss="mae", metrics=["mae"], jit_compile=config.jit_compile)
        model.fit(
            (batch for epoch in range(epochs) for batch in problem.training(epoch)),
            steps_per_epoch=problem.steps_per_epoch,
            epochs=epochs,
            validation_data=problem.validation,
            validation_batch_size=problem.evaluation_batch,
            verbose=0,
            callbacks=[clock],
        )
    return [after - before for before, after in zip(clock.ends, clock.ends[1:], strict=False)]


def deck_model(name: str, config):  # type: ignore[no-untyped-def]
    """The experiment's model with Keras's own layers in place of ours."""
    import keras

    import layers.gru
    from experiments import catalogue

    ours, layers.gru.GRU = layers.gru.GRU, keras.layers.GRU
    try:
        return catalogue.module(name).build(config)
    finally:
        layers.gru.GRU = ours


if __name__ == "__main__":
    print(*measure(*sys.argv[1:]))

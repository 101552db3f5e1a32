"""An epoch, training and full validation on 420,551 rows, beside the deck's code as its readers type it.

`python -m benchmarks.epoch ours|deck [experiment] [share]` prints the seconds of each epoch after the first, which
compiles; with a share below 1, of that part of an epoch.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from typing import Any

from benchmarks.timing import table

EPOCHS = 3
STEPS = 500


def main() -> None:
    """Prints the seconds of an epoch of jena/gru: alone on all cores, and two side by side."""
    ways = {
        "the deck's code, alone": ("deck", 1),
        "ours, alone": ("ours", 1),
        "the deck's code, two side by side": ("deck", 2),
        "ours, two side by side (make -j2)": ("ours", 2),
    }
    seconds = {name: statistics.median(side_by_side([way], count)) for name, (way, count) in ways.items()}
    alone, beside = seconds["the deck's code, alone"], seconds["the deck's code, two side by side"]
    table(
        "An epoch of jena/gru: 500 batches of 128 and full validation, 420,551 rows",
        [
            {"way": name, "seconds": s, "of the deck's alone": s / alone, "of the deck's side by side": s / beside}
            for name, s in seconds.items()
        ],
    )


def side_by_side(words: list[str], count: int = 1) -> list[float]:
    """Epoch seconds, of all processes, of `count` at once, as make would start them."""
    environment = os.environ | ({"MAKEFLAGS": f"-j{count}"} if count > 1 else {})
    command = [sys.executable, "-m", "benchmarks.epoch", *words]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        for _ in range(count)
    ]
    printed = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        sys.exit(f"error: {' '.join(command)} failed; run it by hand to see why")
    return [float(word) for text in printed for word in text.split()]


def measure(way: str, name: str = "jena/gru", share: float = 1.0) -> list[float]:
    """The seconds of each epoch, or of its share, after the first."""
    from experiments import catalogue
    from lab import environment
    from lab.settings import resolve

    environment.prepare()
    environment.load_backend()
    import keras
    import pandas as pd

    from benchmarks import deck
    from experiments import jena
    from jena.read import Series
    from jena.simulate import simulate
    from lab import feeding

    class Clock(keras.callbacks.Callback):
        """Notes when each epoch, validation included, has ended."""

        def __init__(self) -> None:
            super().__init__()
            self.ends: list[float] = []

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            """Notes the time."""
            self.ends.append(time.perf_counter())

    experiment, clock = catalogue.module(name), Clock()
    config = resolve(name, experiment.Config)
    series = Series(simulate(), pd.Timedelta(minutes=10), "simulated")
    splits = jena.cut(config, series)
    steps = round(STEPS * share)
    if way == "deck":
        data = splits.training.data.astype("float64")
        deck.fit(deck.model(name, config), data, config.step, EPOCHS, steps, share, clock)
    else:
        problem = jena.pose(config, series, splits)
        model = jena.forecaster(experiment.build(config), splits.training)
        model.compile(keras.optimizers.RMSprop(), loss="mae", metrics=["mae"], jit_compile=config.jit_compile)
        rows, targets = (array[: round(len(problem.validation[0]) * share)] for array in problem.validation)
        model.fit(
            feeding.stream(batch for epoch in range(EPOCHS) for batch in problem.training(epoch)),
            steps_per_epoch=steps,
            epochs=EPOCHS,
            validation_data=feeding.whole((rows, targets), problem.evaluation_batch)["x"],
            shuffle=False,
            verbose=0,
            callbacks=[clock],
        )
    return [after - before for before, after in zip(clock.ends, clock.ends[1:], strict=False)]


if __name__ == "__main__":
    way, name, share = [*sys.argv[1:], *("ours", "jena/gru", "1")[len(sys.argv) - 1 :]]
    print(*measure(way, name, float(share)))

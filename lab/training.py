"""Trains one model to the end of its epochs, resumable after each, and keeps the best epoch's weights."""

from __future__ import annotations

import itertools
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

import keras
import pandas as pd

from foundation.atomic import atomic
from foundation.user_error import UserError
from lab import checkpoint, curves, environment, feeding
from lab.runs import Run

Examples = tuple[Any, Any] | list[tuple[Any, Any]]
"""Inputs and targets; a list of such pairs where their lengths vary."""
watchers: list[Callable[[Progress], None]] = []
"""Called when training begins or goes on, and after each epoch, once it is written down; so a sweep judges trials."""


@dataclass(frozen=True)
class Problem:
    """What a model is trained and judged on."""

    training: Callable[[int], Iterator[tuple[Any, Any]]]
    """Epoch, from 0, to its batches; the same epoch always gives the same batches."""
    steps_per_epoch: int
    validation: Examples
    test: Examples
    evaluation_batch: int
    """Examples in a batch of validation or test."""
    metric: str
    """The metric by which the best epoch is chosen, as the model was compiled with it."""
    label: str
    """That metric in words, with its unit."""
    record: dict[str, Any]
    """What the data are, for `metrics.json`."""
    conditions: str = ""
    """What a reader of a picture must know of the data; simulated data say so here."""
    derive: Callable[[dict[str, float]], dict[str, float]] = lambda metrics: metrics
    """Adds figures that follow from a model's metrics, such as degrees from normalised ones."""

    @property
    def better(self) -> Callable[[float, float], bool]:
        """Whether the first value of the metric is better than the second."""
        return float.__gt__ if self.metric == "accuracy" else float.__lt__


class Progress(keras.callbacks.Callback):
    """After each epoch: history, best weights if this was the best, and last the checkpoint that vouches for both."""

    def __init__(self, run: Run, problem: Problem, network: keras.Model, epochs: int, minutes: float | None) -> None:
        super().__init__()
        self.run, self.problem, self.network, self.epochs = run, problem, network, epochs
        self.budget = math.inf if minutes is None else 60 * minutes
        self.history: list[dict[str, float]] = []
        self.best: dict[str, float] | None = None
        self.seconds = 0.0
        self.quickest = math.inf
        self.interrupted = False

    @property
    def done(self) -> bool:
        """Whether the run has had all of its epochs, or all of its time."""
        return len(self.history) >= self.epochs or self.seconds >= self.budget

    def resume(self, model: keras.Model) -> None:
        """Takes up the run's checkpoint, if there is one."""
        if self.run.checkpoint_file.is_file():
            saved = checkpoint.load(self.run.checkpoint_file, model)
            self.history, self.best = saved["history"], saved["best"]
            self.seconds, self.quickest = saved["seconds"], saved["quickest"]
            self.write_history()

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Sees to it that Ctrl-C isn't lost: Python drops a KeyboardInterrupt that meets it collecting garbage."""
        in_main = threading.current_thread() is threading.main_thread()
        if in_main and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self.interrupt)

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Raises KeyboardInterrupt, as Python itself does, and remembers it to the epoch's end."""
        self.interrupted = True
        raise KeyboardInterrupt

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Starts the epoch's clock."""
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Writes the epoch down.

        Raises:
            UserError: the loss is no finite number any more.
            KeyboardInterrupt: there was one in this epoch that was lost.
        """
        row = {"epoch": epoch + 1, **{key: float(value) for key, value in (logs or {}).items()}}
        if not all(math.isfinite(value) for value in row.values()):
            raise UserError(
                f"the loss of {self.run.name} is no finite number in epoch {epoch + 1}: training diverged; "
                f"try a smaller --learning-rate (the epochs before it are kept in {self.run.folder})"
            )
        self.history.append(row)
        key = f"val_{self.problem.metric}"
        if self.best is None or self.problem.better(row[key], self.best[key]):
            self.best = row
            self.write_weights()
        took = time.perf_counter() - self.started
        self.seconds, self.quickest = self.seconds + took, min(self.quickest, took)
        self.write_history()
        times = {"seconds": self.seconds, "quickest": self.quickest}
        progress = {"history": self.history, "best": self.best, **times}
        checkpoint.save(self.run.checkpoint_file, self.model, progress)
        self.model.stop_training = self.seconds >= self.budget
        for watch in watchers:
            watch(self)
        if self.interrupted:
            raise KeyboardInterrupt

    def write_history(self) -> None:
        """Writes a row an epoch."""
        with atomic(self.run.history_file) as path:
            pd.DataFrame(self.history).to_csv(path, index=False, lineterminator="\n")

    def write_weights(self) -> None:
        """Writes the network's weights as the best so far."""
        with atomic(self.run.weights_file) as path:
            self.network.save_weights(path)


def train(
    model: keras.Model,
    problem: Problem,
    run: Run,
    epochs: int,
    network: keras.Model,
    *,
    tensorboard: bool = False,
    minutes: float | None = None,
) -> dict[str, Any]:
    """Trains `model`, or goes on training it, up to `epochs`, and leaves it with its best epoch's weights.

    Args:
        model: A compiled model with an optimizer.
        problem: Its data and its metric.
        run: Where it is written.
        epochs: How many; with 0 the model is only judged.
        network: The part of `model` whose weights are kept.
        tensorboard: Whether to write logs for TensorBoard too.
        minutes: Stop after the epoch in which training has taken so long, in all sittings together.

    Returns:
        The run's metrics, for `Run.finish`.

    Raises:
        UserError: training diverged.
    """
    progress = Progress(run, problem, network, epochs, minutes)
    model.optimizer.build(model.trainable_variables)
    run.write_json("environment.json", environment.describe())
    progress.resume(model)
    first = len(progress.history)
    if first:
        print(f"continuing after epoch {first} of {epochs}")
    callbacks: list[keras.callbacks.Callback] = [progress]
    if tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(run.folder / "tensorboard"))
    try:
        for watch in watchers:
            watch(progress)
        if not progress.done:
            validation = feeding.whole(problem.validation, problem.evaluation_batch)
            model.fit(
                feeding.stream(
                    (batch for epoch in itertools.count(first) for batch in problem.training(epoch)),
                    lengths_vary=isinstance(problem.validation, list),
                ),
                steps_per_epoch=problem.steps_per_epoch,
                epochs=epochs,
                initial_epoch=first,
                validation_data=validation["x"] if "y" not in validation else (validation["x"], validation["y"]),
                validation_batch_size=validation.get("batch_size"),
                callbacks=callbacks,
                shuffle=False,
                verbose=1 if sys.stdout.isatty() else 2,
            )
    finally:
        if progress.history:
            draw(run, problem, pd.DataFrame(progress.history))
    if progress.best is None:
        progress.write_weights()
    network.load_weights(run.weights_file)
    return {
        "name": run.name,
        "metric": problem.metric,
        "validation": judge(model, problem, problem.validation),
        "test": judge(model, problem, problem.test),
        "best_epoch": progress.best["epoch"] if progress.best else 0,
        "last": progress.history[-1] if progress.history else None,
        "epochs": len(progress.history),
        "parameters": network.count_params(),
        "seconds": round(progress.seconds, 1),
        # what else the machine did can only have added to an epoch's time
        "seconds_per_epoch": round(progress.quickest, 3) if progress.history else None,
        "data": problem.record,
    }


def judge(model: keras.Model, problem: Problem, examples: Examples) -> dict[str, float]:
    """The model's metrics on `examples`, and what derives from them."""
    found = model.evaluate(**feeding.whole(examples, problem.evaluation_batch), return_dict=True, verbose=0)
    return problem.derive({key: float(value) for key, value in found.items() if key != "loss"})


def draw(run: Run, problem: Problem, history: pd.DataFrame) -> None:
    """Draws the run's loss curve."""
    title = f"{run.name}: training and validation" + (f"\n{problem.conditions}" if problem.conditions else "")
    curves.draw(history, run.folder / "loss.png", metric=problem.metric, label=problem.label, title=title)

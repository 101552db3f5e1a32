"""Trains one model, can resume after every epoch, and keeps the weights of the best epoch."""

from __future__ import annotations

import itertools
import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import pandas as pd

from foundation.atomic import atomic
from foundation.user_error import UserError
from lab import checkpoint, curves, environment, feeding, settings
from lab.metric import better
from lab.runs import DIVERGED, Run, readable

Examples = tuple[Any, Any] | list[tuple[Any, Any]]
"""Inputs and targets; a list of such pairs if their lengths vary."""
WORTH_SAYING = 20
"""Seconds of training left of which the terminal says so."""
Watch = Callable[["Progress"], None]
"""Called when training starts or resumes, and after each epoch, once the epoch is written to disk."""


@dataclass(frozen=True)
class Baseline:
    """What a model is measured against."""

    name: str
    """In words, such as "the mean"."""
    validation: dict[str, float]
    """Its metrics."""
    test: dict[str, float]


@dataclass(frozen=True)
class Problem:
    """The data and the metric that a model is trained and evaluated with."""

    training: Callable[[int], Iterator[tuple[Any, Any]]]
    """Maps an epoch, counted from 0, to its batches. The same epoch always gives the same batches."""
    steps_per_epoch: int
    validation: Examples
    test: Examples
    evaluation_batch: int
    """Examples in a batch of validation or test."""
    metric: str
    """The name of the Keras metric that chooses the best epoch."""
    label: str
    """The metric in words, with the unit that the learning curve shows."""
    record: dict[str, Any]
    """A description of the data, for `metrics.json`."""
    conditions: str = ""
    """The data and the protocol in one line, for titles of pictures. Simulated data say so here."""
    derive: Callable[[dict[str, float]], dict[str, float]] = lambda metrics: metrics
    """Adds figures that follow from the metrics, such as degrees Celsius from normalised errors."""
    factor: float = 1.0
    """What one unit of the metric is in the label's unit."""
    baseline: Baseline | None = None


class Progress(keras.callbacks.Callback):
    """Writes each epoch to disk: the history, the weights if they are the best so far, and last the checkpoint."""

    def __init__(
        self, run: Run, problem: Problem, network: keras.Model, epochs: int, minutes: float | None, watch: Watch
    ) -> None:
        super().__init__()
        self.run, self.problem, self.network, self.epochs, self.watch = run, problem, network, epochs, watch
        self.budget = math.inf if minutes is None else 60 * minutes
        self.history: list[dict[str, float]] = []
        self.best: dict[str, float] | None = None
        self.seconds = 0.0
        self.quickest = math.inf

    @property
    def done(self) -> bool:
        """Whether the run has used all of its epochs or all of its time."""
        return len(self.history) >= self.epochs or self.seconds >= self.budget

    def resume(self, model: keras.Model) -> None:
        """Resumes from the run's checkpoint, if there is one."""
        if self.run.checkpoint_file.is_file():
            metric = self.problem.metric
            saved = checkpoint.load(self.run.checkpoint_file, model, ("epoch", metric, f"val_{metric}"))
            self.history, self.best = saved["history"], saved["best"]
            self.seconds, self.quickest = saved["seconds"], saved["quickest"]
            self.write_history()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Starts timing the epoch."""
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Writes the epoch to disk.

        Raises:
            UserError: the loss is no longer a finite number.
        """
        row = {"epoch": epoch + 1, **{key: float(value) for key, value in (logs or {}).items()}}
        if not all(math.isfinite(value) for value in row.values()):
            self.run.write_json(DIVERGED, row | {key: str(value) for key, value in row.items() if key != "epoch"})
            raise UserError(
                f"training of {self.run.name} diverged: the loss is no finite number in epoch {epoch + 1}; "
                f"try a smaller --learning-rate (earlier epochs are kept in {self.run.folder})"
            )
        self.history.append(row)
        key = f"val_{self.problem.metric}"
        if self.best is None or better(self.problem.metric, row[key], self.best[key]):
            self.best = row
            self.write_weights()
        took = time.perf_counter() - self.started
        self.seconds, self.quickest = self.seconds + took, min(self.quickest, took)
        self.write_history()
        times = {"seconds": self.seconds, "quickest": self.quickest}
        progress = {"history": self.history, "best": self.best, **times}
        checkpoint.save(self.run.checkpoint_file, self.model, progress)
        self.model.stop_training = self.seconds >= self.budget
        left = self.quickest * (self.epochs - len(self.history))
        if len(self.history) > 1 and left >= WORTH_SAYING and not self.model.stop_training:
            print(f"about {in_words(min(left, self.budget - self.seconds))} left")
        self.watch(self)

    def write_history(self) -> None:
        """Writes the history, one row per epoch."""
        with atomic(self.run.history_file) as path:
            pd.DataFrame(self.history).to_csv(path, index=False, lineterminator="\n")

    def write_weights(self) -> None:
        """Writes the network's weights as the best so far."""
        with environment.interrupts_kept_back():
            checkpoint.save_weights(self.run.weights_file, self.network)


def train(
    model: keras.Model,
    problem: Problem,
    run: Run,
    epochs: int,
    network: keras.Model,
    *,
    tensorboard: bool = False,
    minutes: float | None = None,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """Trains `model` up to `epochs`, resuming if it can, and leaves it with the weights of its best epoch.

    Args:
        model: A compiled model with an optimizer.
        problem: The data and the metric.
        run: The folder to write to.
        epochs: How many to train; with 0, or without weights to train, the model is only evaluated.
        network: The part of `model` whose weights are saved.
        tensorboard: Whether to also write logs for TensorBoard.
        minutes: Stops after the epoch in which the training time, summed over all resumed sessions, reaches this.
        watch: Called when training starts or resumes, and after each epoch; a sweep follows its trials with it.

    Returns:
        The run's metrics, for `Run.finish`.

    Raises:
        UserError: training diverged.
    """
    epochs = epochs if model.trainable_variables else 0
    progress = Progress(run, problem, network, epochs, minutes, watch or (lambda progress: None))
    model.optimizer.build(model.trainable_variables)
    progress.resume(model)
    first = len(progress.history)
    run.write_json("environment.json", _environment(run, continued=first > 0))
    if first:
        print(f"continuing after epoch {first} of {epochs}")
    callbacks: list[keras.callbacks.Callback] = [progress]
    if tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(run.folder / "tensorboard", write_graph=False))
    try:
        progress.watch(progress)
        if not progress.done:
            validation = feeding.whole(problem.validation, problem.evaluation_batch)
            print("The first epoch starts slowly: it compiles the network.", flush=True)
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
    run.load_weights(network)
    return {
        "name": run.name,
        "metric": problem.metric,
        "validation": evaluate(model, problem, problem.validation),
        "test": evaluate(model, problem, problem.test),
        "best_epoch": progress.best["epoch"] if progress.best else 0,
        "last": progress.history[-1] if progress.history else None,
        "epochs": len(progress.history),
        "parameters": network.count_params(),
        "seconds": round(progress.seconds, 1),
        # other work on the machine only makes an epoch slower, so the quickest one is the fairest
        "seconds_per_epoch": round(progress.quickest, 3) if progress.history else None,
        "data": problem.record,
        **({"baseline": _record(problem, problem.baseline)} if problem.baseline else {}),
    }


def _environment(run: Run, continued: bool) -> dict[str, Any]:
    """Returns what the run runs on and with; if it is continued elsewhere, also what it ran on before."""
    now = environment.describe()
    before = readable(Run.environment, run, quiet=True) if continued else None
    if not before:
        return now
    earlier = [one for one in (*before.pop("earlier", ()), before) if one != now]
    return {**now, "earlier": earlier} if earlier else now


def _record(problem: Problem, baseline: Baseline) -> dict[str, Any]:
    figures = {split: problem.derive(getattr(baseline, split)) for split in ("validation", "test")}
    return {"name": baseline.name, **figures}


def in_words(seconds: float) -> str:
    """Returns a time in minutes, or in seconds if it is short."""
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def evaluate(model: keras.Model, problem: Problem, examples: Examples) -> dict[str, float]:
    """Returns the model's metrics on `examples`, with the figures derived from them."""
    metrics = model.evaluate(**feeding.whole(examples, problem.evaluation_batch), return_dict=True, verbose=0)
    return problem.derive({key: float(value) for key, value in metrics.items() if key != "loss"})


def draw(run: Run, problem: Problem, history: pd.DataFrame) -> None:
    """Draws the run's loss curve."""
    conditions = "; ".join(filter(None, [problem.conditions, settings.in_words(run.settings()["profiles"])]))
    title = f"{run.name}: training and validation" + (f"\n{conditions}" if conditions else "")
    curves.draw(
        history,
        run.folder / "loss.png",
        metric=problem.metric,
        label=problem.label,
        title=title,
        factor=problem.factor,
        baseline=(problem.baseline.name, problem.baseline.validation[problem.metric]) if problem.baseline else None,
    )

"""One trial, in a worker's process: an ordinary run that ends after its last epoch, before it sees the test set.

The same settings, run on their own, continue from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from foundation.user_error import UserError
from lab import environment, run_files
from lab.runs import BusyError, Run
from lab.sweep.cores import keep_to_own
from lab.sweep.space import Point
from lab.sweep.trials import Trial

if TYPE_CHECKING:
    from lab.training import Progress, Watch

Start = Callable[[Point, int, "Watch"], Run]
"""Runs a point with a seed, or resumes it, as an ordinary command would; training calls the watch after each epoch."""
T = TypeVar("T")
PATIENCE = 60
"""Seconds to wait for a run that another process holds: a killed sweep's workers take a while to die."""


class LastEpochReached(Exception):  # noqa: N818, a trial is meant to end with it
    """The run's last epoch is over."""


class EpochReporter:
    """Reports each epoch of a run to Ray Tune once, also those of earlier sittings, and ends the run after its last.

    An instance is a `lab.training.Watch`.
    """

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    def __call__(self, progress: Progress) -> None:
        """Reports the epochs that are new.

        Raises:
            LastEpochReached: there are no more.
        """
        problem = progress.problem
        self.describe(progress.run, problem.metric, problem.conditions)
        self.report(progress.history, progress.done)
        if progress.done and progress.history:
            raise LastEpochReached

    def describe(self, run: Run, metric: str, conditions: str) -> None:
        """Adds to the trial what is known once its run has started."""
        data = run.settings()["data"]
        self.trial = replace(self.trial, folder=str(run.folder), metric=metric, conditions=conditions, data=data)

    def report(self, history: Sequence[Mapping[Any, Any]], done: bool) -> None:
        """Reports the epochs that weren't reported yet. A trial counts as stopped unless more epochs follow."""
        for row in history[self.trial.epochs :]:
            now = replace(self.trial, value=float(row[f"val_{self.trial.metric}"]), best_epoch=int(row["epoch"]))
            best = now if now.score < self.trial.score else self.trial
            last = done and row is history[-1]
            self.trial = replace(best, epochs=int(row["epoch"]), state="trained" if last else "stopped")
            _report(self.trial)


def attempt(trial: Trial, start: Start, threads: int) -> None:
    """Runs one trial, and reports each of its epochs to Ray Tune.

    An error of the run is reported as a failed trial. Ray repeats a trial only if its worker dies.
    """
    reporter = EpochReporter(replace(trial, state="open", reason="", value=None, best_epoch=0, epochs=0))
    try:
        if trial.state == "trained":
            run = Run(Path(trial.folder))
        else:
            keep_to_own(threads)
            environment.prepare(threads)
            run = patiently(lambda: start(trial.point, trial.seed, reporter))
        _report_finished(reporter, run, trial.epochs)
    except LastEpochReached:
        pass
    except Exception as error:
        text = " ".join(str(error).split())
        reason = text if isinstance(error, UserError) else f"{type(error).__name__}: {text}"
        _report(replace(reporter.trial, state="failed", reason=reason))


def patiently(start: Callable[[], T]) -> T:
    """Returns what `start` returns; tries again for a while if another process holds the run."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(BusyError):
            return start()
        time.sleep(1)
    return start()


def _report_finished(reporter: EpochReporter, run: Run, epochs: int) -> None:
    """Reports a run that was finished before the trial started: complete, or trained for all of these epochs."""
    if run.complete:
        metrics = run.metrics()
        if "metric" not in metrics:
            raise UserError(f"{run.name} has no metric on validation to compare trials by")
        reporter.describe(run, metrics["metric"], metrics["data"]["conditions"])
        history = run.history()
        if history is None:
            value = metrics["validation"][metrics["metric"]]
            _report(replace(reporter.trial, state="trained", value=value))
            return
    else:
        history = run_files.history(run.history_file, reporter.trial.metric, epochs)
    reporter.report(history.to_dict("records"), done=True)


def _report(trial: Trial) -> None:
    from ray import tune

    tune.report({"score": trial.score, "epoch": trial.epochs, "trial": asdict(trial)})

"""Reports a sweep's progress: a line in the terminal for each trial, and its end in `trials.json`."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, TextIO

from ray import tune

from lab.sweep.cluster import NodeLostError, Watchman
from lab.sweep.trials import Trial, TrialsFile


class ProgressReporter(tune.Callback):
    """Called by Ray Tune when a trial starts, ends, or loses its worker.

    Args:
        trials_file: Where trials are written.
        total: Trials to run.
        out: Where lines are printed.
    """

    def __init__(self, trials_file: TrialsFile, total: int, out: TextIO) -> None:
        self.trials_file, self.total, self.out = trials_file, total, out
        self.started = time.monotonic()
        self.ended = 0
        self.watchman = Watchman()
        self.node_lost = False

    def __getstate__(self) -> dict[str, Any]:
        """Leaves out the open file: Ray stores callbacks with its own record of a sweep."""
        return {key: value for key, value in vars(self).items() if key != "out"}

    def on_step_end(self, iteration: int, trials: list[Any], **info: Any) -> None:
        """Checks Ray's node from time to time.

        Raises:
            NodeLostError: it died.
        """
        try:
            self.watchman.check()
        except NodeLostError:
            self.node_lost = True
            raise

    def on_trial_start(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Writes a trial that starts for the first time."""
        started = Trial(**trial.config["trial"])
        if started.label not in self.trials_file.trials:
            self.trials_file.write(started)

    def on_trial_complete(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Reports a trial that ended."""
        self.report(Trial(**trial.last_result["trial"]))

    def on_trial_error(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Reports a trial that lost too many workers."""
        lost = Trial(**trial.config["trial"])
        self.report(replace(lost, state="failed", reason=f"it lost its worker {trial.num_failures} times"))

    def on_trial_recover(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Reports a trial that continues in another worker."""
        self.print(f"lost a worker: {Trial(**trial.config['trial']).label} runs again")

    def report(self, trial: Trial) -> None:
        """Writes a trial that ended, and prints its line."""
        self.trials_file.write(trial)
        self.ended += 1
        minutes = (time.monotonic() - self.started) / 60
        value = "" if trial.value is None else f": {trial.metric} {trial.value:.4f} (epoch {trial.best_epoch})"
        state = {"trained": "done", "stopped": f"stopped after epoch {trial.epochs}"}.get(trial.state, trial.state)
        why = f"\n  {trial.reason}" if trial.reason else ""
        self.print(f"{self.ended}/{self.total} {state} at {minutes:.1f} min: {trial.label}{value}{why}")

    def print(self, line: str) -> None:
        """Prints a line at once."""
        print(line, file=self.out, flush=True)

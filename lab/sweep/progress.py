"""Tells in a line a trial how a sweep on Ray Tune goes on, and writes it down."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, TextIO

import ray
from ray import tune

from lab.sweep.trials import Record, Trial

LOOK = 5.0
"""Seconds between looks at whether Ray's node on this machine is alive; without it a sweep would wait for ever."""


class NodeLostError(Exception):
    """Ray's node on this machine died."""


class Teller(tune.Callback):
    """Called by Ray Tune when a trial begins, ends, or loses its worker."""

    def __init__(self, record: Record, number: int, out: TextIO) -> None:
        self.record, self.number, self.out = record, number, out
        self.began = self.looked = time.monotonic()
        self.ended = 0
        self.node = ray.get_runtime_context().get_node_id()
        self.node_lost = False

    def __getstate__(self) -> dict[str, Any]:
        """Ray keeps callbacks with a sweep's record, and can't keep an open file."""
        return {key: value for key, value in vars(self).items() if key != "out"}

    def on_step_end(self, iteration: int, trials: list[Any], **info: Any) -> None:
        """Looks at Ray's node now and then.

        Raises:
            NodeLostError: it died.
        """
        if time.monotonic() < self.looked + LOOK:
            return
        self.looked = time.monotonic()
        if not any(node["NodeID"] == self.node and node["Alive"] for node in ray.nodes()):
            self.node_lost = True
            raise NodeLostError

    def on_trial_start(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Writes down that it was begun; it may be begun again."""
        begun = Trial(**trial.config["trial"])
        if begun.label not in self.record.trials:
            self.record.put(begun)

    def on_trial_complete(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Writes down how it ended."""
        self.tell(Trial(**trial.last_result["trial"]))

    def on_trial_error(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Writes down that it lost more workers than it may."""
        lost = Trial(**trial.config["trial"])
        self.tell(replace(lost, state="failed", reason=f"it lost its worker {trial.num_failures} times"))

    def on_trial_recover(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Tells that it goes on elsewhere."""
        print(f"lost a worker: {Trial(**trial.config['trial']).label} runs again", file=self.out, flush=True)

    def tell(self, trial: Trial) -> None:
        """Prints the line."""
        self.record.put(trial)
        self.ended += 1
        minutes = (time.monotonic() - self.began) / 60
        figure = "" if trial.value is None else f": {trial.metric} {trial.value:.4f} (epoch {trial.best_epoch})"
        state = {"trained": "done", "stopped": f"stopped after epoch {trial.epochs}"}.get(trial.state, trial.state)
        why = f"\n  {trial.reason}" if trial.reason else ""
        print(
            f"{self.ended}/{self.number} {state} at {minutes:.1f} min: {trial.label}{figure}{why}",
            file=self.out,
            flush=True,
        )

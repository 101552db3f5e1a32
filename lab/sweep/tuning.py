"""Runs a sweep: many ordinary runs side by side, on Ray Tune.

`lab.sweep.trials` writes each trial as it ends, so Ray's own record of a sweep isn't kept.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lab.sweep import space as search_space
from lab.sweep.cluster import LOST, Machine, NodeLostError, connected, require, trials_at_a_time
from lab.sweep.space import Method, Space
from lab.sweep.trials import Trial, TrialsFile, open_trials
from lab.sweep.worker import Start, attempt

RAY_SETTINGS = {
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",
    "RAY_AIR_NEW_OUTPUT": "0",
    "RAY_CHDIR_TO_TRIAL_DIR": "0",
}


@dataclass(frozen=True)
class Plan:
    """What to try."""

    folder: Path
    """The sweep's folder, see `lab.sweep.trials.sweep_folder`."""
    method: Method
    space: Space
    seeds: int
    """Runs of each point."""
    count: int | None
    """Points to try; None for a grid, whose values determine it."""
    asha: bool
    """Whether to stop poor trials early (Li et al. 2018)."""


def sweep(plan: Plan, machine: Machine, start: Start) -> list[Trial]:
    """Runs the trials that are still to run, and prints a line as each of them ends.

    Returns:
        Every trial of the plan, including those of earlier sittings.

    Raises:
        UserError: Ray isn't installed, there is no cluster at the address, or another process works on this sweep.
    """
    with open_trials(plan.folder, plan.space) as trials_file:
        for starts_left in reversed(range(LOST)):
            known = _trials(plan, trials_file)
            remaining = [trial for trial in known if not _finished(trial, plan)]
            if remaining and plan.asha and plan.method != "tpe":  # ASHA compares them with those that ended earlier
                remaining = known
            suggestions = (plan.count or 0) * plan.seeds - len(known) if plan.method == "tpe" else 0
            total = len(remaining) + suggestions
            if not total:
                break
            try:
                _tune(plan, machine, start, trials_file, known, remaining, total)
                break
            except NodeLostError:
                if machine.address or not starts_left:
                    raise
                print("Ray died on this machine; the sweep starts it again", flush=True)
        return _trials(plan, trials_file)


def _finished(trial: Trial, plan: Plan) -> bool:
    return trial.state == "trained" or (trial.state == "stopped" and plan.asha)


def _trials(plan: Plan, trials_file: TrialsFile) -> list[Trial]:
    """Returns the plan's trials, first seeds first. TPE has only the points that were suggested so far."""
    if plan.method == "tpe":
        suggested = {search_space.label(trial.point): trial.point for trial in trials_file.trials.values()}
        points = list(suggested.values())[: plan.count]
    else:
        points = search_space.grid(plan.space) if plan.count is None else search_space.draws(plan.space, plan.count)
    return [trials_file.find(point, seed) for seed in range(plan.seeds) for point in points]


def _tune(
    plan: Plan,
    machine: Machine,
    start: Start,
    trials_file: TrialsFile,
    known: Sequence[Trial],
    remaining: Sequence[Trial],
    total: int,
) -> None:
    """Runs the remaining trials, and those that TPE suggests, on Ray Tune."""
    require("a sweep", "ray", "optuna")
    os.environ.update(RAY_SETTINGS)  # before the import, which reads them
    from ray import tune

    from lab.sweep.progress import ProgressReporter

    scratch = plan.folder / "ray"
    shutil.rmtree(scratch, ignore_errors=True)
    here = Path.cwd()

    def run_trial(config: dict[str, Any]) -> None:
        os.chdir(here)
        attempt(Trial(**config["trial"]), start, machine.cpus)

    terminal = sys.stdout  # for our lines; Ray's own are discarded
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere), connected(machine):
        reporter = ProgressReporter(trials_file, total, terminal)
        search: dict[str, Any] = {}
        param_space: dict[str, Any] = {}
        if plan.method == "tpe":
            from lab.sweep.tpe import TPE

            search = {"search_alg": TPE(plan.space, plan.seeds, known, remaining), "num_samples": total}
        else:
            param_space = {"trial": tune.grid_search([asdict(trial) for trial in remaining])}
        if plan.asha:
            search["scheduler"] = tune.schedulers.ASHAScheduler(time_attr="epoch", max_t=10**6, reduction_factor=3)
        tuner = tune.Tuner(
            tune.with_resources(run_trial, {"cpu": machine.cpus, "gpu": machine.gpus}),
            param_space=param_space,
            tune_config=tune.TuneConfig(
                metric="score",
                mode="min",
                max_concurrent_trials=trials_at_a_time(machine, in_turn=plan.method == "tpe"),
                reuse_actors=True,  # importing TensorFlow takes longer than training a quick trial
                **search,
            ),
            run_config=tune.RunConfig(
                name=scratch.name,
                storage_path=str(scratch.parent.absolute()),
                failure_config=tune.FailureConfig(max_failures=LOST),
                callbacks=[reporter],
                verbose=0,
            ),
        )
        # an ordinary kill ends like Ctrl-C, with a line
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            tuner.fit()
        except tune.TuneError as error:
            if not reporter.node_lost:
                raise
            raise NodeLostError("Ray's node on this machine died; run the same command again to continue") from error
    shutil.rmtree(scratch, ignore_errors=True)

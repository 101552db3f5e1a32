"""Sweeps: many ordinary runs side by side, on Ray Tune, on this machine or on a cluster.

A trial is a run that ends after its last epoch, before the test set is looked at; the same settings, run by
themselves, go on from there. What was tried is written down as each trial ends (`lab.sweep.trials`), so Ray's own
record of a sweep is never needed again.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from foundation.user_error import UserError
from lab import environment
from lab.runs import RESULTS, BusyError, Run
from lab.sweep import space as search_space
from lab.sweep.cores import keep_to_own
from lab.sweep.space import Method, Point, Space
from lab.sweep.trials import Record, Trial

if TYPE_CHECKING:
    from lab.training import Progress

Start = Callable[[Point, int], Run]
"""Runs a point with a seed, as an ordinary command would."""
LOST = 3  # workers that a trial may lose before it counts as failed
PATIENCE = 60
"""Seconds that a trial waits for a run that another process holds: a killed sweep's last breath takes some."""
OBJECT_STORE = 100_000_000  # bytes; trials hand nothing to each other
FOR_WORKERS = ("LAB_DATA_MIRROR", "KERAS_BACKEND")


@dataclass(frozen=True)
class Plan:
    """What to try."""

    folder: Path
    """Where the sweep is written."""
    method: Method
    space: Space
    seeds: int
    """Runs of each point."""
    count: int | None
    """Points to try; None for a grid, which has its own number."""
    asha: bool
    """Whether to stop poor trials early (Li et al. 2018)."""


@dataclass(frozen=True)
class Machine:
    """What to try it on."""

    workers: int | None
    """Trials at a time; None for as many as there is room for."""
    cpus: int
    """Cores of a trial."""
    gpus: float
    """GPUs of a trial."""
    address: str | None
    """A Ray cluster's; None for this machine alone."""

    @property
    def room(self) -> int:
        """Trials at a time on this machine."""
        return self.workers or max(1, environment.cores() // self.cpus)


def sweep(plan: Plan, machine: Machine, start: Start) -> list[Trial]:
    """Tries what hasn't been tried, and tells of each trial as it ends.

    Returns:
        Every trial of the plan, as it ended now or earlier.

    Raises:
        UserError: Ray isn't installed or has no cluster there, or another process is at this sweep.
    """
    record = Record(plan.folder)
    with record.claimed():
        for more in reversed(range(LOST)):
            known = _trials(plan, record)
            left = [trial for trial in known if not _over(trial, plan)]
            if left and plan.asha and plan.method != "tpe":  # what judges these must know the others
                left = known
            new = (plan.count or 0) * plan.seeds - len(known) if plan.method == "tpe" else 0
            number = len(left) + new
            if not number:
                break
            try:
                _try(plan, machine, start, record, known, left, number)
                break
            except NodeLostError:
                if machine.address or not more:
                    raise
                print("Ray is gone; the sweep begins it again", flush=True)
        return _trials(plan, record)


def _over(trial: Trial, plan: Plan) -> bool:
    return trial.state == "trained" or (trial.state == "stopped" and plan.asha)


def _trials(plan: Plan, record: Record) -> list[Trial]:
    """The plan's trials, the first seed of all points first; of TPE, those of the points suggested already."""
    if plan.method == "tpe":
        begun = {search_space.label(trial.point): trial.point for trial in record.trials.values()}
        points = list(begun.values())[: plan.count]
    else:
        points = search_space.grid(plan.space) if plan.count is None else search_space.draws(plan.space, plan.count)
    return [record.find(point, seed) for seed in range(plan.seeds) for point in points]


def _try(
    plan: Plan,
    machine: Machine,
    start: Start,
    record: Record,
    known: Sequence[Trial],
    left: Sequence[Trial],
    number: int,
) -> None:
    for package in ("ray", "optuna"):
        if importlib.util.find_spec(package) is None:
            raise UserError(f"a sweep needs {package}, which isn't installed; make sweep installs it")
    for switch in ("TUNE_DISABLE_AUTO_CALLBACK_LOGGERS", "TUNE_DISABLE_SIGINT_HANDLER"):
        os.environ[switch] = "1"
    os.environ["RAY_AIR_NEW_OUTPUT"] = os.environ["RAY_CHDIR_TO_TRIAL_DIR"] = "0"
    from ray import tune

    from lab.sweep.progress import Teller

    scratch = plan.folder / "ray"
    shutil.rmtree(scratch, ignore_errors=True)
    here = Path.cwd()

    def trial(config: dict[str, Any]) -> None:
        os.chdir(here)
        attempt(Trial(**config["trial"]), start, machine.cpus)

    out = sys.stdout
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere), _cluster(machine):
        teller = Teller(record, number, out)  # while Ray prints what it likes
        if plan.method == "tpe":
            from lab.sweep.tpe import TPE

            search: dict[str, Any] = {"search_alg": TPE(plan.space, plan.seeds, known, left), "num_samples": number}
            space = {}
        else:
            search, space = {}, {"trial": tune.grid_search([asdict(one) for one in left])}
        if plan.asha:
            search["scheduler"] = tune.schedulers.ASHAScheduler(time_attr="epoch", max_t=10**6, reduction_factor=3)
        tuner = tune.Tuner(
            tune.with_resources(trial, {"cpu": machine.cpus, "gpu": machine.gpus}),
            param_space=space,
            tune_config=tune.TuneConfig(
                metric="score",
                mode="min",
                max_concurrent_trials=_at_a_time(plan, machine),
                reuse_actors=True,  # TensorFlow's import takes longer than a quick trial's training
                **search,
            ),
            run_config=tune.RunConfig(
                name=scratch.name,
                storage_path=str(scratch.parent.absolute()),
                failure_config=tune.FailureConfig(max_failures=LOST),
                callbacks=[teller],
                verbose=0,
            ),
        )
        # so that an ordinary kill is told in a line too
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            tuner.fit()
        except tune.TuneError as error:
            if not teller.node_lost:
                raise
            raise NodeLostError("Ray's node on this machine died; the same command goes on") from error
    shutil.rmtree(scratch, ignore_errors=True)


def _at_a_time(plan: Plan, machine: Machine) -> int | None:
    """At most so many trials; a cluster that grows takes more, but where suggestions must wait for results."""
    if machine.address is None or machine.workers:
        return machine.room
    if plan.method != "tpe":
        return None
    import ray

    return max(1, int(ray.cluster_resources().get("CPU", 1)) // machine.cpus)


@contextlib.contextmanager
def _cluster(machine: Machine) -> Iterator[None]:
    """Ray, on this machine or joined there."""
    import logging

    import ray

    variables = {key: os.environ[key] for key in FOR_WORKERS if key in os.environ}
    variables |= {"LAB_RESULTS": str(RESULTS.absolute()), "PYTHONPATH": str(Path(__file__).parent.parent)}
    room = {
        "num_cpus": machine.room * machine.cpus,
        "object_store_memory": OBJECT_STORE,
        "include_dashboard": False,
    }
    try:
        ray.init(
            address=machine.address or "local",
            runtime_env={"env_vars": variables},
            log_to_driver=False,
            logging_level=logging.CRITICAL,
            **({} if machine.address else room),  # type: ignore[arg-type]
        )
    except ConnectionError as error:
        raise UserError(
            f"there is no Ray cluster at {machine.address}, or it wants RAY_AUTH_MODE=token; docs/cluster.md has more"
        ) from error
    except Exception as error:
        if "timed out during startup" not in str(error):  # Ray has no class for it
            raise
        ray.shutdown()
        raise NodeLostError("Ray took too long to come up, as on a busy machine; the same command goes on") from error
    try:
        yield
    finally:
        ray.shutdown()


def attempt(trial: Trial, start: Start, threads: int) -> None:
    """One trial, in a worker's process: tells Ray Tune how far it has come, from its first epoch on.

    What goes wrong in the run is told as its end; only a lost worker makes Ray try again.
    """
    if trial.state == "trained":
        _tell_over(trial, Run(Path(trial.folder)))
        return
    keep_to_own(threads)
    environment.prepare(threads)
    environment.load_backend()
    from lab import training

    watch = Watch(Trial(trial.point, trial.seed))
    training.watchers[:] = [watch]
    until = time.monotonic() + PATIENCE
    while True:
        try:
            run = start(trial.point, trial.seed)
        except Trained:
            return
        except BusyError as busy:
            if time.monotonic() < until:
                time.sleep(1)
                continue
            _report(replace(watch.trial, state="failed", reason=str(busy)))
        except Exception as error:
            text = " ".join(str(error).split())
            reason = text if isinstance(error, UserError) else f"{type(error).__name__}: {text}"
            _report(replace(watch.trial, state="failed", reason=reason))
        else:
            _tell_over(watch.trial, run)
        return


class NodeLostError(UserError):
    """Ray's node on this machine died, or didn't come up."""


class Trained(Exception):  # noqa: N818, it is the end that a trial should have
    """The run's last epoch is over."""


class Watch:
    """Tells Ray Tune of each epoch of a run once, those of earlier sittings too, and ends the run after its last."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    def __call__(self, progress: Progress) -> None:
        """Tells what is new.

        Raises:
            Trained: that was all.
        """
        problem = progress.problem
        self.trial = replace(
            self.trial,
            folder=str(progress.run.folder),
            metric=problem.metric,
            conditions=problem.conditions,
            data=progress.run.settings()["data"],
        )
        self.tell(progress.history, progress.done)
        if progress.done and progress.history:
            raise Trained

    def tell(self, history: Sequence[dict[str, float]], done: bool) -> None:
        """Tells of the epochs that haven't been told; a trial counts as stopped unless it goes on after them."""
        for row in history[self.trial.epochs :]:
            now = replace(self.trial, value=float(row[f"val_{self.trial.metric}"]), best_epoch=int(row["epoch"]))
            best = now if now.score < self.trial.score else self.trial
            last = done and row is history[-1]
            self.trial = replace(best, epochs=int(row["epoch"]), state="trained" if last else "stopped")
            _report(self.trial)


def _tell_over(trial: Trial, run: Run) -> None:
    """Tells of a run that was over before the trial."""
    if run.complete and not run.metrics().get("metric"):
        _report(replace(trial, state="failed", reason=f"{run.name} has no figure on validation to compare"))
        return
    if run.complete:
        metrics = run.metrics()
        trial = replace(
            trial,
            folder=str(run.folder),
            metric=metrics["metric"],
            conditions=metrics["data"]["conditions"],
            data=run.settings()["data"],
        )
    if run.history_file.is_file():
        watch = Watch(replace(trial, state="open", value=None, best_epoch=0, epochs=0))
        watch.tell(pd.read_csv(run.history_file).to_dict("records"), done=True)  # type: ignore[arg-type]
    else:
        _report(replace(trial, state="trained", value=metrics["validation"][trial.metric]))


def _report(trial: Trial) -> None:
    from ray import tune

    tune.report({"score": trial.score, "epoch": trial.epochs, "trial": asdict(trial)})

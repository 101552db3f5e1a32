"""The folder of a run and what is in it: `results/<experiment>/seed<seed>-<digest of its settings>`."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from filelock import FileLock, Timeout

from foundation import yaml_files
from foundation.atomic import PREFIX, atomic
from foundation.user_error import UserError
from lab import environment, identity, run_files

if TYPE_CHECKING:
    import pandas as pd

RESULTS = Path(os.environ.get("LAB_RESULTS") or Path(__file__).parent.parent / "results")
DIVERGED = "diverged.json"
"""Written by a training that diverges."""
PATIENCE = 1.0
"""Seconds that a run waits for its lock. `list` and `report` hold it for a moment to see whether a run is running."""

T = TypeVar("T")


class BusyError(UserError):
    """Another process is working on the run."""


@dataclass(frozen=True)
class Run:
    """One run's folder and the files in it."""

    folder: Path

    @property
    def name(self) -> str:
        """The experiment, such as "jena/gru"."""
        return "/".join(self.folder.parts[-3:-1])

    @property
    def settings_file(self) -> Path:
        """The resolved settings as YAML, with the profiles, the data's fingerprint and the backend beside them."""
        return self.folder / "settings.yaml"

    @property
    def history_file(self) -> Path:
        """Losses and metrics as CSV, one row per epoch."""
        return self.folder / "history.csv"

    @property
    def metrics_file(self) -> Path:
        """The results of a finished run as JSON. A run is complete when this file exists."""
        return self.folder / "metrics.json"

    @property
    def weights_file(self) -> Path:
        """The weights of the best epoch."""
        return self.folder / "best.weights.h5"

    @property
    def checkpoint_file(self) -> Path:
        """Everything that an interrupted run needs to continue; removed when the run is complete."""
        return self.folder / "checkpoint.npz"

    @property
    def complete(self) -> bool:
        """Whether the run has finished."""
        return os.path.lexists(self.metrics_file)

    @property
    def trained(self) -> bool:
        """Whether training has come to its end: there are losses, and no checkpoint to resume from."""
        return self.history_file.is_file() and not (self.checkpoint_file.exists() or self.diverged or self.running)

    @property
    def diverged(self) -> bool:
        """Whether training ended because the loss was no longer a finite number."""
        return not self.complete and (self.folder / DIVERGED).is_file()

    @property
    def running(self) -> bool:
        """Whether a process is working on the run now."""
        if self.complete or not (self.folder / ".lock").exists():
            return False
        try:
            with FileLock(self.folder / ".lock", blocking=False):
                return False
        except Timeout:
            return True

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Reserves the run for this process, and removes what a killed process left half written.

        The system releases the lock when the process dies.

        Raises:
            BusyError: another process is working on the run.
        """
        try:
            with FileLock(self.folder / ".lock", timeout=PATIENCE):
                for leftover in self.folder.glob(PREFIX + "*"):
                    leftover.unlink(missing_ok=True)
                if self.complete:
                    self.checkpoint_file.unlink(missing_ok=True)
                yield
        except Timeout as error:
            raise BusyError(f"another process is working on {self.folder}; wait for it or stop it") from error

    def settings(self) -> dict[str, Any]:
        """Returns the resolved settings under "settings", with "profiles", "data" and "backend" beside them.

        Raises:
            UserError: the file is damaged.
        """
        return run_files.settings(self.settings_file)

    def metrics(self) -> dict[str, Any]:
        """Returns the run's results.

        Raises:
            UserError: the file is damaged.
        """
        return run_files.metrics(self.metrics_file)

    def history(self) -> pd.DataFrame | None:
        """Returns a complete run's losses and metrics, a row per epoch, or None if there was nothing to train.

        Raises:
            UserError: the file is damaged or missing.
        """
        metrics = self.metrics()
        if not metrics.get("epochs") or "metric" not in metrics:
            return None
        return run_files.history(self.history_file, metrics["metric"], metrics["epochs"])

    def forecasts(self) -> pd.DataFrame | None:
        """Returns the columns time, truth and forecast of `forecasts.csv`, or None if the run has no forecasts.

        Raises:
            UserError: the file is damaged.
        """
        path = self.folder / "forecasts.csv"
        return run_files.forecasts(path) if os.path.lexists(path) else None

    def environment(self) -> dict[str, Any]:
        """Returns what the run ran on and with, or nothing if that wasn't recorded.

        Raises:
            UserError: the file is damaged.
        """
        path = self.folder / "environment.json"
        return run_files.environment(path) if os.path.lexists(path) else {}

    def load_weights(self, network: Any) -> None:
        """Loads the best epoch's weights into a Keras model.

        Raises:
            UserError: the weights are damaged, missing, or belong to another model.
        """
        try:
            network.load_weights(self.weights_file)
        except Exception as error:  # a damaged HDF5 file raises errors of many kinds
            why = " ".join(str(error).split())
            raise UserError(
                f"{self.weights_file} is damaged or belongs to another model ({why}); "
                f"move {self.folder} away and run {self.name} again"
            ) from error

    def finish(self, metrics: dict[str, Any]) -> None:
        """Marks the run as complete: writes its metrics and removes its checkpoint."""
        self.write_json(self.metrics_file.name, metrics)
        self.checkpoint_file.unlink(missing_ok=True)

    def write_json(self, file: str, content: Any) -> None:
        """Writes `content` as JSON, whole or not at all."""
        with atomic(self.folder / file) as path:
            path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def run_of(name: str, config: Any, fingerprint: str, root: Path = RESULTS) -> Run:
    """Returns the run of these settings on these data; its folder may not exist yet.

    Args:
        name: The experiment.
        config: Its resolved settings, a dataclass with a `seed`; `lab.identity` says which of them name the folder.
        fingerprint: The data's.
        root: The folder of all results.
    """
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    return Run(root / name / f"seed{config.seed}-{identity.digest(config, fingerprint, backend)}")


def perform(
    name: str,
    config: Any,
    work: Callable[[Run], dict[str, Any]],
    *,
    fingerprint: str,
    profiles: tuple[str, ...],
    about: str = "",
) -> Run:
    """Performs one run from beginning to end, or leaves it alone if it is complete.

    Args:
        name, config, fingerprint: See `run_of`.
        work: Does the run's work and returns its metrics. The run is locked, the backend loaded and its seed set.
        profiles: The profiles that the settings came from, for the record.
        about: A line or two on the data, printed first.

    Raises:
        BusyError: another process is working on the run.
        UserError: its folder can't be created.
    """
    run = run_of(name, config, fingerprint)
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"the folder {run.folder} can't be created ({error.strerror}); LAB_RESULTS names another for all results"
        ) from error
    with run.locked():
        if run.complete:
            print(f"{name} is complete")
            return run
        if readable(Run.settings, run, quiet=True) is None:
            content = {"profiles": list(profiles), "data": fingerprint, "settings": dataclasses.asdict(config)}
            content["backend"] = os.environ.get("KERAS_BACKEND", "tensorflow")
            yaml_files.dump(run.settings_file, content)
        if about:
            print(about)
        environment.load_backend()
        import keras  # not at the top: `list` imports this module and needs no backend

        keras.utils.clear_session()  # forgets the layers of earlier runs in this process
        keras.utils.set_random_seed(config.seed)
        try:
            metrics = work(run)
        except Exception:
            if {path.name for path in run.folder.iterdir()} <= {".lock", "settings.yaml", "environment.json"}:
                shutil.rmtree(run.folder)  # nothing was trained, as with settings that no network can have
            raise
        run.finish(metrics)
    return run


def all_runs(name: str = "", root: Path = RESULTS) -> Iterator[Run]:
    """Yields every run of an experiment, of a group, or of all groups, in the order of their folders."""
    depth = 3 - len([part for part in name.split("/") if part])
    pattern = "/".join(["*"] * depth) if depth else ""
    files = ("settings.yaml", "metrics.json")  # either makes it a run; without the other it is a damaged one
    yield from map(Run, sorted({path.parent for file in files for path in (root / name).glob(f"{pattern}/{file}")}))


def complete_runs(name: str = "", root: Path = RESULTS) -> list[Run]:
    """Returns every complete run of an experiment, of a group, or of all groups, in the order of their folders."""
    return [run for run in all_runs(name, root) if run.complete]


def sound_runs(name: str = "", root: Path = RESULTS, quiet: bool = False) -> list[Run]:
    """Returns the complete runs whose settings, metrics and history can be read.

    Args:
        name: An experiment, a group, or nothing for all groups.
        root: The folder of all results.
        quiet: Doesn't say on stderr which runs are left out, and why.
    """
    sound = []
    for run in all_runs(name, root):
        if run.complete and readable(lambda run: (run.settings(), run.history()), run, quiet) is not None:
            sound.append(run)
        elif not run.complete and run.trained and not quiet:
            print(f"left out: {run.metrics_file} is missing; the command that made the run mends it", file=sys.stderr)
    return sound


def readable(read: Callable[[Run], T], run: Run, quiet: bool = False) -> T | None:
    """Returns what `read(run)` returns, or None if the file is damaged, which a line on stderr says.

    Args:
        read: Reads a file of a run, such as `Run.forecasts`.
        run: The run.
        quiet: Doesn't print the line.
    """
    try:
        return read(run)
    except UserError as error:
        if not quiet:
            print(f"left out: {error}", file=sys.stderr)
        return None

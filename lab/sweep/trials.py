"""What a sweep has tried: its folder, and `trials.json` in it, written whenever a trial ends."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from filelock import FileLock, Timeout

from foundation.atomic import atomic
from foundation.user_error import UserError
from lab import identity
from lab.identity import Part
from lab.metric import as_loss
from lab.run_files import LARGEST
from lab.runs import Run
from lab.sweep.space import Method, Point, Space, label

State = Literal["open", "trained", "stopped", "failed"]
IN_SWEEP: tuple[Part, ...] = ("result", "length", "data")
"""The settings that tell a sweep from the experiment's other sweeps, unless it varies them."""


@dataclass(frozen=True)
class Trial:
    """A point and a seed, which together make a run, and how far that run has come."""

    point: Point
    seed: int
    state: State = "open"
    """trained: its last epoch is over; stopped: the sweep stopped it early, because others did better."""
    reason: str = ""
    """Why it failed."""
    folder: str = ""
    """The run's folder, once it is known."""
    metric: str = ""
    """The metric that trials are compared by, such as "mae"."""
    value: float | None = None
    """The metric's best value on validation."""
    best_epoch: int = 0
    epochs: int = 0
    """Epochs trained so far."""
    conditions: str = ""
    """The data and the protocol in one line."""
    data: str = ""
    """The data's fingerprint."""

    @property
    def label(self) -> str:
        """The point and the seed in words."""
        return f"{label(self.point)}, seed {self.seed}"

    @property
    def score(self) -> float:
        """The value as a loss: lower is better. Infinite for a run that has no value or that failed."""
        if self.value is None or self.state == "failed":
            return math.inf
        return as_loss(self.metric, self.value)


def sweep_folder(root: Path, method: Method, space: Space, config: Any, backend: str) -> Path:
    """Returns the folder of a sweep: the settings that it varies, and a digest of everything that its trials share.

    Args:
        root: The folder of the experiment's results.
        method: How points are chosen.
        space: What is varied.
        config: The resolved settings of all trials, an instance of the experiment's `Config`.
        backend: Keras's backend, such as "tensorflow".
    """
    shared = identity.identifying(config, IN_SWEEP, without=space)
    dimensions = {key: asdict(dimension) for key, dimension in space.items()}
    record = json.dumps([method, dimensions, shared, backend], sort_keys=True)
    digest = hashlib.sha256(record.encode()).hexdigest()[:6]
    return root / "sweeps" / "-".join([method, *space, digest])


class TrialsFile:
    """A sweep's `trials.json`: its trials in the order in which they were started. `open_trials` opens it."""

    def __init__(self, folder: Path, space: Space) -> None:
        self.file = folder / "trials.json"
        self.trials = {trial.label: trial for trial in _read(self.file, space)}

    def write(self, trial: Trial) -> None:
        """Writes a trial as it is now."""
        self.trials[trial.label] = trial
        with atomic(self.file) as path:
            path.write_text(json.dumps([asdict(one) for one in self.trials.values()], indent=1), encoding="utf-8")

    def find(self, point: Point, seed: int) -> Trial:
        """Returns the trial as it was written, or an open one if there is none or if its run was deleted since."""
        new = Trial(point, seed)
        trial = self.trials.get(new.label, new)
        run = Run(Path(trial.folder))
        return trial if trial.state == "failed" or run.history_file.is_file() or run.complete else new


@contextmanager
def open_trials(folder: Path, space: Space) -> Iterator[TrialsFile]:
    """Reserves a sweep's folder for this process, and reads its trials.

    The system releases the folder when the process dies.

    Raises:
        UserError: another process is working on the sweep, or its file is damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", blocking=False):
            yield TrialsFile(folder, space)
    except Timeout as error:
        raise UserError(f"another process is working on {folder}; wait for it or stop it") from error


def _read(file: Path, space: Space) -> list[Trial]:
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(entries, list):
            raise TypeError("it holds no list of trials")
        return [_trial(entry, space) for entry in entries]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, RecursionError, IsADirectoryError) as error:
        raise UserError(
            f"{file} is damaged ({error}); delete it, and the same command makes it anew from the finished runs"
        ) from error


def _trial(entry: Any, space: Space) -> Trial:
    """Returns the trial that an entry of the file describes.

    Raises:
        ValueError, TypeError: the entry isn't a trial of this sweep.
    """
    example = Trial({}, 0, value=0.0)
    if not isinstance(entry, dict) or set(entry) != set(vars(example)):
        raise TypeError("a trial in it lacks a key, or has one that trials don't have")
    trial = Trial(**entry)
    for key, value in vars(example).items():
        if type(entry[key]) is not type(value) and not (key == "value" and entry[key] is None):
            raise TypeError(f"{key} of a trial in it is {entry[key]!r}")
    if trial.state not in get_args(State) or not abs(trial.value or 0) < LARGEST:
        raise ValueError(f"a trial in it has the state {trial.state!r} and the value {trial.value}")
    if set(trial.point) != set(space) or not all(space[key].holds(value) for key, value in trial.point.items()):
        raise ValueError(f"{trial.label!r} is no trial of this sweep")
    if trial.state in ("trained", "stopped") and (trial.value is None or not trial.metric):
        raise ValueError(f"{trial.label!r} has no value")
    return trial

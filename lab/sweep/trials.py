"""What a sweep tried and what became of it: written down as each trial ends, so that a killed sweep goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from foundation.atomic import atomic
from foundation.user_error import UserError
from lab.runs import Run
from lab.sweep.space import Point, label


@dataclass(frozen=True)
class Trial:
    """A point and a seed, which make a run, and how far that has come."""

    point: Point
    seed: int
    state: Literal["open", "trained", "stopped", "failed"] = "open"
    """trained: to its last epoch; stopped: early, by the sweep, for others did better."""
    reason: str = ""
    """Why it failed."""
    folder: str = ""
    """The run's, once it is known."""
    metric: str = ""
    """What is judged, such as "mae"."""
    value: float | None = None
    """The best of it on validation."""
    best_epoch: int = 0
    epochs: int = 0
    """How many it has had."""
    conditions: str = ""
    """What a reader of its figure must know of the data."""
    data: str = ""
    """The data's fingerprint."""

    @property
    def label(self) -> str:
        """The point and the seed in words."""
        return f"{label(self.point)}, seed {self.seed}"

    @property
    def score(self) -> float:
        """The less, the better; infinite without a figure, and for a run that failed after some."""
        if self.value is None or self.state == "failed":
            return float("inf")
        return -self.value if self.metric == "accuracy" else self.value


class Record:
    """A sweep's trials in its folder, in the order in which they were begun."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "trials.json"
        self.trials: dict[str, Trial] = {}
        if self.file.is_file():
            for entry in json.loads(self.file.read_text(encoding="utf-8")):
                self.trials[Trial(**entry).label] = Trial(**entry)

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Holds the sweep for this process; the system gives it up when the process dies.

        Raises:
            UserError: another process holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / ".lock", blocking=False):
                yield
        except Timeout as error:
            raise UserError(f"another process is at work on {self.folder}; wait for it or stop it") from error

    def put(self, trial: Trial) -> None:
        """Writes down a trial as it is now."""
        self.trials[trial.label] = trial
        with atomic(self.file) as path:
            path.write_text(json.dumps([asdict(one) for one in self.trials.values()], indent=1), encoding="utf-8")

    def find(self, point: Point, seed: int) -> Trial:
        """The trial as it was written down; open where it wasn't, or where its run has been cleared away since."""
        new = Trial(point, seed)
        found = self.trials.get(new.label, new)
        run = Run(Path(found.folder))
        return found if found.state == "failed" or run.history_file.is_file() or run.complete else new

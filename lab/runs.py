"""Where a run lives: a folder in `results/` named by its experiment, its seed and a digest of its settings."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from foundation.atomic import PREFIX, atomic
from foundation.user_error import UserError
from lab import environment

YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where it was built
RESULTS = Path(os.environ.get("LAB_RESULTS", Path(__file__).parent.parent / "results"))


class BusyError(UserError):
    """Another process is at work on a run."""


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
        """The resolved settings, the profiles among them, as YAML."""
        return self.folder / "settings.yaml"

    @property
    def history_file(self) -> Path:
        """A row an epoch: losses and metrics, as CSV."""
        return self.folder / "history.csv"

    @property
    def metrics_file(self) -> Path:
        """What a finished run reached, as JSON; a run is complete when it is there."""
        return self.folder / "metrics.json"

    @property
    def weights_file(self) -> Path:
        """The weights of the best epoch."""
        return self.folder / "best.weights.h5"

    @property
    def checkpoint_file(self) -> Path:
        """All that an interrupted run needs to go on; gone when it is complete."""
        return self.folder / "checkpoint.npz"

    @property
    def complete(self) -> bool:
        """Whether the run came to its end."""
        return self.metrics_file.is_file()

    @property
    def running(self) -> bool:
        """Whether a process is at work in it now."""
        if self.complete or not (self.folder / ".lock").exists():
            return False
        try:
            with self.claimed():
                return False
        except BusyError:
            return True

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Holds the run for this process; the system gives it up when the process dies. Clears away what that left.

        Raises:
            BusyError: another process holds it.
        """
        try:
            with FileLock(self.folder / ".lock", blocking=False):
                for left in self.folder.glob(PREFIX + "*"):
                    left.unlink(missing_ok=True)
                if self.complete:
                    self.checkpoint_file.unlink(missing_ok=True)
                yield
        except Timeout as error:
            raise BusyError(f"another process is at work on {self.folder}; wait for it or stop it") from error

    def settings(self) -> dict[str, Any]:
        """The resolved settings, under "settings", and "profiles" and "data" beside them."""
        return dict(yaml.load(self.settings_file.read_text(encoding="utf-8"), YAML))

    def metrics(self) -> dict[str, Any]:
        """What the run reached."""
        return dict(json.loads(self.metrics_file.read_text(encoding="utf-8")))

    def load_weights(self, network: Any) -> None:
        """Puts the best epoch's weights into a Keras model.

        Raises:
            UserError: they are damaged, gone, or of another model.
        """
        try:
            network.load_weights(self.weights_file)
        except (OSError, ValueError) as error:
            why = " ".join(str(error).split())
            raise UserError(f"{self.weights_file} doesn't fit ({why}); run {self.name} anew") from error

    def finish(self, metrics: dict[str, Any]) -> None:
        """Marks the run complete: its metrics are known, and its checkpoint isn't needed any more."""
        self.write_json(self.metrics_file.name, metrics)
        self.checkpoint_file.unlink(missing_ok=True)

    def write_json(self, file: str, content: Any) -> None:
        """Writes `content` as JSON, whole or not at all."""
        with atomic(self.folder / file) as path:
            path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def open_run(name: str, config: Any, *, fingerprint: str, profiles: tuple[str, ...] = (), root: Path = RESULTS) -> Run:
    """The run of these settings on the data of this fingerprint: made anew, or found as an earlier process left it.

    Args:
        name: The experiment.
        config: Its resolved settings, a dataclass with a `seed`; fields marked `metadata={"result": False}` change
            how a run works and not what comes out, so they don't tell runs apart.
        fingerprint: The data's. It and the backend tell runs apart too.
        profiles: The profiles that the settings came by, for the record.
        root: The folder of all results.
    """
    settings = dataclasses.asdict(config)
    results = {f.name: settings[f.name] for f in dataclasses.fields(config) if f.metadata.get("result", True)}
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    record = json.dumps({"settings": results, "data": fingerprint, "backend": backend}, sort_keys=True)
    digest = hashlib.sha256(record.encode()).hexdigest()[:8]
    run = Run(root / name / f"seed{config.seed}-{digest}")
    run.folder.mkdir(parents=True, exist_ok=True)
    if not run.settings_file.is_file():
        content = {"profiles": list(profiles), "data": fingerprint, "backend": backend, "settings": settings}
        with atomic(run.settings_file) as path:
            path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return run


def carry_out(
    name: str,
    config: Any,
    work: Callable[[Run], dict[str, Any]],
    *,
    fingerprint: str,
    profiles: tuple[str, ...],
    about: str = "",
) -> Run:
    """One run from its opening to its end: `work` does it and returns its metrics; a complete one is left as it is.

    Args:
        name, config, fingerprint, profiles: As `open_run` takes them.
        work: Called with the run, claimed, once the backend is there and its seed set.
        about: What to print first.
    """
    run = open_run(name, config, fingerprint=fingerprint, profiles=profiles)
    with run.claimed():
        if run.complete:
            print(f"{name} is complete")
            return run
        if about:
            print(about)
        environment.load_backend()
        import keras  # only now: `list` reads runs too

        keras.utils.clear_session()  # of the runs before it in this process
        keras.utils.set_random_seed(config.seed)
        run.finish(work(run))
    return run


def all_runs(name: str = "", root: Path = RESULTS) -> Iterator[Run]:
    """Every run of an experiment, of a group, or of all, in the order of their folders."""
    depth = 3 - len([part for part in name.split("/") if part])
    pattern = "/".join(["*"] * depth) if depth else ""
    for path in sorted((root / name).glob(f"{pattern}/settings.yaml")):
        yield Run(path.parent)


def find_run(where: str, root: Path = RESULTS) -> Run:
    """A complete run by its folder, or by its experiment's name: then the one that was finished last.

    Raises:
        UserError: there is none, or it isn't complete.
    """
    if (Path(where) / "settings.yaml").is_file():
        run = Run(Path(where).resolve())
        if not run.complete:
            raise UserError(f"{where} is not complete; run it to its end with python -m experiments run {run.name}")
        return run
    finished = [run for run in all_runs(where, root) if run.complete] if where.count("/") == 1 else []
    if not finished:
        raise UserError(
            f"there is no complete run {where!r}: give a run's folder or the name of an experiment that was run"
        )
    return max(finished, key=lambda run: run.metrics_file.stat().st_mtime)

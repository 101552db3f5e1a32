"""What cases work with: a copy of the code, finished runs to damage, undisturbed runs to compare with."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.torture import small_runs
from tests.torture.ended import Ended
from tests.torture.forks import Forks, variables

ROOT = Path(__file__).parents[2]
NOT_COPIED = ("results", "tests", "docs", "data", "notebooks", "benchmarks")
EPOCHS = 60
"""Epochs of undisturbed runs: they take about as long as TensorFlow's start."""
LIMIT = 600
"""Seconds that a real command may take."""


class Bench:
    """A folder. It keeps a copy of the code as it was at the start, so that editing can go on beside it."""

    def __init__(self, folder: Path, source: Path = ROOT) -> None:
        self.folder, self.code = folder.resolve(), folder.resolve() / "code"
        self.variables = variables(os.environ.get("LAB_DATA_MIRROR") or str(ROOT / "data"))
        if not self.code.is_dir():
            self._copy(source)
        self._lock = threading.Lock()
        self._made: dict[str, threading.Lock] = {}
        self.known: Any = None

    def _copy(self, source: Path) -> None:
        copy = self.folder / "copying"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir(parents=True)
        for path in sorted(source.iterdir()):
            if path.is_dir() and not path.name.startswith(".") and path.name not in NOT_COPIED:
                shutil.copytree(path, copy / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        (copy / "data").mkdir()
        shutil.copy(source / "data/sources.yaml", copy / "data")
        copy.rename(self.code)

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits of the copied code."""
        digest = hashlib.sha256()
        for path in sorted(self.code.rglob("*")):
            if path.suffix in (".py", ".yaml"):
                digest.update(path.read_bytes())
        return digest.hexdigest()[:8]

    @contextmanager
    def making(self, what: str) -> Iterator[Path | None]:
        """Yields a folder to fill once, or None if it is there; other threads wait meanwhile."""
        with self._lock:
            lock = self._made.setdefault(what, threading.Lock())
        with lock:
            if (self.folder / what).exists():
                yield None
                return
            beside = self.folder / f"{what}-unfinished"
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir(parents=True)
            yield beside
            beside.rename(self.folder / what)

    def weather(self) -> Path:
        """Returns the file of weather that small runs of Jena read."""
        with self.making("weather") as folder:
            if folder:
                code = (
                    "import sys, pandas as pd\n"
                    "from jena.schema import TIMESTAMP, TIMESTAMP_FORMAT\n"
                    "from jena.simulate import simulate\n"
                    "table = simulate(90 * 24, spacing=pd.Timedelta(hours=1))\n"
                    "table.insert(0, TIMESTAMP, table.index.strftime(TIMESTAMP_FORMAT))\n"
                    "table.to_csv(sys.argv[1], index=False)\n"
                )
                words = [sys.executable, "-c", code, str(folder / small_runs.WEATHER)]
                subprocess.run(words, cwd=self.code, env=self.variables, check=True)
        return self.folder / "weather" / small_runs.WEATHER

    def words(self, name: str, *more: str) -> list[str]:
        """Returns the command of an experiment's undisturbed run, to be started in any folder."""
        weather = str(self.weather())
        return [weather if word == small_runs.WEATHER else word for word in small_runs.words(name, EPOCHS, *more)]

    def whole(self, name: str) -> Path:
        """Returns the folder of an experiment's undisturbed run."""
        with self.making(f"whole/{name.replace('/', '-')}") as results:
            if results:
                started = time.monotonic()
                ended = self.real(self.words(name), results)
                if ended.code:
                    raise RuntimeError(f"the undisturbed run failed:\n{ended}")
                (results / "seconds.json").write_text(json.dumps(time.monotonic() - started))
        (folder,) = (self.folder / "whole" / name.replace("/", "-") / name).iterdir()
        return folder

    def seconds(self, name: str) -> float:
        """Returns how long an experiment's undisturbed run took."""
        self.whole(name)
        return float(json.loads((self.folder / "whole" / name.replace("/", "-") / "seconds.json").read_text()))

    def start(self, words: list[str], results: Path, log: Path, **more: str) -> subprocess.Popen[bytes]:
        """Starts `python -m experiments` with these words in the folder of `log`, which gets its stderr."""
        with log.with_suffix(".out").open("wb") as out, log.open("wb") as err:
            return subprocess.Popen(
                [sys.executable, "-m", "experiments", *words],
                cwd=log.parent,
                env={**self.variables, "PYTHONPATH": str(self.code), "LAB_RESULTS": str(results), **more},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                preexec_fn=_interruptible,
            )

    def end(
        self,
        process: subprocess.Popen[bytes],
        words: list[str],
        log: Path,
        limit: float = LIMIT,
        stop: signal.Signals = signal.SIGKILL,
    ) -> Ended:
        """Waits for a command to end. Sends it a signal after `limit` seconds."""
        for number in (stop, signal.SIGKILL):
            with suppress(subprocess.TimeoutExpired):
                process.wait(limit)
                break
            os.killpg(process.pid, number)
        process.wait()
        out, err = log.with_suffix(".out").read_text(errors="replace"), log.read_text(errors="replace")
        return Ended(tuple(words), process.returncode, out, err)

    def real(self, words: list[str], results: Path, **more: str) -> Ended:
        """Runs a command as a user does, in a process of its own, to its end."""
        log = results.parent / f"{results.name}-stderr.txt"
        return self.end(self.start(words, results, log, **more), words, log)


class Worker:
    """A folder in which one case at a time works, and a server that runs commands in it."""

    def __init__(self, bench: Bench, number: int, over: Callable[[], bool] = lambda: False) -> None:
        """
        Args:
            bench: What all workers share.
            number: Its number.
            over: Whether the time is over, so that a long case should come to its end.
        """
        self.bench, self.folder, self.over = bench, bench.folder / f"worker-{number}", over
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.results = self.folder / "results"
        self._forks: Forks | None = None

    @property
    def forks(self) -> Forks:
        """The server, started when it is first needed."""
        if self._forks is None:
            shutil.copy(self.bench.weather(), self.folder)
            self._forks = Forks(self.bench.code, self.folder, self.bench.variables)
        return self._forks

    def empty(self, name: str) -> Path:
        """Returns a folder of this name without anything in it."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.folder / name).mkdir()
        return self.folder / name

    def lay_out(self, folder: Path | None) -> None:
        """Puts a copy of a folder in place of the results, or nothing."""
        shutil.rmtree(self.results, ignore_errors=True)
        if folder:
            shutil.copytree(folder, self.results, ignore=shutil.ignore_patterns(".lock"))

    def close(self) -> None:
        """Ends the server."""
        if self._forks:
            self._forks.close()


def _interruptible() -> None:
    # Ctrl-C must reach the command even where this program runs in the background
    signal.signal(signal.SIGINT, signal.SIG_DFL)

"""Commands in forks of a process that has everything imported: they begin within milliseconds of each other.

The process reads requests from stdin, a line of JSON each, and answers with a line. `Forks` starts it and asks it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import resource
import subprocess
import sys
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.experiments.commands import ROOT, environment

CHUNKS = (2**20, 2**12, 1)


class Ended(NamedTuple):
    """A command that ended."""

    returncode: int
    """Its exit code, or, negative, the signal that killed it."""
    stdout: str
    stderr: str


class Full(NamedTuple):
    """When a disk gets full: when a file is opened to be written."""

    name: str
    """The end of the file's name."""
    time: int = 1
    """At which opening of such a file, counted from 1."""
    ballast: str = ""
    """The file that fills the disk; if there is none, files may not grow any more, which looks the same."""


class Forks:
    """The process. Its commands know only the data files in a folder, and those of a mirror."""

    def __init__(self, data: Path, mirror: str = "") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.experiments.forks", str(data)],
            cwd=ROOT,
            env=environment(Path(), LAB_DATA_MIRROR=mirror),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def succeed(self, results: Path, *words: str) -> str:
        """Returns what a command printed; the test fails if the command does."""
        done = self.command(results, *words)
        if done.returncode:
            pytest.fail(f"{words} exited with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def command(self, results: Path, *words: str, full: Full | None = None) -> Ended:
        """Runs one command to its end."""
        (ended,) = self.at_once(results, words, full=full)
        return ended

    def at_once(self, results: Path, *commands: Sequence[str], full: Full | None = None) -> list[Ended]:
        """Runs commands at once, and returns how they ended, in their order.

        Args:
            results: The folder that they write to, and work in.
            commands: The words of each after `python -m experiments`.
            full: When the disk gets full.
        """
        assert self.process.stdin and self.process.stdout
        request = {"results": str(results), "commands": commands, "full": full}
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return [Ended(*ended) for ended in json.loads(self.process.stdout.readline())]

    def close(self) -> None:
        """Ends the process."""
        self.process.communicate()


def serve(data: Path) -> None:
    """Answers requests until stdin ends."""
    from foundation import fetch

    fetch.DATA, fetch.SOURCES = data, data / "sources.yaml"  # before it is imported as a default
    from experiments import catalogue, commands, loading
    from lab import environment

    environment.prepare(1)
    for name in catalogue.names():
        loading.experiment(name)
    for command in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"experiments.commands.{command.name}")
    import matplotlib.figure  # noqa: F401

    from lab import training  # noqa: F401  Keras starts no threads as long as it computes nothing

    gc.freeze()  # Keras collects garbage at the start of each run
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        print(json.dumps(_at_once(json.loads(line))), file=answers, flush=True)


def _at_once(request: dict[str, Any]) -> list[tuple[int, str, str]]:
    ready, go = os.pipe()
    children, outputs = [], []
    for words in request["commands"]:
        out, err = os.pipe(), os.pipe()
        if child := os.fork():
            children.append(child)
            outputs += [out[0], err[0]]
            os.close(out[1])
            os.close(err[1])
            continue
        os.close(go)
        os.read(ready, 1)  # returns when no process can write to the pipe any more
        _run(words, request, out[1], err[1])
    os.close(ready)
    os.close(go)
    with ThreadPoolExecutor(len(outputs)) as threads:
        texts = list(threads.map(_read, outputs))
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    return list(zip(codes, texts[::2], texts[1::2], strict=True))


def _read(descriptor: int) -> str:
    with open(descriptor, "rb") as stream:
        return stream.read().decode(errors="replace")


def _run(words: list[str], request: dict[str, Any], out: int, err: int) -> None:
    """Runs a command in this process, which ends with it."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout, sys.stderr = (open(number, "w", closefd=False) for number in (1, 2))  # noqa: SIM115
        Path(request["results"]).mkdir(parents=True, exist_ok=True)
        os.chdir(request["results"])
        from experiments.__main__ import main
        from lab import settings

        if Path("configs").is_dir():  # a test's own
            settings.CONFIGS = Path("configs").absolute()
        if request["full"]:
            _fill_when_opened(*request["full"])
        code = main(words)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _fill_when_opened(name: str, time: int, ballast: str) -> None:
    openings = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal openings
        if event == "open" and str(arguments[0]).endswith(name) and arguments[2] & os.O_CREAT:
            openings += 1
            if openings == time and ballast:
                _fill(Path(ballast))
            elif openings == time:
                resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    sys.addaudithook(watch)


def _fill(path: Path) -> None:
    """Writes a file until the disk is full."""
    with path.open("ab", buffering=0) as file:
        for size in CHUNKS:
            with suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass


if __name__ == "__main__":
    serve(Path(sys.argv[1]))

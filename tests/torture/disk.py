"""Fills the disk at some write of a run, makes room, resumes the run, and compares it with an undisturbed one."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from tests.torture import small_runs
from tests.torture.bench import Worker
from tests.torture.case import Case, Outcome
from tests.torture.compare import broken_files, differences, leftovers
from tests.torture.ended import Ended, problems

SHARE = 0.08
SIZE = 4 * 2**20
"""Bytes of the small disk."""
PAGE = 4096
TIMES = 4
"""Times that the disk is full before there is room."""


def torture(case: Case, worker: Worker) -> Outcome:
    """Lets one run meet full disks."""
    rng = case.random()
    name = rng.choice(sorted(small_runs.RUNS))
    whole, words = worker.bench.whole(name), worker.bench.words(name)
    outcome = Outcome(name, "", tried=0)
    done = []
    with _small_disk(worker.empty("disk")) as disk:
        results = disk / "results"
        needed = sum(path.stat().st_size for path in whole.iterdir())
        for _ in range(TIMES):
            if disk_is_small := _mountable():
                ended, how = _on_a_full_disk(rng, worker, words, disk, needed, worker.bench.seconds(name))
            else:
                ended, how = _with_a_limit(rng, worker, words, results, whole)
            outcome.log.append(f"{how}\n{ended}")
            if not ended.code:
                break
            outcome.tried += 1
            done.append(how)
            wrong = problems(ended, (2,)) + broken_files(results)
            if disk_is_small and str(results) not in ended.stderr:
                wrong.append("the error doesn't name the folder")
            wrong += [one for one in leftovers(results) if "checkpoint" not in one]
            outcome.problems += [f"{how}: {problem}" for problem in wrong]
        ended = _real(worker, words, results)
        outcome.log.append(str(ended))
        outcome.problems += [f"after making room: {problem}" for problem in problems(ended, (0,))]
        if not ended.code:
            different, outcome.compared = differences(whole, results / name)
            outcome.problems += different + leftovers(results)
    outcome.what = "; ".join(done) or "it always fitted"
    return outcome


def _on_a_full_disk(
    rng: random.Random, worker: Worker, words: list[str], disk: Path, needed: int, seconds: float
) -> tuple[Ended, str]:
    """Runs the command on a disk with little room, or one that fills up while it runs; then makes room."""
    filler = disk / "filler"
    over = threading.Event()
    if rng.random() < 0.6:
        room = PAGE * rng.randrange(0, needed // PAGE + 4)
        _fill(filler, room)
        how, thread = f"room for {room // 1024} KB", None
    else:
        how, moment = "full at some moment", rng.uniform(0, seconds)

        def fill_later() -> None:
            over.wait(moment)
            _fill(filler, 0)

        thread = threading.Thread(target=fill_later)
        thread.start()
    ended = _real(worker, words, disk / "results")
    over.set()
    if thread:
        thread.join()
    filler.unlink(missing_ok=True)
    return ended, how


def _real(worker: Worker, words: list[str], results: Path) -> Ended:
    log = worker.folder / "disk-stderr.txt"
    return worker.bench.end(worker.bench.start(words, results, log), words, log)


def _fill(filler: Path, room: int) -> None:
    """Writes until no more than `room` bytes are free."""
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            free = os.statvfs(filler.parent)
            left = free.f_bavail * free.f_frsize - room
            if left < PAGE:
                return
            file.write(bytes(PAGE if left < 2**16 else 2**16))


def _with_a_limit(
    rng: random.Random, worker: Worker, words: list[str], results: Path, whole: Path
) -> tuple[Ended, str]:
    """Runs the command with a limit to the size of its files, where no disk can be mounted."""
    largest = max(path.stat().st_size for path in whole.iterdir())
    limit = rng.randrange(largest)
    log = worker.folder / "disk-stderr.txt"
    process = worker.bench.start(words, results, log)
    with suppress(ProcessLookupError):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, limit))
    return worker.bench.end(process, words, log), f"files up to {limit} bytes"


@cache
def _mountable() -> bool:
    return os.geteuid() == 0 and not subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """Mounts a small disk, where that is allowed."""
    if not _mountable():
        yield folder
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)

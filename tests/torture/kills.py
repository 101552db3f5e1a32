"""Kills a run at random moments, resumes it until it is complete, and compares it with an undisturbed run."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

from tests.torture import small_runs
from tests.torture.bench import EPOCHS, Worker
from tests.torture.case import Case, Outcome
from tests.torture.compare import broken_files, differences, leftovers
from tests.torture.ended import Ended, problems

SHARE = 0.45
KILLED = [name for name in small_runs.RUNS if name not in ("jena/common_sense", "jena/ridge")]
KILLS = (6, 12)
"""Kills in a series, at least and at most."""
SIGNALS = {"kill -9": 5, "SIGTERM": 2, "SIGHUP": 2, "Ctrl-C": 1, "Ctrl-C twice": 3}
CODES = {"kill -9": (-9,), "SIGTERM": (-15, 143), "SIGHUP": (-1, 129), "Ctrl-C": (130,), "Ctrl-C twice": (130,)}
MOMENTS = {"start": 4, "epoch": 3, "write": 3}
"""While Python and TensorFlow start; some time after an epoch ended; while a file is being written."""


def torture(case: Case, worker: Worker) -> Outcome:
    """Kills one run several times."""
    rng = case.random()
    name = KILLED[case.number % len(KILLED)]
    whole = worker.bench.whole(name)
    words = worker.bench.words(name)
    results = worker.empty("killed") / "results"
    outcome = Outcome(name, "", tried=0)
    kills = rng.randint(*KILLS)
    done: list[str] = []
    for number in range(kills):
        moment = "end" if number == kills - 1 else rng.choices(list(MOMENTS), list(MOMENTS.values()))[0]
        how = rng.choices(list(SIGNALS), list(SIGNALS.values()))[0]
        log = results.parent / "stderr.txt"
        process = worker.bench.start(words, results, log)
        _wait(rng, moment, process, results, worker.bench.seconds(name))
        if process.poll() is None:
            outcome.tried += 1
            done.append(f"{how} at {moment}")
        _strike(rng, how, process)
        ended = worker.bench.end(process, words, log)
        outcome.log.append(f"{how} at {moment}\n{ended}")
        wrong = _wrong(ended, how) + broken_files(results)
        outcome.problems += [f"kill {number + 1}, {how} at {moment}: {problem}" for problem in wrong]
        if not ended.code or wrong or worker.over():
            break
    ended = worker.bench.real(words, results)
    outcome.log.append(str(ended))
    outcome.problems += [f"after {len(done)} kills: {problem}" for problem in problems(ended, (0,))]
    if not ended.code:
        different, outcome.compared = differences(whole, results / name)
        outcome.problems += different + leftovers(results)
    outcome.what = f"{len(done)} kills: {', '.join(done)}"
    return outcome


def _wait(rng: random.Random, moment: str, process: subprocess.Popen[bytes], results: Path, whole: float) -> None:
    """Waits for the moment, or for the process to end."""
    if moment == "start":
        time.sleep(rng.uniform(0, whole / 2))
        return
    first = _epochs(results)
    last = EPOCHS if moment == "end" else first + rng.randint(1, 12)
    deadline = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < deadline:
        if moment == "write" and any(results.glob("*/*/*/.writing-*")):
            return
        if moment != "write" and _epochs(results) >= last:
            time.sleep(rng.uniform(0, 0.1 if moment == "epoch" else 1.5))
            return
        time.sleep(0.001 if moment == "write" else 0.02)


def _epochs(results: Path) -> int:
    """Returns how many epochs a run has written."""
    file = next(results.glob("*/*/*/history.csv"), None)
    return file.read_text().count("\n") - 1 if file else 0


def _strike(rng: random.Random, how: str, process: subprocess.Popen[bytes]) -> None:
    """Sends the signal, unless the process has ended."""
    number = {"kill -9": signal.SIGKILL, "SIGTERM": signal.SIGTERM, "SIGHUP": signal.SIGHUP}.get(how, signal.SIGINT)
    for _ in range(1 + (how == "Ctrl-C twice")):
        process.send_signal(number)
        if how == "Ctrl-C twice":
            time.sleep(rng.choice([0, 0.01, 0.1, 0.5]))


def _wrong(ended: Ended, how: str) -> list[str]:
    """Returns what is wrong with how a killed command ended."""
    ended_before = ended.code == 0
    python_starting = ended.code in (-2, 1) and "Ctrl-C" in how and " in main\n" not in ended.stderr
    if ended_before or python_starting:
        return []
    return problems(ended, CODES[how])

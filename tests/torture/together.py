"""Starts the same command many times at once, and commands that look at runs beside commands that start them."""

from __future__ import annotations

import random
import threading

from tests.torture import small_runs
from tests.torture.bench import Worker
from tests.torture.case import Case, Outcome
from tests.torture.compare import broken_files, differences, leftovers
from tests.torture.ended import problems
from tests.torture.finished import MADE, finished

SHARE = 0.06
MANY = (2, 2, 2, 3, 4, 5, 8, 20)
BUSY = "another process is working on"


def torture(case: Case, worker: Worker) -> Outcome:
    """Runs one of the three mixtures."""
    return (_runs, _looks, _starts)[case.number % 3](case.random(), worker)


def _runs(rng: random.Random, worker: Worker) -> Outcome:
    """The same run many times at once, from nothing: one works, the others say so or find it complete."""
    name, count = rng.choice(sorted(small_runs.RUNS)), rng.choice(MANY)
    whole, words = worker.bench.whole(name), worker.bench.words(name)
    results = worker.empty("together") / "results"
    outcome = Outcome(name, f"{count} at once", tried=count)
    logs = [results.parent / f"stderr-{number}.txt" for number in range(count)]
    processes = [worker.bench.start(words, results, log) for log in logs]
    everyone = [worker.bench.end(process, words, log) for process, log in zip(processes, logs, strict=True)]
    outcome.log += map(str, everyone)
    for ended in everyone:
        outcome.problems += problems(ended)
        if ended.code == 2 and BUSY not in ended.stderr:
            outcome.problems.append(f"refused for another reason: {ended.stderr.strip()[-200:]}")
    workers = sum(not ended.code and "is complete" not in ended.stdout for ended in everyone)
    if workers != 1:
        outcome.problems.append(f"{workers} of {count} worked")
    different, outcome.compared = differences(whole, results / name)
    outcome.problems += different + leftovers(results)
    return outcome


def _looks(rng: random.Random, worker: Worker) -> Outcome:
    """The same table, report or verdicts many times at once: all succeed, and their files are whole."""
    group, count = rng.choice(sorted(MADE)), rng.choice(MANY)
    made = finished(worker, group)
    worker.lay_out(made.folder)
    words = rng.choice([["list"], ["compare", group], ["report"], ["verify", "--judge"]])
    outcome = Outcome(" ".join(words), f"{count} at once", tried=count)
    logs = [worker.folder / f"stderr-{number}.txt" for number in range(count)]
    processes = [worker.bench.start(words, worker.results, log) for log in logs]
    for process, log in zip(processes, logs, strict=True):
        ended = worker.bench.end(process, words, log)
        outcome.log.append(str(ended))
        outcome.problems += problems(ended, (0,))
    outcome.problems += broken_files(worker.results)
    return outcome


def _starts(rng: random.Random, worker: Worker) -> Outcome:
    """Runs that start while `list`, `report` and `compare` look at them without a pause: each starts."""
    count = rng.choice([2, 3, 4])
    words = small_runs.words("recurrence/unrolled", 0)
    worker.forks  # noqa: B018  it takes a while to start
    worker.lay_out(None)
    outcome = Outcome("starts beside looks", f"{count} runs", tried=count)
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            ended = worker.forks.run(*rng.choice([["list"], ["list"], ["report"], ["compare", "recurrence"]]))
            if wrong := problems(ended):
                outcome.problems += wrong
                outcome.log.append(str(ended))

    thread = threading.Thread(target=look)
    thread.start()
    for seed in range(count):
        log = worker.folder / "stderr.txt"
        started = [*words, "--seed", str(seed)]
        ended = worker.bench.end(worker.bench.start(started, worker.results, log), started, log)
        outcome.log.append(str(ended))
        outcome.problems += problems(ended, (0,))
    over.set()
    thread.join()
    return outcome

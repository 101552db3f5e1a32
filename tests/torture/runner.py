"""Runs cases for a time, several side by side, and keeps every outcome on disk as it comes."""

from __future__ import annotations

import json
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

from foundation.atomic import atomic
from tests.torture import damage, disk, kills, together, words
from tests.torture.bench import Bench, Worker
from tests.torture.case import Case, Outcome

KINDS: dict[str, ModuleType] = {
    module.__name__.rpartition(".")[2]: module for module in (kills, damage, disk, together, words)
}
"""Each has `torture(case, worker)`, which returns an `Outcome`, and `SHARE`, its share of the time."""


def run(case: Case, worker: Worker) -> dict[str, Any]:
    """Runs a case, and returns its outcome as it is kept."""
    started = time.monotonic()
    try:
        outcome = KINDS[case.kind].torture(case, worker)
    except Exception:  # a fault of the torture itself must not look like a survived case
        outcome = Outcome("the torture itself", "", problems=[traceback.format_exc().strip().splitlines()[-1]])
        outcome.log.append(traceback.format_exc())
    return {"id": case.id, "kind": case.kind, "seconds": round(time.monotonic() - started, 2), **asdict(outcome)}


class Record:
    """The outcomes in a folder, one per line of `outcomes.jsonl`, and the minutes spent."""

    def __init__(self, folder: Path) -> None:
        self.file, self.spent_file = folder / "outcomes.jsonl", folder / "spent.json"
        lines = self.file.read_text(encoding="utf-8").split("\n") if self.file.is_file() else []
        self.outcomes: list[dict[str, Any]] = [json.loads(line) for line in lines[:-1]]
        if lines and lines[-1]:  # cut off when this program was killed
            with atomic(self.file) as path:
                path.write_text("\n".join([*lines[:-1], ""]), encoding="utf-8")
        self.spent = float(json.loads(self.spent_file.read_text())) if self.spent_file.is_file() else 0.0

    def add(self, outcome: dict[str, Any], spent: float) -> None:
        """Writes an outcome. The output of commands is kept where something went wrong."""
        log = outcome.pop("log")
        if outcome["problems"]:
            folder = self.file.parent / "failures"
            folder.mkdir(exist_ok=True)
            with atomic(folder / f"{outcome['id']}.txt") as path:
                path.write_text("\n".join([outcome["what"], *outcome["problems"], "", *log]), errors="replace")
        self.outcomes.append(outcome)
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(outcome) + "\n")
        with atomic(self.spent_file) as path:
            path.write_text(json.dumps(spent))

    def replace(self, outcome: dict[str, Any], code: str) -> None:
        """Puts a case's outcome on newer code in the place of the one that failed."""
        del outcome["log"]
        for place, one in enumerate(self.outcomes):
            if one["id"] == outcome["id"]:
                self.outcomes[place] = {**outcome, "failed": one["problems"], "again": code}
        with atomic(self.file) as path:
            path.write_text("".join(f"{json.dumps(one)}\n" for one in self.outcomes), encoding="utf-8")


class Runner:
    """Chooses the next case, so that each kind gets its share of the time."""

    def __init__(self, bench: Bench, kinds: Sequence[str], seed: int, minutes: float) -> None:
        self.bench, self.kinds, self.seed, self.minutes = bench, kinds, seed, minutes
        self.record = Record(bench.folder)
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.before, self.started = self.record.spent, time.monotonic()
        self.taken = dict.fromkeys(kinds, 0.0)
        self.next = dict.fromkeys(kinds, 0)
        for outcome in self.record.outcomes:
            kind, seed_, number = outcome["id"].split("-")
            if kind in self.taken:
                self.taken[kind] += outcome["seconds"]
            if kind in self.next and int(seed_) == seed:
                self.next[kind] = max(self.next[kind], int(number) + 1)
        self.running = dict.fromkeys(kinds, 0)

    @property
    def spent(self) -> float:
        """Minutes, with those of earlier sittings."""
        return self.before + (time.monotonic() - self.started) / 60

    def over(self) -> bool:
        """Returns whether the time is over."""
        return self.stopped.is_set() or self.spent >= self.minutes

    def go(self, jobs: int) -> None:
        """Runs cases until the time is over, at least one of each kind, or until `stopped` is set."""
        threads = [threading.Thread(target=self._work, args=(number,)) for number in range(jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():  # a join without a limit would keep Ctrl-C waiting
                thread.join(0.5)

    def _work(self, number: int) -> None:
        worker = Worker(self.bench, number, self.over)
        try:
            while not self.stopped.is_set() and not (self.over() and all(self.next.values())):
                case = self._choose()
                outcome = run(case, worker)
                with self.lock:
                    self.running[case.kind] -= 1
                    self.taken[case.kind] += outcome["seconds"]
                    failed = outcome["problems"]
                    self.record.add(outcome, self.spent)
                    for problem in failed:
                        print(f"{case.id} {outcome['subject']}: {problem}", flush=True)
                    if len(self.record.outcomes) % 50 == 0:
                        print(
                            f"{self.spent:.0f} of {self.minutes:g} minutes: {len(self.record.outcomes):,} cases",
                            flush=True,
                        )
        finally:
            worker.close()

    def _choose(self) -> Case:
        with self.lock:
            # one that runs counts as half a minute, so that workers don't all take the same kind
            kind = min(self.kinds, key=lambda one: (self.taken[one] + 30 * self.running[one]) / KINDS[one].SHARE)
            self.running[kind] += 1
            self.next[kind] += 1
            return Case(kind, self.seed, self.next[kind] - 1)

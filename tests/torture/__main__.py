"""`python -m tests.torture`, see `make torture`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.torture import table
from tests.torture.bench import ROOT, Bench, Worker
from tests.torture.case import by_id
from tests.torture.runner import KINDS, Record, Runner, run


def main() -> int:
    """Tortures, or repeats one case; returns 0 if all survived, 1 if something failed."""
    parser = argparse.ArgumentParser(prog="make torture", description="Tortures the suite from outside.")
    parser.add_argument("--minutes", type=float, default=60, metavar="N", help="how long, with earlier sittings (60)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of everything random (0)")
    parser.add_argument("--folder", type=Path, default=ROOT / "results/torture", help="where it works; results/torture")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND", help="which (all)")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, help="cases at a time (number of cores)")
    parser.add_argument("--only", metavar="ID", help="repeat one case on the code as it is now")
    parser.add_argument("--again", action="store_true", help="repeat all that failed, for the table")
    options = parser.parse_args()
    if options.only:
        ((_, outcome),) = _repeat([options.only])
        print("\n".join([*outcome["log"], outcome["what"], *(outcome["problems"] or ["survived"])]))
        return int(bool(outcome["problems"]))
    bench = Bench(options.folder)
    if options.again:
        return _again(bench)
    runner = Runner(bench, options.kinds, options.seed, options.minutes)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: runner.stopped.set())
    try:
        runner.go(options.jobs)
    finally:
        written = table.write(options.folder, runner.record.outcomes, _about(bench, runner.spent))
        print(f"\n{written.read_text(encoding='utf-8')}\n{written}")
    return int(any(outcome["problems"] for outcome in runner.record.outcomes))


def _repeat(cases: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields the code as it is now, and each case's outcome on it."""
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    bench = Bench(folder)
    worker = Worker(bench, 0)
    try:
        for text in cases:
            yield _code(bench), run(by_id(text), worker)
    finally:
        worker.close()
        shutil.rmtree(folder)


def _again(bench: Bench) -> int:
    record = Record(bench.folder)
    for code, outcome in _repeat([one["id"] for one in record.outcomes if one["problems"]]):
        print(f"{outcome['id']}: {'; '.join(outcome['problems']) or 'survived'}", flush=True)
        record.replace(outcome, code)
    table.write(bench.folder, record.outcomes, _about(bench, record.spent))
    return int(any(outcome["problems"] for outcome in record.outcomes))


def _about(bench: Bench, minutes: float) -> dict[str, object]:
    """Returns what was tortured, and where."""
    file = bench.folder / "about.json"
    if not file.is_file():
        file.write_text(json.dumps({"code": _code(bench)}))
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    return {**json.loads(file.read_text()), "machine": machine, "minutes": round(minutes, 1)}


def _code(bench: Bench) -> str:
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+"]
    commit = subprocess.run(git, capture_output=True, text=True).stdout.strip()
    return f"{commit or 'without git'} ({bench.digest})"


if __name__ == "__main__":
    sys.exit(main())

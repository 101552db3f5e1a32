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
from pathlib import Path

from tests.torture import table
from tests.torture.bench import ROOT, Bench, Worker
from tests.torture.case import by_id
from tests.torture.runner import KINDS, Runner, run


def main() -> int:
    """Tortures, or repeats one case; returns 0 if all survived, 1 if something failed."""
    parser = argparse.ArgumentParser(prog="make torture", description="Tortures the suite from outside.")
    parser.add_argument("--minutes", type=float, default=60, metavar="N", help="how long, with earlier sittings (60)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of everything random (0)")
    parser.add_argument("--folder", type=Path, default=ROOT / "results/torture", help="where it works; results/torture")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND", help="which (all)")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, help="cases at a time (number of cores)")
    parser.add_argument("--only", metavar="ID", help="repeat one case on the code as it is now")
    options = parser.parse_args()
    if options.only:
        return _repeat(options.only)
    bench = Bench(options.folder)
    runner = Runner(bench, options.kinds, options.seed, options.minutes)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: runner.stopped.set())
    try:
        runner.go(options.jobs)
    finally:
        written = table.write(options.folder, runner.record.outcomes, _about(bench, runner.spent))
        print(f"\n{written.read_text(encoding='utf-8')}\n{written}")
    return int(any(outcome["problems"] for outcome in runner.record.outcomes))


def _repeat(text: str) -> int:
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    worker = Worker(Bench(folder), 0)
    try:
        outcome = run(by_id(text), worker)
    finally:
        worker.close()
        shutil.rmtree(folder)
    print("\n".join([*outcome["log"], outcome["what"], *(outcome["problems"] or ["survived"])]))
    return int(bool(outcome["problems"]))


def _about(bench: Bench, minutes: float) -> dict[str, object]:
    """Returns what was tortured, and where."""
    file = bench.folder / "about.json"
    if not file.is_file():
        git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+"]
        commit = subprocess.run(git, capture_output=True, text=True).stdout.strip()
        file.write_text(json.dumps({"code": f"{commit or 'without git'} ({bench.digest})"}))
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    return {**json.loads(file.read_text()), "machine": machine, "minutes": round(minutes, 1)}


if __name__ == "__main__":
    sys.exit(main())

"""Makes planned runs, several at a time, each in a process of its own."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Sequence

from lab import environment
from lab.planned_run import PlannedRun
from lab.side_by_side import side_by_side


def make(runs: Sequence[PlannedRun], jobs: int) -> list[PlannedRun]:
    """Makes the runs, `jobs` at a time, prints a line as each ends, and returns those that failed."""
    if not runs:
        print("nothing to run")
        return []
    jobs = min(jobs, len(runs))
    share = max(1, environment.cores() // jobs)
    print(f"{_runs(len(runs))} to make, {jobs} at a time; Ctrl-C stops, and the same command resumes:")
    seeds: dict[tuple[str, ...], list[int]] = {}
    for run in runs:
        seeds.setdefault(run.experiment, []).append(run.seed)
    for experiment, numbers in seeds.items():
        print(f"  {' '.join(experiment)}, seed {', '.join(map(str, numbers))}")
    # an ordinary kill ends the runs too
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threads = ["--threads", str(share)] if jobs > 1 else []
    commands = [[sys.executable, "-m", "experiments", *run.words, *threads] for run in runs]
    failed, start = [], time.monotonic()
    for done, (place, code, last_line) in enumerate(side_by_side(commands, jobs), start=1):
        run = runs[place]
        reason = f"\n  {last_line or f'exit code {code}'}" if code else ""
        if code:
            failed.append(run)
        minutes = (time.monotonic() - start) / 60
        what = f"{' '.join(run.experiment)}, seed {run.seed}"
        print(f"{done}/{len(runs)} {'failed' if code else 'done'} at {minutes:.1f} min: {what}{reason}", flush=True)
    return failed


def _runs(number: int) -> str:
    return f"{number} {'run' if number == 1 else 'runs'}"

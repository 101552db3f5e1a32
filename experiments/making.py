"""Makes planned runs, several at a time, each in a process of its own, on this machine or on a Ray cluster."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial

from experiments import loading
from experiments.option_types import positive, share
from lab import environment
from lab.planned_run import PlannedRun
from lab.side_by_side import side_by_side


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds how many runs to make at a time, and where."""
    parser.add_argument(
        "-j", "--jobs", type=positive, metavar="N", help="runs at a time (1; on a cluster all that fit)"
    )
    parser.add_argument("--address", metavar="ADDRESS", help="address of a Ray cluster, or auto (docs/cluster.md)")
    parser.add_argument(
        "--cpus-per-run", type=positive, default=1, metavar="N", help="on a cluster: cores of a run (1)"
    )
    parser.add_argument(
        "--gpus-per-run", type=share, default=0, metavar="X", help="on a cluster: GPUs of a run, or a part of one"
    )


def make(runs: Sequence[PlannedRun], options: argparse.Namespace) -> list[PlannedRun]:
    """Makes the runs, prints a line as each ends, and returns those that failed.

    Args:
        runs: What to make.
        options: Those that `add_options` adds.

    Raises:
        UserError: there is no cluster at the address.
    """
    if not runs:
        print("nothing to run")
        return []
    jobs = min(options.jobs or 1, len(runs))
    at_a_time = f"{jobs} at a time" if options.jobs or not options.address else "as many at a time as fit"
    where = f" on {options.address}" if options.address else ""
    print(f"{_runs(len(runs))} to make{where}, {at_a_time}; Ctrl-C stops, and the same command resumes:")
    seeds: dict[str, list[int]] = {}
    for run in runs:
        seeds.setdefault(run.in_words, []).append(run.seed)
    for experiment, numbers in seeds.items():
        print(f"  {experiment}, seed {', '.join(map(str, numbers))}")
    # an ordinary kill ends the runs too
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    failed, start = [], time.monotonic()
    ends = _on_cluster(runs, options) if options.address else _here(runs, jobs)
    for done, (place, code, last_line) in enumerate(ends, start=1):
        run = runs[place]
        reason = f"\n  {last_line or f'exit code {code}'}" if code else ""
        if code:
            failed.append(run)
        minutes = (time.monotonic() - start) / 60
        print(
            f"{done}/{len(runs)} {'failed' if code else 'done'} at {minutes:.1f} min: {_words(run)}{reason}", flush=True
        )
    return failed


def _here(runs: Sequence[PlannedRun], jobs: int) -> Iterator[tuple[int, int, str]]:
    """Makes the runs on this machine, see `lab.side_by_side`."""
    threads = ["--threads", str(max(1, environment.cores() // jobs))] if jobs > 1 else []
    program = sys.executable, "-m", "experiments"
    return side_by_side([["env", *run.variables, *program, *run.words, *threads] for run in runs], jobs)


def _on_cluster(runs: Sequence[PlannedRun], options: argparse.Namespace) -> Iterator[tuple[int, int, str]]:
    """Makes the runs on a Ray cluster, see `lab.sweep.jobs`."""
    from lab.sweep.cluster import Machine
    from lab.sweep.jobs import on_cluster

    def lost(place: int) -> None:
        print(f"lost a process: {_words(runs[place])} runs again", flush=True)

    machine = Machine(options.jobs, options.cpus_per_run, options.gpus_per_run, options.address)
    return on_cluster([partial(perform, run, options.cpus_per_run) for run in runs], machine, lost)


def perform(run: PlannedRun, threads: int) -> None:
    """Makes a run in this process, or resumes it, as `run` does with the same words."""
    if run.backend:
        os.environ["KERAS_BACKEND"] = run.backend
        environment.prepare(threads)
    words = [*run.flags, f"--seed={run.seed}", f"--threads={threads}"]
    loading.run(run.name, run.profiles, loading.config(run.name, run.profiles, words))


def _words(run: PlannedRun) -> str:
    return f"{run.in_words}, seed {run.seed}"


def _runs(number: int) -> str:
    return f"{number} {'run' if number == 1 else 'runs'}"

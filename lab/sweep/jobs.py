"""Independent jobs on a Ray cluster, each in a process of its own. One that loses its process runs again elsewhere."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from foundation.user_error import UserError
from lab import environment
from lab.sweep.cluster import LOST, Machine, Watchman, connected, require
from lab.sweep.cores import keep_to_own
from lab.sweep.worker import patiently

Job = Callable[[], object]
"""Does its work, or resumes it if it was begun before."""


def on_cluster(jobs: Sequence[Job], machine: Machine, lost: Callable[[int], None]) -> Iterator[tuple[int, int, str]]:
    """Starts the jobs in their order, as many at a time as there is room for, and yields each as it ends.

    When the caller stops early, the jobs that still run are killed.

    Args:
        jobs: Functions that can be pickled. They run in the folder of this process.
        machine: The cluster, and what each job gets of it.
        lost: Called with a job's place in `jobs` when it loses its process and runs again.

    Yields:
        A job's place in `jobs`, its exit code, and the reason if it failed; see `lab.side_by_side`.

    Raises:
        UserError: Ray isn't installed, or there is no cluster at the address.
        NodeLostError: Ray's node on this machine died.
    """
    require("--address", "ray")
    import ray
    from ray.exceptions import RayError, RayTaskError

    waiting, losses = deque(range(len(jobs))), Counter[int]()
    with connected(machine):
        watchman = Watchman()
        # a new process for each job: what TensorFlow holds is freed, and the next job's threads are its own
        start = ray.remote(num_cpus=machine.cpus, num_gpus=machine.gpus, max_retries=0, max_calls=1)(_attempt).remote
        running: dict[Any, int] = {}
        while waiting or running:
            while waiting and len(running) < (machine.workers or len(jobs)):
                place = waiting.popleft()
                running[start(jobs[place], machine.cpus, Path.cwd())] = place
            ended, _ = ray.wait(list(running), timeout=1)
            for result in ended:
                place = running.pop(result)
                try:
                    code, reason = ray.get(result)
                except RayTaskError as error:
                    code, reason = 1, " ".join(str(error.cause).split())
                except RayError:
                    losses[place] += 1
                    if losses[place] <= LOST:
                        lost(place)
                        waiting.appendleft(place)
                        continue
                    code, reason = 1, f"it lost its process {losses[place]} times"
                yield place, code, reason
            watchman.check()


def _attempt(job: Job, threads: int, folder: Path) -> tuple[int, str]:
    """Does a job in a worker's process; returns its exit code, and why it failed."""
    os.chdir(folder)
    keep_to_own(threads)
    environment.prepare(threads)
    try:
        patiently(job)
    except UserError as error:
        return 2, str(error)
    except Exception as error:
        return 1, f"{type(error).__name__}: {' '.join(str(error).split())}"
    return 0, ""

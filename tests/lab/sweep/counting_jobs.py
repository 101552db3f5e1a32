"""Jobs on a Ray cluster that count instead of training: `python -m tests.lab.sweep.counting_jobs FOLDER ADDRESS`."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path

from foundation.user_error import UserError
from lab.sweep.cluster import Machine
from lab.sweep.jobs import on_cluster

STEPS = 60
SECONDS = 0.2


def count(folder, number):
    """Counts to `STEPS`, a line each, or resumes counting; a line names the process and the node that wrote it."""
    file = Path(folder) / f"{number}.txt"
    if number == 3:
        raise UserError("no such thing as 3")
    import ray

    while (done := len(file.read_text().splitlines()) if file.is_file() else 0) < STEPS:
        with file.open("a") as out:
            print(done, os.getpid(), ray.get_runtime_context().get_node_id(), Path.cwd(), file=out)
        time.sleep(SECONDS)


def main(folder, address):
    """Counts in four jobs, and prints how each ends."""
    jobs = [partial(count, folder, number) for number in range(4)]
    for end in on_cluster(jobs, Machine(None, 1, 0, address), lambda place: print("lost", place, flush=True)):
        print("end", *end, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

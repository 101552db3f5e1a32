"""Runs commands side by side, each a process of its own."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import IO

PATIENCE = 0.2
"""Seconds between looks at what has ended."""


def side_by_side(commands: Sequence[Sequence[str]], jobs: int) -> Iterator[tuple[int, int, str]]:
    """Starts the commands in their order, at most `jobs` at a time, and yields each as it ends.

    What they print is kept back. When the caller goes no further, by Ctrl-C for one, what still runs is stopped.

    Args:
        commands: Each a program and its words.
        jobs: How many run at a time.

    Yields:
        A command's place in `commands`, its exit code, and the last line that it printed.
    """
    waiting = deque(enumerate(commands))
    running: list[tuple[int, subprocess.Popen[bytes], IO[str]]] = []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                place, command = waiting.popleft()
                printed = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115, closed when it has ended
                child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT)
                running.append((place, child, printed))
            ended = [one for one in running if one[1].poll() is not None]
            running = [one for one in running if one not in ended]
            for number, process, output in ended:
                with output:
                    output.seek(0)
                    lines = [line for line in output.read().split("\n") if line.strip()]
                yield number, process.returncode, lines[-1] if lines else ""
            if not ended:
                time.sleep(PATIENCE)
    finally:
        for _, process, _ in running:
            process.terminate()
        for _, process, output in running:
            process.wait()
            output.close()

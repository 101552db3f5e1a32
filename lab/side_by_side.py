"""Runs commands side by side, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO

INTERVAL = 0.2
"""Seconds between checks of which processes have ended."""
TAIL = 10_000  # bytes that are read of what a process printed, to find its last line


def side_by_side(commands: Sequence[Sequence[str]], jobs: int) -> Iterator[tuple[int, int, str]]:
    """Starts the commands in their order, at most `jobs` at a time, and yields each as it ends.

    Their output isn't shown. When the caller stops early, for example after Ctrl-C, the processes that still run are
    terminated.

    Args:
        commands: Each a program and its arguments.
        jobs: How many run at a time.

    Yields:
        A command's place in `commands`, its exit code, and the last line that it printed. If it failed, that is the
        last line on stderr, unless stderr is empty.
    """
    waiting = deque(enumerate(commands))
    running: dict[int, tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                place, command = waiting.popleft()
                out, err = TemporaryFile(), TemporaryFile()  # noqa: SIM115, closed below; an unread pipe would fill up
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
                running[place] = process, out, err
            ended = [place for place, (process, *_) in running.items() if process.poll() is not None]
            for place in ended:
                process, printed, errors = running.pop(place)
                with printed, errors:
                    last_error = _last_line(errors) if process.returncode else ""
                    last = last_error or _last_line(printed)
                yield place, process.returncode, last
            if not ended:
                time.sleep(INTERVAL)
    finally:
        for process, *_ in running.values():
            process.terminate()
        for process, *files in running.values():
            process.wait()
            for file in files:
                file.close()


def _last_line(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL))
    return file.read().decode(errors="replace").rstrip().split("\n")[-1]

"""Cores that one process keeps to itself: without this, the system moves busy threads from core to core."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

_held: dict[int, FileLock] = {}
"""This process's cores; the system releases their locks when the process dies."""


def keep_to_own(count: int) -> None:
    """Restricts this thread, and those that it will start, to `count` cores that no other caller has.

    Does nothing if there are too few, or if the system can't restrict threads (macOS).
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    for core in os.sched_getaffinity(0):
        if len(_held) == count:
            break
        lock = FileLock(Path(tempfile.gettempdir()) / f"core{core}-of-{os.getuid()}.lock", thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        _held[core] = lock
    if len(_held) == count:
        os.sched_setaffinity(0, _held)
    else:
        _held.clear()

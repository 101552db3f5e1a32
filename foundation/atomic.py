"""Writes whole files or none: to a temporary name first, then flushed and renamed."""

from __future__ import annotations

import glob
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = ".writing-"
ABANDONED = 3600.0  # seconds without a write, after which a temporary file belongs to a killed process


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yields a temporary path beside `path`, with the same suffixes, and renames it to `path` when the block ends.

    A block that fails, or a process that is killed in it, leaves `path` as it was. Several processes may write the
    same path at once: the last one wins.
    """
    for left in path.parent.glob(f"{PREFIX}*-{glob.escape(path.name)}"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > ABANDONED:
                left.unlink()
    beside = path.with_name(f"{PREFIX}{os.getpid()}-{threading.get_native_id()}-{path.name}")
    try:
        yield beside
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    except OSError as error:
        if error.errno and error.filename in (None, str(beside)):  # a full disk is reported without a name
            error.filename = str(path)
        raise
    finally:
        beside.unlink(missing_ok=True)

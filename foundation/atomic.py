"""Whole files only: written beside their place, flushed, renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".writing-"


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Gives a path beside `path` to write to, with the same endings; renames it to `path` when the block is done.

    A block that fails, or a process killed in it, leaves `path` as it was.
    """
    beside = path.with_name(PREFIX + path.name)
    try:
        yield beside
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)

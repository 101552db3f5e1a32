"""Opens a file to read, or says in one line why it cannot be read."""

import stat
from pathlib import Path
from typing import BinaryIO

from foundation.user_error import UserError


def open_input(path: Path) -> BinaryIO:
    """Opens a regular file for reading, in binary.

    Raises:
        UserError: the file is missing or may not be read, or it is a folder, a pipe, a device or a loop of links.
    """
    try:
        mode = path.stat().st_mode  # opening a pipe would wait for a writer
        if stat.S_ISREG(mode):
            return path.open("rb")
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    kind = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
    raise UserError(f"{path} cannot be read: it is {kind}, not a file")


def read_input(path: Path, limit: int) -> bytes:
    """Returns the content of a regular file.

    Raises:
        UserError: as `open_input` does, or the file has more than `limit` bytes.
    """
    with open_input(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise UserError(f"{path} cannot be read: it has more than {limit:,} bytes")
    return content

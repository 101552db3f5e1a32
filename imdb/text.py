"""Reads the reviews as text from the Stanford archive."""

from __future__ import annotations

import re
from pathlib import Path

from foundation.archive import members
from foundation.user_error import UserError

FILE = re.compile(r"aclImdb/(train|test)/(pos|neg)/\d+_\d+\.txt")


def read(path: Path) -> dict[str, tuple[list[str], list[int]]]:
    """Returns texts and labels (1 positive, 0 negative) for "train" and "test", in the order of the archive.

    Raises:
        UserError: the archive is damaged, lacks reviews, or has names that lead out of it.
    """
    parts: dict[str, tuple[list[str], list[int]]] = {"train": ([], []), "test": ([], [])}
    for name, content in members(path):
        if match := FILE.fullmatch(name.removeprefix("./")):
            texts, labels = parts[match[1]]
            try:
                texts.append(content.decode("utf-8"))
            except UnicodeDecodeError as error:
                raise UserError(
                    f"{path} is damaged ({name} is not UTF-8 text): delete it and fetch it again"
                ) from error
            labels.append(int(match[2] == "pos"))
    for part, (_, labels) in parts.items():
        if set(labels) != {0, 1}:
            raise UserError(f"{path} holds no reviews of both kinds in aclImdb/{part}: delete it and fetch it again")
    return parts

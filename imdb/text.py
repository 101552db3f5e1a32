"""The reviews as text, from the Stanford archive."""

from __future__ import annotations

import re
from pathlib import Path

from foundation.archive import members
from foundation.user_error import UserError

FILE = re.compile(r"aclImdb/(train|test)/(pos|neg)/\d+_\d+\.txt")


def read(path: Path) -> dict[str, tuple[list[str], list[int]]]:
    """The texts and their sentiments (1 positive, 0 negative), under "train" and "test", in the archive's order.

    Raises:
        UserError: the archive is damaged, holds no reviews, or names places outside itself.
    """
    found: dict[str, tuple[list[str], list[int]]] = {"train": ([], []), "test": ([], [])}
    for name, content in members(path):
        if match := FILE.fullmatch(name.removeprefix("./")):
            texts, labels = found[match[1]]
            try:
                texts.append(content.decode("utf-8"))
            except UnicodeDecodeError as error:
                raise UserError(f"{path} is damaged ({name} is no UTF-8 text): delete it and fetch it again") from error
            labels.append(int(match[2] == "pos"))
    for part, (_, labels) in found.items():
        if set(labels) != {0, 1}:
            raise UserError(f"{path} holds no reviews of both kinds in aclImdb/{part}: delete it and fetch it again")
    return found

"""Penn Treebank and text8, character by character (arXiv 1803.01271, section 4.4)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from foundation.archive import open_member
from foundation.fetch import DATA, fetch
from sequences.streams import language_task
from sequences.task import PARTS, Part, Task
from sequences.text import fetch_parts
from sequences.words import PENN

TEXT8 = "text/text8.zip"
SHARES = (0, 0.9, 0.95, 1)  # where the parts of text8 begin and end
EVALUATION = 1  # streams that validation and test are cut into


def penn_treebank(
    *, batch_size: int = 32, context: int = 80, targets: int = 320, folder: Path = DATA, mirror: str | None = None
) -> Task:
    """Returns Penn Treebank: 5,059,550, 396,412 and 446,184 characters, 50 different ones.

    As in the paper, the text includes `<unk>` and the ends of lines, but not the space at the beginning of each line.
    x is int32, shape (batch, context + targets), and y is int32, shape (batch, targets), see `Streams`.

    Args:
        batch_size: The number of streams that the training part is cut into.
        context: The number of characters at the start of a window that are only read.
        targets: The number of characters in a window that are predicted.
        folder: The data folder.
        mirror: The folder or address to look in before the public addresses.

    Raises:
        UserError: no part can be fetched, or one is too short. `training` of the task raises it if only the training
            part is missing.
    """
    paths, missing = fetch_parts(PENN, folder, mirror)
    texts = {part: (b"\n" + _bytes(path, ".txt")).replace(b"\n ", b"\n")[1:] for part, path in paths.items()}
    return _task("char_ptb", texts, batch_size, context, targets, missing, [PENN[part] for part in paths])


def text8(
    *,
    batch_size: int = 32,
    context: int = 80,
    targets: int = 320,
    folder: Path = DATA,
    mirror: str | None = None,
) -> Task:
    """Returns text8: 100 million characters, a to z and space. Its last tenth is split into validation and test.

    x and y are as in `penn_treebank`. The text needs one byte of memory per character.

    Args:
        batch_size: The number of streams that the training part is cut into.
        context: The number of characters at the start of a window that are only read.
        targets: The number of characters in a window that are predicted.
        folder: The data folder.
        mirror: The folder or address to look in before the public addresses.

    Raises:
        UserError: the file cannot be fetched or is damaged, or its text is too short.
    """
    text = _bytes(fetch(TEXT8, folder, mirror), "text8")
    ends = [round(share * len(text)) for share in SHARES]
    texts = {part: text[ends[i] : ends[i + 1]] for i, part in enumerate(PARTS)}
    return _task("text8", texts, batch_size, context, targets, [], [TEXT8])


def _bytes(path: Path, suffix: str) -> bytes:
    with open_member(path, suffix) as stream:
        return stream.read()


def _task(
    name: str,
    texts: dict[Part, bytes],
    batch_size: int,
    context: int,
    targets: int,
    missing: list[str],
    sources: list[str],
) -> Task:
    symbols = bytes(sorted(set[int]().union(*texts.values())))
    table = bytes.maketrans(symbols, bytes(range(len(symbols))))
    return language_task(
        {part: np.frombuffer(text.translate(table), np.uint8) for part, text in texts.items()},
        name=name,
        metric="bpc",
        inputs=len(symbols),
        unit="characters",
        symbols=np.frombuffer(symbols, np.uint8),
        batch_size=batch_size,
        context=context,
        targets=targets,
        evaluation=EVALUATION,
        missing=missing,
        sources=sources,
    )

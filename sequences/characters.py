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
SHARES = (0, 0.9, 0.95, 1)  # where text8's parts begin and end
EVALUATION = 1  # streams that validation and test are cut in


def penn_treebank(
    *, batch_size: int = 32, history: int = 80, scored: int = 320, folder: Path = DATA, mirror: str | None = None
) -> Task:
    """Penn Treebank: 5,059,550, 396,412 and 446,184 characters, 50 different ones.

    As the paper counts them: the files' text, `<unk>` and ends of lines included, without the space that begins each
    line. x is int32, shape (batch, history + scored), y int32, shape (batch, scored): see `Streams`.

    Args:
        batch_size: Streams that the training part is cut in.
        history: Characters of a window to warm up on.
        scored: Characters of a window after which the next one is predicted.
        folder: The data folder.
        mirror: Where to look before the network.

    Raises:
        UserError: no part can be had, or one is too short; the task's `training`: that part can't be had.
    """
    found, missing = fetch_parts(PENN, folder, mirror)
    texts = {part: (b"\n" + _bytes(path, ".txt")).replace(b"\n ", b"\n")[1:] for part, path in found.items()}
    return _task("char_ptb", texts, batch_size, history, scored, missing, [PENN[part] for part in found])


def text8(
    *,
    batch_size: int = 32,
    history: int = 80,
    scored: int = 320,
    folder: Path = DATA,
    mirror: str | None = None,
) -> Task:
    """text8: 100 million characters, a to z and space, in memory a byte each; the last tenth to validate and test.

    As `penn_treebank`.

    Args:
        batch_size: Streams that the training part is cut in.
        history: Characters of a window to warm up on.
        scored: Characters of a window after which the next one is predicted.
        folder: The data folder.
        mirror: Where to look before the network.

    Raises:
        UserError: the file can't be had, is damaged, or its text is too short.
    """
    text = _bytes(fetch(TEXT8, folder, mirror), "text8")
    ends = [round(share * len(text)) for share in SHARES]
    texts = {part: text[ends[i] : ends[i + 1]] for i, part in enumerate(PARTS)}
    return _task("text8", texts, batch_size, history, scored, [], [TEXT8])


def _bytes(path: Path, suffix: str) -> bytes:
    with open_member(path, suffix) as stream:
        return stream.read()


def _task(
    name: str,
    texts: dict[Part, bytes],
    batch_size: int,
    history: int,
    scored: int,
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
        history=history,
        scored=scored,
        evaluation=EVALUATION,
        missing=missing,
        sources=sources,
    )

"""LAMBADA: predicting the last word of a passage, after training on novels (arXiv 1803.01271, section 4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np

from foundation.archive import members
from foundation.fetch import DATA, fetch
from foundation.user_error import UserError
from sequences.streams import language_task
from sequences.task import UNSCORED, Array, Batch, Part, Task
from sequences.text import END, UNKNOWN, Store, encode, fetch_parts, read

FILE = "text/lambada-dataset.tar.gz"
PASSAGES: dict[Part, str] = {
    "validation": "text/lambada_development_plain_text.txt",
    "test": "text/lambada_test_plain_text.txt",
}
WORDS = "lambada-vocab-2.txt"
NOVELS = "train-novels"


def load(
    *, batch_size: int = 20, context: int = 50, targets: int = 50, folder: Path = DATA, mirror: str | None = None
) -> Task:
    """Returns the task: novels in streams to train on, and passages, each an example, for validation and test.

    In training, x is int32, shape (batch, context + targets), and y is int32, shape (batch, targets), see `Streams`. In
    validation and test, x is a passage without its last word, padded with `<eos>` at the front to one length for all,
    and y is `UNSCORED` except for the last word. The vocabulary is the data set's own list, `<unk>` and `<eos>`. The
    paper's authors drop words outside the list, and their code shows a model the word to predict. This one does
    neither.

    The first call reads the archive several times, which takes minutes, and writes the ids to files beside it (about
    820 MB). Batches are read from these files. Without the archive, the task has no training part, and the vocabulary
    is that of the passages.

    Args:
        batch_size: The number of streams that the novels are cut into.
        context: The number of words at the start of a window that are only read.
        targets: The number of words in a window that are predicted.
        folder: The data folder.
        mirror: The folder or address to look in before the public addresses.

    Raises:
        UserError: neither novels nor passages can be fetched, or the archive is damaged or lacks a part. `training` of
            the task raises it if only the novels are missing.
    """
    try:
        path = fetch(FILE, folder, mirror)
    except UserError as error:
        try:
            paths, missing = fetch_parts(PASSAGES, folder, mirror)
        except UserError:
            raise error from None
        vocabulary, texts = read(paths)
        sources = [PASSAGES[part] for part in paths]
        missing = [f"the training part and the vocabulary ({error})", *missing]
    else:
        store, missing, sources = Store(path), [], [FILE]
        vocabulary = store.words(_words(path))
        names: dict[Part, str] = {"training": NOVELS, **{part: Path(name).name for part, name in PASSAGES.items()}}
        texts = {part: store.ids(part, encode(_lines(path, name), vocabulary)) for part, name in names.items()}
    evaluated = (part for part in texts if part != "training")
    evaluation: dict[Part, Batch] = {part: _examples(texts[part], vocabulary[END], context) for part in evaluated}
    return language_task(
        texts,
        name="lambada",
        metric="perplexity",
        inputs=len(vocabulary),
        unit="words",
        symbols=vocabulary.bytes,
        batch_size=batch_size,
        context=context,
        targets=targets,
        evaluation=evaluation,
        missing=missing,
        sources=sources,
        extra={"passages": {part: len(x) for part, (x, _) in evaluation.items()}},
    )


def _words(path: Path) -> Iterator[str]:
    listed = (line.split()[0] for line in _lines(path, WORDS))
    yield from dict.fromkeys([END, UNKNOWN, *listed])


def _lines(path: Path, name: str) -> Iterator[str]:
    """Yields the lines of the archive's files with this name, and of all texts in folders with it. Skips empty lines.

    Raises:
        UserError: the archive is damaged, or has no such line.
    """
    nothing = True
    for member, content in members(path):
        place = PurePosixPath(member)
        if place.name == name or (name in place.parts and place.suffix == ".txt"):
            for line in content.decode("utf-8", "replace").split("\n"):
                if line.strip():
                    nothing = False
                    yield line
    if nothing:
        raise UserError(f"{path} has no {name}: delete it and fetch it again")


def _examples(text: Array, end: int, context: int) -> Batch:
    """Returns the passages of a text as examples; each passage ends with the id `end`."""
    passages = [passage for passage in np.split(text, np.flatnonzero(text == end) + 1) if len(passage) > 1]
    longest = max([context + 1, *(len(passage) - 1 for passage in passages)])
    x = np.full((len(passages), longest), end, np.int32)
    y = np.full((len(passages), longest - context), UNSCORED, np.int32)
    for i, passage in enumerate(passages):
        words = passage[:-1]  # without its end
        x[i, longest - len(words) + 1 :] = words[:-1]
        y[i, -1] = words[-1]
    return x, y

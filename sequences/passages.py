"""LAMBADA: the last word of a passage, after training on novels (arXiv 1803.01271, section 4.3)."""

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
    *, batch_size: int = 20, history: int = 50, scored: int = 50, folder: Path = DATA, mirror: str | None = None
) -> Task:
    """The novels in streams, and each passage as an example of its own.

    Training: x is int32, shape (batch, history + scored), y int32, shape (batch, scored): see `Streams`. Validation and
    test: x is a passage without its last word, led up to by `<eos>`, all of one length; y is `UNSCORED` but for that
    word. The vocabulary is the data set's own list with `<unk>` and `<eos>`. The paper's authors drop words that are
    not in it, and their code shows a model the word to be guessed; neither is done here.

    The first time, the archive is read through a few times (minutes) and the ids are kept beside it (about 820 MB),
    where they are read from. Without it, there are the passages at most, and the vocabulary is theirs.

    Args:
        batch_size: Streams that the novels are cut in.
        history: Words of a window to warm up on.
        scored: Words of a window after which the next one is predicted.
        folder: The data folder.
        mirror: Where to look before the network.

    Raises:
        UserError: neither can be had, or the archive is damaged or lacks a part; the task's `training`: the novels
            can't be had.
    """
    try:
        path = fetch(FILE, folder, mirror)
    except UserError as error:
        try:
            found, missing = fetch_parts(PASSAGES, folder, mirror)
        except UserError:
            raise error from None
        vocabulary, texts = read(found)
        sources = [PASSAGES[part] for part in found]
        missing = [f"the training part and the vocabulary ({error})", *missing]
    else:
        store, missing, sources = Store(path), [], [FILE]
        vocabulary = store.words(_words(path))
        names: dict[Part, str] = {"training": NOVELS, **{part: Path(name).name for part, name in PASSAGES.items()}}
        texts = {part: store.ids(part, encode(_lines(path, name), vocabulary)) for part, name in names.items()}
    judged = (part for part in texts if part != "training")
    evaluation: dict[Part, Batch] = {part: _examples(texts[part], vocabulary[END], history) for part in judged}
    return language_task(
        texts,
        name="lambada",
        metric="perplexity",
        inputs=len(vocabulary),
        unit="words",
        symbols=vocabulary.bytes,
        batch_size=batch_size,
        history=history,
        scored=scored,
        evaluation=evaluation,
        missing=missing,
        sources=sources,
        extra={"passages": {part: len(x) for part, (x, _) in evaluation.items()}},
    )


def _words(path: Path) -> Iterator[str]:
    listed = (line.split()[0] for line in _lines(path, WORDS))
    yield from dict.fromkeys([END, UNKNOWN, *listed])


def _lines(path: Path, name: str) -> Iterator[str]:
    """The lines, none of them empty, of the archive's files of that name, or of all texts in a folder of that name.

    Raises:
        UserError: the archive is damaged, or has none.
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


def _examples(text: Array, end: int, history: int) -> Batch:
    """Each passage of a text of passages, which end in `end`."""
    passages = [passage for passage in np.split(text, np.flatnonzero(text == end) + 1) if len(passage) > 1]
    longest = max([history + 1, *(len(passage) - 1 for passage in passages)])
    x = np.full((len(passages), longest), end, np.int32)
    y = np.full((len(passages), longest - history), UNSCORED, np.int32)
    for i, passage in enumerate(passages):
        words = passage[:-1]  # without its end
        x[i, longest - len(words) + 1 :] = words[:-1]
        y[i, -1] = words[-1]
    return x, y

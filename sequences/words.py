"""Penn Treebank and Wikitext-103, word by word (arXiv 1803.01271, section 4.3)."""

from __future__ import annotations

from pathlib import Path

from foundation.fetch import DATA, fetch
from foundation.user_error import UserError
from sequences.streams import language_task
from sequences.task import Array, Part, Task
from sequences.text import Store, Vocabulary, by_frequency, encode, fetch_parts, lines, read

PENN: dict[Part, str] = {
    "training": "text/ptb.train.txt",
    "validation": "text/ptb.valid.txt",
    "test": "text/ptb.test.txt",
}
WIKITEXT = "text/wikitext-103-v1.zip"
MEMBERS: dict[Part, str] = {
    "training": "wiki.train.tokens",
    "validation": "wiki.valid.tokens",
    "test": "wiki.test.tokens",
}
SMALLER: dict[Part, str] = {"validation": "text/wiki.valid.tokens", "test": "text/wiki.test.tokens"}  # WikiText-2's
EVALUATION = 10  # streams that validation and test are cut in


def penn_treebank(
    *, batch_size: int = 16, history: int = 40, scored: int = 40, folder: Path = DATA, mirror: str | None = None
) -> Task:
    """Penn Treebank in Mikolov's preparation: 929,589, 73,760 and 82,430 words with `<eos>` for each line's end.

    x is int32, shape (batch, history + scored), y int32, shape (batch, scored): see `Streams`. The ids of the 10,000
    words go by their frequency.

    Args:
        batch_size: Streams that the training part is cut in.
        history: Words of a window to warm up on.
        scored: Words of a window after which the next one is predicted.
        folder: The data folder.
        mirror: Where to look before the network.

    Raises:
        UserError: no part can be had, or one is no text, or too short; the task's `training`: that part can't be had.
    """
    found, missing = fetch_parts(PENN, folder, mirror)
    vocabulary, texts = read(found)
    sources = [PENN[part] for part in found]
    return _task("word_ptb", texts, vocabulary, batch_size, history, scored, missing, sources)


def wikitext103(
    *, batch_size: int = 16, history: int = 40, scored: int = 40, folder: Path = DATA, mirror: str | None = None
) -> Task:
    """Wikitext-103: 103,227,021, 217,646 and 245,569 words with `<eos>` for each line's end, 267,735 different ones.

    As `penn_treebank`. The first time, the training part is read twice (some minutes) and its ids are kept beside the
    archive (413 MB), where they are read from: little of it is ever in memory. Without the archive, there are
    WikiText-2's validation and test at most: the same articles, in which more words are unknown.

    Args:
        batch_size: Streams that the training part is cut in.
        history: Words of a window to warm up on.
        scored: Words of a window after which the next one is predicted.
        folder: The data folder.
        mirror: Where to look before the network.

    Raises:
        UserError: neither can be had, or the archive is damaged; the task's `training`: that part can't be had.
    """
    try:
        path = fetch(WIKITEXT, folder, mirror)
    except UserError as error:
        try:
            found, missing = fetch_parts(SMALLER, folder, mirror)
        except UserError:
            raise error from None
        vocabulary, texts = read(found)
        sources = [SMALLER[part] for part in found]
        instead = "Wikitext-103's own validation and test, instead of WikiText-2's"
        missing = [f"the training part ({error})", instead, *missing]
    else:
        store, missing, sources = Store(path), [], [WIKITEXT]
        vocabulary = store.words(by_frequency(lines(path, name) for name in MEMBERS.values()))
        texts = {part: store.ids(part, encode(lines(path, name), vocabulary)) for part, name in MEMBERS.items()}
    return _task("wikitext103", texts, vocabulary, batch_size, history, scored, missing, sources)


def _task(
    name: str,
    texts: dict[Part, Array],
    vocabulary: Vocabulary,
    batch_size: int,
    history: int,
    scored: int,
    missing: list[str],
    sources: list[str],
) -> Task:
    return language_task(
        texts,
        name=name,
        metric="perplexity",
        inputs=len(vocabulary),
        unit="words",
        symbols=vocabulary.bytes,
        batch_size=batch_size,
        history=history,
        scored=scored,
        evaluation=EVALUATION,
        missing=missing,
        sources=sources,
    )

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
EVALUATION = 10  # streams that validation and test are cut into


def penn_treebank(
    *, batch_size: int = 16, context: int = 40, targets: int = 40, folder: Path = DATA, mirror: str | None = None
) -> Task:
    """Returns Penn Treebank in Mikolov's preparation: 929,589, 73,760 and 82,430 words.

    The end of each line counts as a word, `<eos>`. The 10,000 different words are numbered by frequency. x is int32,
    shape (batch, context + targets), and y is int32, shape (batch, targets), see `Streams`.

    Args:
        batch_size: The number of streams that the training part is cut into.
        context: The number of words at the start of a window that are only read.
        targets: The number of words in a window that are predicted.
        folder: The data folder.
        mirror: The folder or address to look in before the public addresses.

    Raises:
        UserError: no part can be fetched, or one is not a text, or too short. `training` of the task raises it if only
            the training part is missing.
    """
    paths, missing = fetch_parts(PENN, folder, mirror)
    vocabulary, texts = read(paths)
    sources = [PENN[part] for part in paths]
    return _task("word_ptb", texts, vocabulary, batch_size, context, targets, missing, sources)


def wikitext103(
    *, batch_size: int = 16, context: int = 40, targets: int = 40, folder: Path = DATA, mirror: str | None = None
) -> Task:
    """Returns Wikitext-103: 103,227,021, 217,646 and 245,569 words, 267,735 different ones.

    Words, x and y are as in `penn_treebank`. The first call reads the training part twice, which takes minutes, and
    writes its ids to a file beside the archive (413 MB). Batches are read from that file, so that little of it is in
    memory. Without the archive, the task has no training part, and the validation and test parts of WikiText-2 instead:
    the same articles, with more unknown words.

    Args:
        batch_size: The number of streams that the training part is cut into.
        context: The number of words at the start of a window that are only read.
        targets: The number of words in a window that are predicted.
        folder: The data folder.
        mirror: The folder or address to look in before the public addresses.

    Raises:
        UserError: neither can be fetched, or the archive is damaged. `training` of the task raises it if the archive is
            missing.
    """
    try:
        path = fetch(WIKITEXT, folder, mirror)
    except UserError as error:
        try:
            paths, missing = fetch_parts(SMALLER, folder, mirror)
        except UserError:
            raise error from None
        vocabulary, texts = read(paths)
        sources = [SMALLER[part] for part in paths]
        instead = "Wikitext-103's own validation and test parts (WikiText-2's are used instead)"
        missing = [f"the training part ({error})", instead, *missing]
    else:
        store, missing, sources = Store(path), [], [WIKITEXT]
        vocabulary = store.words(by_frequency(lines(path, name) for name in MEMBERS.values()))
        texts = {part: store.ids(part, encode(lines(path, name), vocabulary)) for part, name in MEMBERS.items()}
    return _task("wikitext103", texts, vocabulary, batch_size, context, targets, missing, sources)


def _task(
    name: str,
    texts: dict[Part, Array],
    vocabulary: Vocabulary,
    batch_size: int,
    context: int,
    targets: int,
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
        context=context,
        targets=targets,
        evaluation=EVALUATION,
        missing=missing,
        sources=sources,
    )

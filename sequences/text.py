"""From a text's file to its words' ids, line by line, so that no text need fit in memory."""

from __future__ import annotations

import hashlib
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from foundation.archive import open_member
from foundation.atomic import atomic
from foundation.fetch import fetch
from foundation.user_error import UserError
from sequences.task import Array, Part

END, UNKNOWN = "<eos>", "<unk>"  # the end of a line; a word outside the vocabulary
LINES = 10_000  # encoded at once


class Vocabulary(dict[str, int]):
    """Each word's id, in their order; for a word that it lacks, the id of `UNKNOWN`, which must be one of them."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__((word, i) for i, word in enumerate(words))

    def __missing__(self, word: str) -> int:
        return self[UNKNOWN]

    @property
    def bytes(self) -> Array:
        """The words, a line each, uint8, for a fingerprint."""
        return np.frombuffer("\n".join(self).encode(), np.uint8)


def fetch_parts(files: Mapping[Part, str], folder: Path, mirror: str | None) -> tuple[dict[Part, Path], list[str]]:
    """Fetches each part's file, and says in a phrase which part can't be had and why.

    Raises:
        UserError: none can be had.
    """
    found: dict[Part, Path] = {}
    missing = []
    for part, name in files.items():
        try:
            found[part] = fetch(name, folder, mirror)
        except UserError as error:  # noqa: PERF203, three files at most
            missing.append(f"the {part} part ({error})")
    if not found:
        raise UserError("; ".join(missing))
    return found, missing


def lines(path: Path, suffix: str = ".txt") -> Iterator[str]:
    """A text's lines: of the file itself, or of the one with this suffix in a .zip.

    Raises:
        UserError: the file is damaged, empty, or no text in UTF-8.
    """
    with open_member(path, suffix) as stream:
        text = io.TextIOWrapper(stream, "utf-8", newline="\n")
        try:
            if not (first := text.readline()):
                raise UserError(f"{path} holds no text: delete it and fetch it again")
            yield first
            yield from text
        except UnicodeDecodeError as error:
            raise UserError(f"{path} is no text in UTF-8 ({error}): delete it and fetch it again") from error


def read(files: Mapping[Part, Path]) -> tuple[Vocabulary, dict[Part, Array]]:
    """The vocabulary of small texts, by frequency, and each part's ids, uint32, in memory."""
    vocabulary = Vocabulary(by_frequency(map(lines, files.values())))
    return vocabulary, {part: np.concatenate([*encode(lines(path), vocabulary)]) for part, path in files.items()}


def by_frequency(texts: Iterable[Iterable[str]]) -> Iterator[str]:
    """The words of texts, each given by its lines, and `END`; the frequent first, of equals the first to appear."""
    counts: Counter[str] = Counter()
    for text in texts:
        for line in text:
            counts.update(line.split())
            counts[END] += 1
    yield from (word for word, _ in counts.most_common())


def encode(text: Iterable[str], vocabulary: Vocabulary) -> Iterator[Array]:
    """The ids of a text's words, each line's followed by that of `END`, uint32, some thousand lines at a time."""
    text = iter(text)
    while chunk := list(itertools.islice(text, LINES)):
        words = [word for line in chunk for word in (*line.split(), END)]
        yield np.fromiter(map(vocabulary.__getitem__, words), np.uint32, len(words))


class Store:
    """Words and ids of a large text, worked out once and then kept in the data folder, named by its file's content."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.digest = _digest(file)
        self.path = path

    def words(self, words: Iterable[str]) -> Vocabulary:
        """The vocabulary; `words` is read if they are not kept yet."""
        path = self._keep("words", (f"{word}\n".encode() for word in words))
        return Vocabulary(path.read_text("utf-8").split("\n")[:-1])

    def ids(self, part: Part, pieces: Iterable[Array]) -> Array:
        """A part's ids, uint32, on disk; `pieces` of them are read if they are not kept yet."""
        path = self._keep(f"{part}.ids", (piece.tobytes() for piece in pieces))
        return np.memmap(path, np.uint32, "r")

    def _keep(self, ending: str, content: Iterable[bytes]) -> Path:
        from filelock import FileLock

        path = self.path.with_name(f"{self.path.name}.{self.digest}.{ending}")
        try:
            with FileLock(f"{path}.lock"):
                if not path.is_file():
                    with atomic(path) as beside, beside.open("wb") as file:
                        file.writelines(content)
        except OSError as error:
            raise UserError(
                f"{path} cannot be written ({error.strerror}): make room, or make the folder yours"
            ) from error
        return path


def _digest(file: io.BufferedReader) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(2**20):
        digest.update(chunk)
    return digest.hexdigest()[:16]

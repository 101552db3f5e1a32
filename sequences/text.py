"""Converts a text file to word ids, line by line, so that no text needs to fit into memory."""

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

END, UNKNOWN = "<eos>", "<unk>"  # the end of a line, a word outside the vocabulary
LINES = 10_000  # lines encoded at once


class Vocabulary(dict[str, int]):
    """Maps words to ids, numbered in their order, and every other word to the id of `UNKNOWN`, which must be a word."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__((word, i) for i, word in enumerate(words))

    def __missing__(self, word: str) -> int:
        return self[UNKNOWN]

    @property
    def bytes(self) -> Array:
        """The words, one per line, as uint8, for a fingerprint."""
        return np.frombuffer("\n".join(self).encode(), np.uint8)


def fetch_parts(files: Mapping[Part, str], folder: Path, mirror: str | None) -> tuple[dict[Part, Path], list[str]]:
    """Fetches the file of each part.

    Returns:
        The paths of the parts that can be fetched, and a phrase about each one that cannot.

    Raises:
        UserError: none can be fetched.
    """
    paths: dict[Part, Path] = {}
    missing = []
    for part, name in files.items():
        try:
            paths[part] = fetch(name, folder, mirror)
        except UserError as error:  # noqa: PERF203, three files at most
            missing.append(f"the {part} part ({error})")
    if not paths:
        raise UserError("; ".join(missing))
    return paths, missing


def lines(path: Path, suffix: str = ".txt") -> Iterator[str]:
    """Yields the lines of a text file, or of the file with this suffix in a .zip.

    Raises:
        UserError: the file is damaged or empty, or not text in UTF-8.
    """
    with open_member(path, suffix) as stream:
        text = io.TextIOWrapper(stream, "utf-8", newline="\n")
        try:
            if not (first := text.readline()):
                raise UserError(f"{path} holds no text: delete it and fetch it again")
            yield first
            yield from text
        except UnicodeDecodeError as error:
            raise UserError(f"{path} is not text in UTF-8 ({error}): delete it and fetch it again") from error


def read(files: Mapping[Part, Path]) -> tuple[Vocabulary, dict[Part, Array]]:
    """Returns the vocabulary of small texts, by frequency, and the ids of each part, uint32, in memory."""
    vocabulary = Vocabulary(by_frequency(map(lines, files.values())))
    return vocabulary, {part: np.concatenate([*encode(lines(path), vocabulary)]) for part, path in files.items()}


def by_frequency(texts: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yields the words of texts, each given by its lines, and `END`: by frequency, then in order of appearance."""
    counts: Counter[str] = Counter()
    for text in texts:
        for line in text:
            counts.update(line.split())
            counts[END] += 1
    yield from (word for word, _ in counts.most_common())


def encode(text: Iterable[str], vocabulary: Vocabulary) -> Iterator[Array]:
    """Yields the ids of a text's words, with `END` after each line: uint32, `LINES` lines at a time."""
    text = iter(text)
    while chunk := list(itertools.islice(text, LINES)):
        words = [word for line in chunk for word in (*line.split(), END)]
        yield np.fromiter(map(vocabulary.__getitem__, words), np.uint32, len(words))


class Store:
    """Keeps the words and ids of a large text in files beside it, whose names have a digest of the text's file."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.digest = _digest(file)
        self.path = path

    def words(self, words: Iterable[str]) -> Vocabulary:
        """Returns the vocabulary. Reads `words` only if no file holds it yet."""
        path = self._keep("words", (f"{word}\n".encode() for word in words))
        return Vocabulary(path.read_text("utf-8").split("\n")[:-1])

    def ids(self, part: Part, pieces: Iterable[Array]) -> Array:
        """Returns the ids of a part, uint32, memory-mapped. Reads `pieces` of them only if no file holds them yet."""
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

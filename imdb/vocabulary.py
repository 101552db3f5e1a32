"""Words and their codes as in `keras.datasets.imdb`: the more frequent a word, the lower its rank."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from foundation.input_file import read_input
from foundation.user_error import UserError

PADDING, START, UNKNOWN = 0, 1, 2
LIMIT = 2**27  # bytes of a file of ranks; the public one has 1.6 million
OFFSET = 3  # the code of a word is its rank, from 1, plus this
SEPARATORS = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))  # apostrophes stay in words


def split_words(text: str) -> list[str]:
    """Returns the words of a text in lower case, without punctuation, as the published ranks count them."""
    return text.lower().translate(SEPARATORS).split()


@dataclass(frozen=True)
class Vocabulary:
    """The rank of every word."""

    ranks: dict[str, int]

    @classmethod
    def read(cls, path: Path) -> Vocabulary:
        """Returns the ranks of a JSON file, {word: rank}.

        Raises:
            UserError: the file cannot be read or is damaged, or does not hold ranks.
        """
        try:
            ranks = json.loads(read_input(path, LIMIT))
        except (ValueError, RecursionError) as error:
            raise UserError(f"{path} is damaged ({error}): delete it and fetch it again") from error
        whole = isinstance(ranks, dict) and all(type(rank) is int and rank > 0 for rank in ranks.values())
        if not whole or len(set(ranks.values())) < len(ranks):
            raise UserError(f"{path} holds something else than a rank for each word: delete it and fetch it again")
        return cls(ranks)

    @classmethod
    def count(cls, texts: Iterable[str]) -> Vocabulary:
        """Returns the ranks of the words in texts. Equally frequent words are in alphabetical order."""
        counts = Counter(word for text in texts for word in split_words(text))
        return cls({word: rank for rank, word in enumerate(sorted(counts, key=lambda w: (-counts[w], w)), start=1)})

    def encode(self, words: Iterable[str], size: int) -> np.ndarray:
        """Returns the codes of words, int32, with UNKNOWN for words outside the first `size` codes."""
        return codes(np.fromiter((self.ranks.get(word, size) for word in words), np.int32), size)

    def knows(self, word: str, size: int) -> bool:
        """Returns whether the word is among the first `size` codes."""
        return self.ranks.get(word, size) + OFFSET < size

    def decode(self, ranks: Iterable[int]) -> str:
        """Returns the words of ranks, with "?" for a rank without a word."""
        return " ".join(self._words.get(int(rank), "?") for rank in ranks)

    @cached_property
    def _words(self) -> dict[int, str]:
        return {rank: word for word, rank in self.ranks.items()}


def codes(ranks: np.ndarray, size: int) -> np.ndarray:
    """Converts ranks to codes below `size`, int32, with UNKNOWN for rarer words."""
    return np.where(ranks < size - OFFSET, ranks + np.int32(OFFSET), np.int32(UNKNOWN))

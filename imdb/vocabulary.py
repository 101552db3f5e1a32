"""Words and their codes, as `keras.datasets.imdb` counts them: the more frequent a word, the lower its rank."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from foundation.user_error import UserError

PADDING, START, UNKNOWN = 0, 1, 2
OFFSET = 3  # a word's code is its rank, from 1, and this
SEPARATORS = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))  # apostrophes stay in words


def split_words(text: str) -> list[str]:
    """A text's words in lower case, without punctuation, as the published ranks were made from the reviews."""
    return text.lower().translate(SEPARATORS).split()


@dataclass(frozen=True)
class Vocabulary:
    """Every word's rank."""

    ranks: dict[str, int]

    @classmethod
    def read(cls, path: Path) -> Vocabulary:
        """The ranks in a JSON file, {word: rank}.

        Raises:
            UserError: it is no such file.
        """
        try:
            ranks = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}") from error
        except (ValueError, RecursionError) as error:
            raise UserError(f"{path} is damaged ({error}): delete it and fetch it again") from error
        whole = isinstance(ranks, dict) and all(type(rank) is int and rank > 0 for rank in ranks.values())
        if not whole or len(set(ranks.values())) < len(ranks):
            raise UserError(f"{path} holds something else than a rank for each word: delete it and fetch it again")
        return cls(ranks)

    @classmethod
    def count(cls, texts: Iterable[str]) -> Vocabulary:
        """The ranks of the words in these texts; the alphabet decides between equally frequent ones."""
        counts = Counter(word for text in texts for word in split_words(text))
        return cls({word: rank for rank, word in enumerate(sorted(counts, key=lambda w: (-counts[w], w)), start=1)})

    def encode(self, words: Iterable[str], size: int) -> np.ndarray:
        """The words' codes, int32; UNKNOWN for those outside the first `size` codes."""
        return codes(np.fromiter((self.ranks.get(word, size) for word in words), np.int32), size)

    def knows(self, word: str, size: int) -> bool:
        """Whether the word is among the first `size` codes."""
        return self.ranks.get(word, size) + OFFSET < size

    def decode(self, ranks: Iterable[int]) -> str:
        """The words of these ranks, "?" where there is none."""
        return " ".join(self._words.get(int(rank), "?") for rank in ranks)

    @cached_property
    def _words(self) -> dict[int, str]:
        return {rank: word for word, rank in self.ranks.items()}


def codes(ranks: np.ndarray, size: int) -> np.ndarray:
    """Ranks to codes below `size`, UNKNOWN for rarer words; int32."""
    return np.where(ranks < size - OFFSET, ranks + np.int32(OFFSET), np.int32(UNKNOWN))

"""Reviews as word ranks: reads `imdb.npz` without running code from its pickles, and pads reviews for a network."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from foundation.archive import open_member
from foundation.user_error import UserError
from imdb.vocabulary import PADDING, START, codes

SAFE = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
}
MOST_WORDS = 10**8  # of a part; the public reviews have 6 million


@dataclass(frozen=True)
class Reviews:
    """Reviews as one array, with their sentiments."""

    ranks: np.ndarray
    """The ranks of all words, int32, shape (words,)."""
    starts: np.ndarray
    """The index in `ranks` where each review starts, then where the last one ends: int64, shape (reviews + 1,)."""
    labels: np.ndarray
    """1 for a positive review, 0 for a negative one: int8, shape (reviews,)."""
    texts: tuple[str, ...] = ()
    """The reviews as text, if they were loaded with it."""

    @classmethod
    def join(cls, reviews: Sequence[Sequence[int]], labels: Iterable[int]) -> Reviews:
        """Returns the reviews, each given as a sequence of ranks."""
        lengths = np.fromiter(map(len, reviews), np.int64, len(reviews))
        ranks = np.fromiter(chain.from_iterable(reviews), np.int32, lengths.sum())
        return cls(ranks, np.concatenate([[0], lengths.cumsum()]), np.fromiter(labels, np.int8))

    def __len__(self) -> int:
        """Returns the number of reviews."""
        return len(self.labels)

    def __getitem__(self, index: int) -> np.ndarray:
        """Returns the ranks of one review."""
        return self.ranks[self.starts[index] : self.starts[index + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """The number of words in each review."""
        return np.diff(self.starts)

    def take(self, order: np.ndarray) -> Reviews:
        """Returns the reviews with these indices, in this order."""
        starts = np.concatenate([[0], self.lengths[order].cumsum()])
        texts = tuple(self.texts[i] for i in order) if self.texts else ()
        return Reviews(np.concatenate([self[i] for i in order]), starts, self.labels[order], texts)

    def padded(self, words: int, length: int, *, reverse: bool = False) -> np.ndarray:
        """Returns the reviews as codes below `words`: int32, shape (reviews, length).

        Each review begins with START. Short reviews get PADDING at the front, and of long ones the last `length` codes
        are kept. With `reverse`, each review is reversed first, with its START.
        """
        lengths = self.lengths[:, None] + 1  # START is one more
        column = np.arange(length)
        # the position in the review of each column's code
        place = np.broadcast_to(length - 1 - column, (len(self), length)) if reverse else column - length + lengths
        known = np.append(codes(self.ranks, words), np.int32(PADDING))
        padded = known.take(self.starts[:-1, None] + place - 1, mode="clip")
        padded[place == 0] = START
        padded[(place < 0) | (place >= lengths)] = PADDING
        return padded


def read(path: Path) -> tuple[Reviews, Reviews]:
    """Returns the training and the test reviews of a file in the format of Keras's `imdb.npz`, in the file's order.

    Raises:
        UserError: the file is damaged, or holds something else than reviews, such as code.
    """
    training, test = (
        _reviews(path, _array(path, f"x_{part}"), _array(path, f"y_{part}")) for part in ("train", "test")
    )
    return training, test


def _array(path: Path, name: str) -> Any:
    with open_member(path, f"{name}.npy") as stream:
        try:
            if (version := np.lib.format.read_magic(stream)) != (1, 0):
                raise ValueError(f"version {version}")
            _, _, dtype = np.lib.format.read_array_header_1_0(stream)
            if dtype.hasobject:
                return _Unpickler(stream).load().items
            stream.seek(0)
            return np.lib.format.read_array(stream, allow_pickle=False)
        except pickle.UnpicklingError as error:
            raise UserError(f"{path} is refused: {error}; delete it and fetch it again") from error
        except Exception as error:  # a pickle of something else raises a dozen different ones
            raise UserError(f"{path} is damaged ({name}: {error}): delete it and fetch it again") from error


class _Unpickler(pickle.Unpickler):
    """Builds numbers, text and lists, and `_StandIn` for NumPy's classes, which may take bytes for objects."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in SAFE:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is not data")
        return _StandIn


class _StandIn:
    """Replaces the arrays and dtypes of a pickle. Keeps the list of objects that is the state of an array."""

    def __init__(self, *arguments: Any) -> None:
        self.items: list[Any] = []

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, tuple) and len(state) == 5 and isinstance(state[4], list):
            self.items = state[4]


def _reviews(path: Path, reviews: Any, labels: Any) -> Reviews:
    try:
        reviews, labels = list(reviews), list(labels)
        if any(type(review) is not list for review in reviews) or sum(map(len, reviews)) > MOST_WORDS:
            raise ValueError("not lists of ranks, or too many")
        if {int} != set(map(type, chain.from_iterable(reviews))):
            raise ValueError("a rank is not a whole number")
        joined = Reviews.join(reviews, labels)
        if len(reviews) != len(labels) or set(np.unique(joined.labels)) != {0, 1} or joined.ranks.min() < 1:
            raise ValueError("reviews, ranks and labels do not fit together")
    except (TypeError, ValueError, OverflowError) as error:
        raise UserError(f"{path} holds no reviews ({error}): delete it and fetch it again") from error
    return joined

"""The reviews as word ranks: read from `imdb.npz` without running what a pickle may carry, and padded for a network."""

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
MOST_WORDS = 10**8  # in a part; the public reviews have 6 million


@dataclass(frozen=True)
class Reviews:
    """Reviews end to end, with their sentiment."""

    ranks: np.ndarray
    """Every word's rank, int32, shape (words,)."""
    starts: np.ndarray
    """Where each review starts in `ranks`, and the end of the last: int64, shape (reviews + 1,)."""
    labels: np.ndarray
    """1 for a positive review, 0 for a negative one: int8, shape (reviews,)."""
    texts: tuple[str, ...] = ()
    """The reviews as they were written, where an experiment asked for them."""

    @classmethod
    def join(cls, reviews: Sequence[Sequence[int]], labels: Iterable[int]) -> Reviews:
        """Puts reviews, each a sequence of ranks, end to end."""
        lengths = np.fromiter(map(len, reviews), np.int64, len(reviews))
        ranks = np.fromiter(chain.from_iterable(reviews), np.int32, lengths.sum())
        return cls(ranks, np.concatenate([[0], lengths.cumsum()]), np.fromiter(labels, np.int8))

    def __len__(self) -> int:
        """How many reviews there are."""
        return len(self.labels)

    def __getitem__(self, index: int) -> np.ndarray:
        """One review's ranks."""
        return self.ranks[self.starts[index] : self.starts[index + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """Each review's number of words."""
        return np.diff(self.starts)

    def take(self, order: np.ndarray) -> Reviews:
        """These reviews in this order."""
        starts = np.concatenate([[0], self.lengths[order].cumsum()])
        texts = tuple(self.texts[i] for i in order) if self.texts else ()
        return Reviews(np.concatenate([self[i] for i in order]), starts, self.labels[order], texts)

    def padded(self, words: int, length: int, *, reverse: bool = False) -> np.ndarray:
        """The reviews as codes below `words`: int32, shape (reviews, length).

        Each begins with START. A short one has PADDING before it; of a long one its last `length` codes are kept.
        With `reverse`, as if each had been turned around before that.
        """
        lengths = self.lengths[:, None] + 1  # START is one more
        column = np.arange(length)
        # the place in its review of what stands in each column
        place = np.broadcast_to(length - 1 - column, (len(self), length)) if reverse else column - length + lengths
        known = np.append(codes(self.ranks, words), np.int32(PADDING))
        found = known.take(self.starts[:-1, None] + place - 1, mode="clip")
        found[place == 0] = START
        found[(place < 0) | (place >= lengths)] = PADDING
        return found


def read(path: Path) -> tuple[Reviews, Reviews]:
    """The training and the test reviews of a file laid out as Keras's `imdb.npz`, in the file's order.

    Raises:
        UserError: it is damaged, or holds something else, or code.
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
        except Exception as error:  # a pickle of something else shows itself in a dozen kinds of them
            raise UserError(f"{path} is damaged ({name}: {error}): delete it and fetch it again") from error


class _Unpickler(pickle.Unpickler):
    """Makes numbers, text, lists, and stand-ins for NumPy's classes, which can take a file's bytes for objects."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in SAFE:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is no data")
        return _StandIn


class _StandIn:
    """What a pickle calls an array or its dtype; keeps the list that an array of objects is pickled with."""

    def __init__(self, *arguments: Any) -> None:
        self.items: list[Any] = []

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, tuple) and len(state) == 5 and isinstance(state[4], list):
            self.items = state[4]


def _reviews(path: Path, reviews: Any, labels: Any) -> Reviews:
    try:
        reviews, labels = list(reviews), list(labels)
        if any(type(review) is not list for review in reviews) or sum(map(len, reviews)) > MOST_WORDS:
            raise ValueError("no lists of ranks, or too many")
        if {int} != set(map(type, chain.from_iterable(reviews))):
            raise ValueError("ranks are whole numbers")
        joined = Reviews.join(reviews, labels)
        if len(reviews) != len(labels) or set(np.unique(joined.labels)) != {0, 1} or joined.ranks.min() < 1:
            raise ValueError("reviews, ranks and labels don't fit together")
    except (TypeError, ValueError, OverflowError) as error:
        raise UserError(f"{path} holds no reviews ({error}): delete it and fetch it again") from error
    return joined

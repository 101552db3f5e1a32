"""Splits texts into sentences of words, for models that read sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from imdb.vocabulary import PADDING, Vocabulary, split_words

BREAK = re.compile(r"<br\s*/?>|\n")
# after . ! ? … and closing marks, before a capital, a digit or an opening mark; not after titles and initials
END = re.compile(
    r"""(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bvs\.)(?<!\b[A-Z]\.)"""
    r"""(?<=[.!?…"'”’)\]])(?<![^.!?…]["'”’)\]])\s+(?=["'“‘(\[]?[A-Z0-9])"""
)


def split(text: str) -> list[list[str]]:
    """Returns the sentences of a text, each a list of its words. None is empty."""
    sentences = (split_words(sentence) for line in BREAK.split(text) for sentence in END.split(line))
    return [words for words in sentences if words]


def padded(
    texts: Sequence[str], vocabulary: Vocabulary, words: int, sentences: int, length: int, *, reverse: bool = False
) -> np.ndarray:
    """Returns the texts as codes below `words`: int32, shape (texts, sentences, length), with PADDING at the end.

    The last `sentences` of each text are kept, and the first `length` words of each sentence. With `reverse`, the order
    of the kept sentences and of their words is reversed.
    """
    documents = np.full((len(texts), sentences, length), PADDING, np.int32)
    for document, text in zip(documents, texts, strict=True):
        for row, sentence in zip(document, cut(text, sentences, length, reverse=reverse), strict=False):
            row[: len(sentence)] = vocabulary.encode(sentence, words)
    return documents


def cut(text: str, sentences: int, length: int, *, reverse: bool = False) -> list[list[str]]:
    """Returns the words of a text that `padded` keeps, by sentence."""
    kept = [sentence[:length] for sentence in split(text)[-sentences:]]
    return [sentence[::-1] for sentence in kept[::-1]] if reverse else kept

"""Texts as sentences of words, for the models that read sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from imdb.vocabulary import PADDING, Vocabulary, split_words

BREAK = re.compile(r"<br\s*/?>|\n")
# after . ! ? … and what closes with it, before a capital, a digit or what opens; not after titles and initials
END = re.compile(
    r"""(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bvs\.)(?<!\b[A-Z]\.)"""
    r"""(?<=[.!?…"'”’)\]])(?<![^.!?…]["'”’)\]])\s+(?=["'“‘(\[]?[A-Z0-9])"""
)


def split(text: str) -> list[list[str]]:
    """A text's sentences, each a list of its words; none is empty."""
    sentences = (split_words(sentence) for line in BREAK.split(text) for sentence in END.split(line))
    return [words for words in sentences if words]


def padded(
    texts: Sequence[str], vocabulary: Vocabulary, words: int, sentences: int, length: int, *, reverse: bool = False
) -> np.ndarray:
    """The texts as codes below `words`: int32, shape (texts, sentences, length), PADDING behind what is short.

    Of a long text its last `sentences` are kept, of a long sentence its first `length` words. With `reverse`, what is
    kept is turned around.
    """
    found = np.full((len(texts), sentences, length), PADDING, np.int32)
    for document, text in zip(found, texts, strict=True):
        for row, sentence in zip(document, laid(text, sentences, length, reverse=reverse), strict=False):
            row[: len(sentence)] = vocabulary.encode(sentence, words)
    return found


def laid(text: str, sentences: int, length: int, *, reverse: bool = False) -> list[list[str]]:
    """The words of a text that `padded` keeps, by sentence."""
    found = [sentence[:length] for sentence in split(text)[-sentences:]]
    return [sentence[::-1] for sentence in found[::-1]] if reverse else found

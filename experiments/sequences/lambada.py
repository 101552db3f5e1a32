"""Which word ends a passage, after training on novels (deck: "Experimental Results")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.sequences import _language

if TYPE_CHECKING:
    import keras

    from sequences.task import Task


@dataclass(frozen=True)
class Config(_language.LanguageConfig):
    """Nothing of its own."""


def load(config: Config) -> Task:
    """Reads the text."""
    from sequences import passages

    return _language.read(passages.load, config)


def build(config: Config) -> keras.Model:
    """Words, shape (batch, history + scored), to the next ones' logits, shape (batch, scored, symbols)."""
    return _language.language_model(config)

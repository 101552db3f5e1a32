"""Models that guess the next symbol of a text: what the five language tasks share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsonargparse.typing import NonNegativeInt, PositiveInt

from experiments.sequences import SequencesConfig, body, with_forget_bias
from foundation.user_error import UserError
from lab.training_config import DropoutRate

if TYPE_CHECKING:
    import keras

    from sequences.task import Task


@dataclass(frozen=True)
class LanguageConfig(SequencesConfig):
    """The text's windows, and the symbols' vectors."""

    symbols: PositiveInt
    """Different words or characters at most."""
    history: NonNegativeInt
    """Symbols of a window that only warm up; no answer is asked for there."""
    scored: PositiveInt
    """Symbols of a window after each of which the next one is to be guessed."""
    embedding: PositiveInt
    """Size of each symbol's vector."""
    embedding_dropout: DropoutRate
    """Dropout of the symbols' vectors."""
    tied: bool
    """Score answers by the same vectors as those of the embedding, instead of ones of their own."""


def read(load: Callable[..., Task], config: LanguageConfig) -> Task:
    """A text's task, in the windows that the settings name.

    Raises:
        UserError: it has more symbols than the settings allow.
    """
    task = load(batch_size=config.batch_size, history=config.history, scored=config.scored, mirror=config.mirror)
    if task.inputs > config.symbols:
        raise UserError(f"{task.name} has {task.inputs:,} different symbols: give --symbols {task.inputs}")
    return task


def language_model(config: LanguageConfig) -> keras.Model:
    """Symbols, shape (batch, history + scored), to the next ones' logits, shape (batch, scored, symbols)."""
    import keras

    vectors = keras.layers.ReversibleEmbedding(config.symbols, config.embedding, tie_weights=config.tied)
    inputs = keras.Input((None,), dtype="int32")
    outputs = keras.layers.Dropout(config.embedding_dropout)(vectors(inputs))
    for layer in body(config, every_step=True):
        outputs = layer(outputs)
    outputs = keras.layers.Cropping1D((config.history, 0))(outputs)
    if config.units != config.embedding:
        outputs = keras.layers.Dense(config.embedding)(outputs)
    return with_forget_bias(keras.Model(inputs, vectors(outputs, reverse=True)), config.forget_bias)

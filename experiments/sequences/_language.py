"""Language models: networks that predict the next symbol of a text, a word or a character."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jsonargparse.typing import NonNegativeInt, PositiveInt

from experiments.sequences._config import SequencesConfig
from experiments.sequences._networks import body, with_forget_bias
from foundation.user_error import UserError
from lab.identity import setting
from lab.setting_types import DropoutRate

if TYPE_CHECKING:
    import keras

    from sequences.task import Task


@dataclass(frozen=True)
class LanguageConfig(SequencesConfig):
    """The windows of the text, and the vectors of its symbols."""

    symbols: PositiveInt
    """The most different words or characters that the text may have."""
    context: NonNegativeInt = field(metadata=setting(was="history"))
    """Symbols at the start of a window that are only read, without predicting the next one."""
    targets: PositiveInt = field(metadata=setting(was="scored"))
    """Symbols of a window after each of which the next one is predicted."""
    embedding: PositiveInt
    """Size of the vector of a symbol."""
    embedding_dropout: DropoutRate
    """Dropout of the vectors."""
    tied: bool
    """Use the vectors of the embedding for the output layer too."""


def loader(read: Callable[..., Task]) -> Callable[[LanguageConfig], Task]:
    """Returns the hook `load` of an experiment whose text `read` reads, see `sequences/`."""

    def load(config: LanguageConfig) -> Task:
        """Returns the text's task, in the windows that the settings name.

        Raises:
            UserError: the text has more symbols than the settings allow.
        """
        task = read(batch_size=config.batch_size, context=config.context, targets=config.targets, mirror=config.mirror)
        if task.inputs > config.symbols:
            raise UserError(f"{task.name} has {task.inputs:,} different symbols; give --symbols {task.inputs}")
        return task

    return load


def build(config: LanguageConfig) -> keras.Model:
    """Builds a network from symbols, (batch, context + targets), to logits of the next, (batch, targets, symbols)."""
    import keras

    vectors = keras.layers.ReversibleEmbedding(config.symbols, config.embedding, tie_weights=config.tied)
    inputs = keras.Input((None,), dtype="int32")
    outputs = keras.layers.Dropout(config.embedding_dropout)(vectors(inputs))
    for layer in body(config, every_step=True):
        outputs = layer(outputs)
    outputs = keras.layers.Cropping1D((config.context, 0))(outputs)
    if config.units != config.embedding:
        outputs = keras.layers.Dense(config.embedding)(outputs)
    return with_forget_bias(keras.Model(inputs, vectors(outputs, reverse=True)), config.forget_bias)

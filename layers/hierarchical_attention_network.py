"""Documents read word by word, sentence by sentence (deck: "Hierarchical Neural Attention Encoder")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.context_attention import ContextAttention
from layers.gru import GRU

Tensor = Any


@keras.saving.register_keras_serializable(package="layers")
class HierarchicalAttentionNetwork(keras.layers.Layer):
    """Documents of word numbers, shape (batch, sentences, words), to vectors, shape (batch, 2 * units).

    Words are embedded, a bidirectional GRU reads each sentence, attention sums up its words; another bidirectional GRU
    reads the sentences, attention sums up the document (Yang et al. 2016, section 2.2). 0 is padding, at the right.

    The GRUs are given no mask, which cuDNN would refuse where a sentence is empty: the one that reads backwards gets
    each sentence turned round within its length, so that padding always comes last and reaches no word. Attention then
    leaves the padding out. An empty sentence weighs nothing, an empty document is zeros.

    Called with `return_attention_scores=True`, it gives the vectors, the words' weights within their sentences, shape
    (batch, sentences, words), and the sentences' weights, shape (batch, sentences).

    Args:
        words: How many word numbers there are, 0 included.
        embedding: Size of a word's vector.
        units: Size of each GRU's state, in each direction.
        attention: Size of the attentions' context vectors; none means 2 * units, as in the paper.
        dropout: The share of the words' and the sentences' vectors that is dropped while training; the paper has none.
        seed: Of the dropout.

    Raises:
        ValueError: a size is not positive, or the input has not three axes.
    """

    def __init__(
        self,
        words: int,
        embedding: int,
        units: int,
        attention: int | None = None,
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        policy = self.dtype_policy
        self.arguments = {
            "words": words,
            "embedding": embedding,
            "units": units,
            "attention": attention,
            "dropout": dropout,
            "seed": seed,
        }
        self.units, size = units, attention or 2 * units
        self.embed = keras.layers.Embedding(words, embedding, dtype=policy, name="embed")
        self.words_forwards = GRU(units, return_sequences=True, dtype=policy, name="words_forwards")
        self.words_backwards = GRU(units, return_sequences=True, dtype=policy, name="words_backwards")
        self.word_attention = ContextAttention(size, dtype=policy, name="word_attention")
        self.sentences_forwards = GRU(units, return_sequences=True, dtype=policy, name="sentences_forwards")
        self.sentences_backwards = GRU(units, return_sequences=True, dtype=policy, name="sentences_backwards")
        self.sentence_attention = ContextAttention(size, dtype=policy, name="sentence_attention")
        seeds = (None, None) if seed is None else (2 * seed, 2 * seed + 1)
        self.drop_words, self.drop_sentences = (keras.layers.Dropout(dropout, seed=s, dtype=policy) for s in seeds)
        self.input_spec = keras.layers.InputSpec(ndim=3)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Builds all parts."""
        embedded, both = (None, None, self.embed.output_dim), (None, None, 2 * self.units)
        self.embed.build(input_shape)
        for gru, shape in (
            (self.words_forwards, embedded),
            (self.words_backwards, embedded),
            (self.sentences_forwards, both),
            (self.sentences_backwards, both),
        ):
            gru.build(shape)
        self.word_attention.build(both)
        self.sentence_attention.build(both)

    def call(self, inputs: Tensor, training: bool | None = None, return_attention_scores: bool = False) -> Any:
        """Reads the documents."""
        sentences, words = ops.shape(inputs)[1:3]
        written = ops.not_equal(inputs, 0)
        embedded = self.drop_words(self.embed(inputs), training=training)

        each = ops.reshape(embedded, (-1, words, self.embed.output_dim))
        here = ops.reshape(written, (-1, words))
        read = _read(self.words_forwards, self.words_backwards, each, here, training)
        summed, word_weights = self.word_attention(read, mask=here, return_attention_scores=True)

        summed = ops.reshape(summed, (-1, sentences, 2 * self.units))
        summed = self.drop_sentences(summed, training=training)
        told = ops.any(written, axis=-1)
        read = _read(self.sentences_forwards, self.sentences_backwards, summed, told, training)
        document, sentence_weights = self.sentence_attention(read, mask=told, return_attention_scores=True)
        if not return_attention_scores:
            return document
        return document, ops.reshape(word_weights, (-1, sentences, words)), sentence_weights

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this layer again."""
        return {**super().get_config(), **self.arguments}


def _read(forwards: GRU, backwards: GRU, inputs: Tensor, here: Tensor, training: bool | None) -> Tensor:
    """Both GRUs' outputs side by side, shape (batch, timesteps, 2 * units); those in the padding mean nothing."""
    places = ops.arange(ops.shape(inputs)[1])
    length = ops.max(ops.where(here, places + 1, 0), axis=1, keepdims=True)  # holes within count
    turn = ops.expand_dims(ops.where(places < length, length - 1 - places, places), -1)
    turned = backwards(ops.take_along_axis(inputs, turn, axis=1), training=training)
    there = forwards(inputs, training=training)
    return ops.concatenate([there, ops.take_along_axis(turned, turn, axis=1)], axis=-1)

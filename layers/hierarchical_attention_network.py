"""The hierarchical attention network for documents (deck: "Hierarchical Neural Attention Encoder")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.context_attention import ContextAttention
from layers.gru import GRU

Tensor = Any


@keras.saving.register_keras_serializable(package="layers")
class HierarchicalAttentionNetwork(keras.layers.Layer):
    """Summarises documents, given as word indices, as vectors.

    A bidirectional GRU reads the embedded words of each sentence, and attention averages its outputs to a sentence
    vector. Another bidirectional GRU reads the sentence vectors, and attention averages its outputs to a document
    vector (Yang et al. 2016, "Hierarchical Attention Networks for Document Classification", section 2.2).

    Index 0 is padding, on the right. The GRUs get no mask, because cuDNN rejects masks with empty sentences. Instead,
    the backward GRU reads each sentence reversed within its own length, so that padding always comes last and affects
    no word. Attention then gives padding weight 0. An empty sentence gets weight 0, and an empty document becomes 0.

    Input shape: (batch, sentences, words), integers. Output shape: (batch, 2 * units). With
    `return_attention_scores=True` the layer also returns the weights of the words in their sentences, of shape
    (batch, sentences, words), and the weights of the sentences, of shape (batch, sentences).

    Args:
        words: Number of word indices, 0 included.
        embedding: Size of the word vectors.
        units: Size of each GRU's state, in each direction.
        attention: Size of the context vectors. Defaults to 2 * units, as in the paper.
        dropout: Fraction of the word and sentence vectors' numbers to drop in training. The paper uses none.
        seed: Random seed of the dropout.

    Raises:
        ValueError: If a size is not positive, or the input does not have three axes.
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
        """Builds the embedding, the GRUs and the attention layers."""
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
        """Returns the document vectors, and the weights if `return_attention_scores` is True."""
        sentences, words = ops.shape(inputs)[1:3]
        is_word = ops.not_equal(inputs, 0)
        embedded = self.drop_words(self.embed(inputs), training=training)

        embedded = ops.reshape(embedded, (-1, words, self.embed.output_dim))
        mask = ops.reshape(is_word, (-1, words))
        outputs = _bidirectional(self.words_forwards, self.words_backwards, embedded, mask, training)
        vectors, word_weights = self.word_attention(outputs, mask=mask, return_attention_scores=True)

        vectors = ops.reshape(vectors, (-1, sentences, 2 * self.units))
        vectors = self.drop_sentences(vectors, training=training)
        mask = ops.any(is_word, axis=-1)
        outputs = _bidirectional(self.sentences_forwards, self.sentences_backwards, vectors, mask, training)
        document, sentence_weights = self.sentence_attention(outputs, mask=mask, return_attention_scores=True)
        if not return_attention_scores:
            return document
        return document, ops.reshape(word_weights, (-1, sentences, words)), sentence_weights

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (batch, 2 * units)."""
        return (input_shape[0], 2 * self.units)

    def compute_output_spec(
        self, inputs: Tensor, training: bool | None = None, return_attention_scores: bool = False
    ) -> Any:
        """Returns the shape and dtype of the vectors, and of the weights if `return_attention_scores` is True."""
        shapes = (self.compute_output_shape(inputs.shape), inputs.shape, inputs.shape[:2])
        document, word_weights, sentence_weights = (keras.KerasTensor(shape, self.compute_dtype) for shape in shapes)
        return (document, word_weights, sentence_weights) if return_attention_scores else document

    def get_config(self) -> dict[str, Any]:
        """Returns the layer's arguments."""
        return {**super().get_config(), **self.arguments}


def _bidirectional(forwards: GRU, backwards: GRU, inputs: Tensor, mask: Tensor, training: bool | None) -> Tensor:
    """Returns the outputs of both GRUs, concatenated to (batch, timesteps, 2 * units).

    Outputs at padded timesteps have no meaning.
    """
    positions = ops.arange(ops.shape(inputs)[1])
    length = ops.max(ops.where(mask, positions + 1, 0), axis=1, keepdims=True, initial=0)  # gaps count as timesteps
    reverse = ops.expand_dims(ops.where(positions < length, length - 1 - positions, positions), -1)
    backward_outputs = backwards(ops.take_along_axis(inputs, reverse, axis=1), training=training)
    forward_outputs = forwards(inputs, training=training)
    return ops.concatenate([forward_outputs, ops.take_along_axis(backward_outputs, reverse, axis=1)], axis=-1)

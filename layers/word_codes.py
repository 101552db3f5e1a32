"""Codes of words from their ranks."""

from __future__ import annotations

from typing import Any, Literal

import keras
from keras import ops

PADDING, START, UNKNOWN, OFFSET = 0, 1, 2, 3
"""As in `keras.datasets.imdb`: three codes are no words."""


@keras.saving.register_keras_serializable("layers")
class WordCodes(keras.layers.Layer):
    """Turns the ranks of words, from 1 for the most frequent one, into the codes of `keras.datasets.imdb`.

    Rank 0 is padding. A word whose code isn't below `words` becomes the code of unknown words.

    Args:
        words: Number of codes.
        start: Where the code stands that marks the start of a review. "before" puts it in the last place of the
            padding on the left, if there is any; "after" adds a timestep; None leaves it out.

    Input shape: (..., timesteps), integers. Output shape: the same, or with "after" one timestep more.
    """

    def __init__(self, words: int, start: Literal["before", "after"] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words, self.start = words, start

    def call(self, inputs: Any) -> Any:
        """Returns the codes, int32."""
        ranks = ops.cast(inputs, "int32")
        codes = ops.where(ranks < self.words - OFFSET, ranks + OFFSET, UNKNOWN)
        codes = ops.where(ranks > 0, codes, PADDING)
        if self.start == "before":
            following = ops.concatenate([codes[..., 1:], ops.zeros_like(codes[..., :1])], axis=-1)
            codes = ops.where((codes == PADDING) & (following != PADDING), START, codes)
        if self.start == "after":
            codes = ops.concatenate([codes, ops.zeros_like(codes[..., :1]) + START], axis=-1)
        return codes

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the codes."""
        *others, length = input_shape
        return (*others, length + 1 if self.start == "after" and length is not None else length)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Returns the shape and the type of the codes."""
        return keras.KerasTensor(self.compute_output_shape(inputs.shape), "int32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "words": self.words, "start": self.start}

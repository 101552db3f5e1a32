"""A softmax over the positions that a mask keeps."""

from __future__ import annotations

from typing import Any

from keras import ops

Tensor = Any


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Returns the softmax of the scores along the last axis, over the positions where the mask is True.

    Masked positions get 0. If a row is fully masked, all of it is 0.

    Args:
        scores: Floats of shape (…, positions).
        mask: Booleans of the same shape, or None to keep every position.
    """
    if 0 in scores.shape:  # TensorFlow rejects the maximum of an empty batch
        return scores
    if mask is None:
        return ops.softmax(scores)
    mask = ops.cast(mask, "bool")
    scores = ops.where(mask, scores, -3e4)  # float16 can hold this number
    exponentials = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True)) * ops.cast(mask, scores.dtype)
    # the sum is 0 for a fully masked row, and at least 1 otherwise
    return exponentials / ops.maximum(ops.sum(exponentials, axis=-1, keepdims=True), 1e-7)

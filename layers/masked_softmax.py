"""A softmax that leaves out what is masked."""

from __future__ import annotations

from typing import Any

from keras import ops

Tensor = Any


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Softmax along the last axis over what the mask, bool, of the scores' shape, keeps; zeros where it keeps none."""
    if mask is None:
        return ops.softmax(scores)
    mask = ops.cast(mask, "bool")
    scores = ops.where(mask, scores, -3e4)  # within half precision
    raised = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True)) * ops.cast(mask, scores.dtype)
    return raised / ops.maximum(ops.sum(raised, axis=-1, keepdims=True), 1e-7)  # the sum is 0, or at least 1

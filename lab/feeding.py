"""Batches on their way into Keras."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras


def stream(batches: Iterable[tuple[Any, Any]]) -> Any:
    """Batches as `fit` takes them, endless or not; their sizes may differ."""
    if keras.backend.backend() != "tensorflow":
        return (batch for batch in batches)
    import tensorflow as tf

    first = next(iterator := iter(batches))

    def everything() -> Iterable[tuple[Any, Any]]:
        yield first
        yield from iterator

    spec = keras.tree.map_structure(lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype), first)
    return _without_tuning(tf.data.Dataset.from_generator(everything, output_signature=spec))


def whole(examples: tuple[Any, Any], largest: int) -> dict[str, Any]:
    """All examples, once and in order, in batches of up to `largest`, as keyword arguments of `evaluate`."""
    count = len(examples[0])
    # batches of one size are compiled once; where only small ones divide evenly, a short last one costs less
    even = max(size for size in range(1, min(largest, count) + 1) if count % size == 0)
    batch_size = even if even > largest // 16 else largest
    if keras.backend.backend() != "tensorflow":
        return {"x": examples[0], "y": examples[1], "batch_size": batch_size}
    import tensorflow as tf

    return {"x": _without_tuning(tf.data.Dataset.from_tensor_slices(examples).batch(batch_size))}


def _without_tuning(dataset: Any) -> Any:
    # tf.data's tuner sleeps for twice as long each time, and an iterator can't end before it wakes
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)

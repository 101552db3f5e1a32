"""Feeds batches to Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras

Batch = tuple[Any, Any]


def stream(batches: Iterable[Batch], *, lengths_vary: bool = False) -> Any:
    """Returns batches as `fit` takes them. Their sizes may differ, and with `lengths_vary` also their timesteps."""
    if keras.backend.backend() != "tensorflow":
        return (batch for batch in batches)
    first = next(iterator := iter(batches))

    def everything() -> Iterator[Batch]:
        yield first
        yield from iterator

    return _dataset(everything, first, lengths_vary)


def whole(examples: Batch | list[Batch], largest: int) -> dict[str, Any]:
    """Returns all examples once and in order, in batches of up to `largest`, as keyword arguments of `evaluate`.

    A list of pairs is cut into batches pair by pair; the number of timesteps may differ from pair to pair.
    """
    if isinstance(examples, list):
        parts = [(x[i : i + largest], y[i : i + largest]) for x, y in examples for i in range(0, len(x), largest)]
        if keras.backend.backend() != "tensorflow":
            return {"x": _Parts(parts)}
        import tensorflow as tf

        dataset = _dataset(lambda: iter(parts), parts[0], lengths_vary=True)
        return {"x": dataset.apply(tf.data.experimental.assert_cardinality(len(parts)))}
    count = len(examples[0])
    # batches of one size are compiled once; if only small sizes divide evenly, a short last batch costs less
    even = max(size for size in range(1, min(largest, count) + 1) if count % size == 0)
    batch_size = even if even > largest // 16 else largest
    if keras.backend.backend() != "tensorflow":
        return {"x": examples[0], "y": examples[1], "batch_size": batch_size}
    import tensorflow as tf

    return {"x": _without_tuning(tf.data.Dataset.from_tensor_slices(examples).batch(batch_size))}


def traced(model: keras.Model) -> Callable[[Any], Any]:
    """Returns a trained model as a function: on TensorFlow a graph for batches of any size, several times as fast."""
    if keras.backend.backend() != "tensorflow":
        return model
    import tensorflow as tf

    (inputs,) = model.inputs
    return tf.function(model, input_signature=[tf.TensorSpec((None, *inputs.shape[1:]), inputs.dtype)])


class _Parts(keras.utils.PyDataset):
    """A fixed list of batches."""

    def __init__(self, parts: list[Batch]) -> None:
        super().__init__()
        self.parts = parts

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, index: int) -> Batch:
        return self.parts[index]


def _dataset(batches: Callable[[], Iterator[Batch]], first: Batch, lengths_vary: bool) -> Any:
    import tensorflow as tf

    open_axes = 2 if lengths_vary else 1
    spec = keras.tree.map_structure(
        lambda array: tf.TensorSpec((*[None] * open_axes, *array.shape[open_axes:]), array.dtype), first
    )
    return _without_tuning(tf.data.Dataset.from_generator(batches, output_signature=spec))


def _without_tuning(dataset: Any) -> Any:
    # tf.data's tuner sleeps longer each time, and an iterator can't end before it wakes
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)

"""A model's copy for inference, in which no weight norm is worked out again."""

from __future__ import annotations

import keras


def fold(model: keras.Model) -> keras.Model:
    """The same model, Sequential or functional, with each layer that can `fold` folded and all others copied.

    A copy, because a kernel kept inside the model would be wrong, unnoticed, after another training step or
    `load_weights`: here the model may go on as it likes, and is folded again when it has.
    """
    folded = keras.models.clone_model(
        model,
        clone_function=lambda layer: (
            layer.fold() if hasattr(layer, "fold") else type(layer).from_config(layer.get_config())
        ),
    )
    for ours, other in zip(model.layers, folded.layers, strict=True):
        if not hasattr(ours, "fold"):
            other.set_weights(ours.get_weights())
    return folded

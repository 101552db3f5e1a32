"""Training steps of a Keras model on TensorFlow, without what `fit` does around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

Batches = list[tuple[np.ndarray, np.ndarray]]
"""Inputs and targets of each batch."""


def train_steps(model: keras.Model, batches: Batches) -> Callable[[], object]:
    """Returns a function that trains a compiled model for one step on each batch."""
    import tensorflow as tf

    examples = [tuple(map(tf.constant, batch)) for batch in batches]
    train = model.make_train_function() or model.train_function
    # the loss is read once, at the end, so that the steps may overlap as they do in `fit`
    return lambda: [train(iter([batch])) for batch in examples][-1]["loss"].numpy()

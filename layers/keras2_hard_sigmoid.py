"""The hard sigmoid of Keras 2, which the book's first edition used in recurrent gates."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="layers")
def keras2_hard_sigmoid(x: Any) -> Any:
    """Returns 0.2 x + 0.5, clipped to [0, 1]. Keras 3's `hard_sigmoid` clips x / 6 + 0.5 instead."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)

"""The gates' activation in Keras 2, which the first edition's recurrent layers used."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="layers")
def keras2_hard_sigmoid(x: Any) -> Any:
    """0.2 x + 0.5, cut off at 0 and 1; Keras 3's `hard_sigmoid` has x / 6 + 0.5 instead."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)

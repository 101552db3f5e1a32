"""Attention with a learned context vector (deck: "Hierarchical Neural Attention Encoder")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.masked_softmax import masked_softmax

Tensor = Any


@keras.saving.register_keras_serializable(package="layers")
class ContextAttention(keras.layers.Layer):
    """Vectors h, shape (…, timesteps, features), to their weighted mean, shape (…, features).

    u_t = tanh(W h_t + b), alpha_t = softmax over t of (u_t · context), sum over t of alpha_t h_t (Yang et al. 2016,
    "Hierarchical Attention Networks for Document Classification", equations 5 to 7).

    What the mask, bool, shape (…, timesteps), leaves out weighs nothing; where it leaves out all, the mean is zeros.
    Called with `return_attention_scores=True`, it gives the mean and alpha, shape (…, timesteps).

    Args:
        units: Size of u and of the context vector.

    Raises:
        ValueError: units is not a positive integer.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project = keras.layers.Dense(units, activation="tanh", dtype=self.dtype_policy, name="project")
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates W (features, units), b (units,) and the context vector (units,)."""
        self.project.build(input_shape)
        self.context = self.add_weight((self.project.units, 1), "glorot_uniform", name="context")

    def call(self, inputs: Tensor, mask: Tensor | None = None, return_attention_scores: bool = False) -> Any:
        """The mean, and the weights if asked for."""
        weights = masked_softmax(ops.matmul(self.project(inputs), self.context)[..., 0], mask)
        mean = ops.matmul(ops.expand_dims(weights, -2), inputs)[..., 0, :]
        return (mean, weights) if return_attention_scores else mean

    def compute_mask(self, inputs: Tensor, previous_mask: Tensor | None = None) -> None:
        """None: the masked axis is gone."""

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this layer again."""
        return {**super().get_config(), "units": self.project.units}

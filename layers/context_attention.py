"""Attention with a learned context vector (deck: "Hierarchical Neural Attention Encoder")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.masked_softmax import masked_softmax

Tensor = Any


@keras.saving.register_keras_serializable(package="layers")
class ContextAttention(keras.layers.Layer):
    """Returns the weighted mean of a sequence of vectors h_t.

    u_t = tanh(W h_t + b); the weights are alpha_t = softmax over t of (u_t · context); the output is the sum over t of
    alpha_t h_t (Yang et al. 2016, "Hierarchical Attention Networks for Document Classification", equations 5 to 7).

    Input shape: (…, timesteps, features). Output shape: (…, features). With `return_attention_scores=True` the layer
    also returns the weights, of shape (…, timesteps).

    A mask is a boolean tensor of shape (…, timesteps). Masked timesteps get weight 0. If all timesteps are masked, the
    output is 0.

    Args:
        units: Size of u_t and of the context vector.

    Raises:
        ValueError: If `units` is not a positive integer.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project = keras.layers.Dense(units, activation="tanh", dtype=self.dtype_policy, name="project")
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates W (features, units), b (units,) and the context vector (units, 1)."""
        self.project.build(input_shape)
        self.context = self.add_weight((self.project.units, 1), "glorot_uniform", name="context")

    def call(self, inputs: Tensor, mask: Tensor | None = None, return_attention_scores: bool = False) -> Any:
        """Returns the weighted mean, and the weights if `return_attention_scores` is True."""
        weights = masked_softmax(ops.matmul(self.project(inputs), self.context)[..., 0], mask)
        mean = ops.matmul(ops.expand_dims(weights, -2), inputs)[..., 0, :]
        return (mean, weights) if return_attention_scores else mean

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (…, features)."""
        return (*input_shape[:-2], input_shape[-1])

    def compute_output_spec(
        self, inputs: Tensor, mask: Tensor | None = None, return_attention_scores: bool = False
    ) -> Any:
        """Returns the shape and dtype of the mean, and of the weights if `return_attention_scores` is True."""
        mean = keras.KerasTensor(self.compute_output_shape(inputs.shape), self.compute_dtype)
        weights = keras.KerasTensor(inputs.shape[:-1], self.compute_dtype)
        return (mean, weights) if return_attention_scores else mean

    def compute_mask(self, inputs: Tensor, previous_mask: Tensor | None = None) -> None:
        """Returns None: the output has no timesteps to mask."""

    def get_config(self) -> dict[str, Any]:
        """Returns the layer's arguments."""
        return {**super().get_config(), "units": self.project.units}

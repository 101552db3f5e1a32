"""Levels of attention over blocks of the past (deck: "Hierarchical Neural Attention Encoder")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.context_attention import ContextAttention

Tensor = Any


@keras.saving.register_keras_serializable(package="layers")
class HierarchicalAttentionEncoder(keras.layers.Layer):
    """A sequence, shape (batch, timesteps, features), to one vector, shape (batch, units).

    Each level cuts what it is given into blocks of N, the last block ending now, and attention sums up each block; the
    next level is given these sums. So N^levels timesteps are in reach along a path of `levels` sums (Culurciello, "The
    fall of RNN / LSTM", which tells the idea and no more). Before attention, each level has a dense layer, and adds to
    it a learned vector for each place in the block: a sum would not know the order else.

    A shorter sequence is padded at the left; the padding, and what the mask leaves out, weighs nothing. Where all is
    left out the vector is zeros. Called with `return_attention_scores=True`, it gives the vector and each level's
    weights, first level first, shape (batch, blocks, N); `shares` makes of them each timestep's share of the vector.

    Args:
        units: Size of each sum.
        block: N, how many vectors one attention sums up.
        levels: How many levels.
        activation: After the dense layers.

    Raises:
        ValueError: a size is not a positive integer, the number of timesteps is not known or more than `reach`.
    """

    def __init__(self, units: int, block: int, levels: int, activation: Any = "relu", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name, size in {"units": units, "block": block, "levels": levels}.items():
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"{name} is {size!r}; it must be a positive integer")
        self.units, self.block, self.levels = units, block, levels
        self.activation = keras.activations.get(activation)
        policy = self.dtype_policy
        self.denses = [keras.layers.Dense(units, dtype=policy, name=f"dense{i}") for i in range(levels)]
        self.attentions = [ContextAttention(units, dtype=policy, name=f"attention{i}") for i in range(levels)]
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self.supports_masking = True

    @property
    def reach(self) -> int:
        """How many timesteps back the vector sees."""
        return self.block**self.levels

    @property
    def path_length(self) -> int:
        """How many sums lie between any timestep and the vector."""
        return self.levels

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Builds each level, with a vector, (units,), for each of the block's places."""
        self._check(input_shape[1])
        for i, dense in enumerate(self.denses):
            dense.build((None, None, input_shape[-1] if i == 0 else self.units))
            self.attentions[i].build((None, None, self.units))
        # spread wide enough that the first attention tells places apart
        self.places = self.add_weight(
            (self.levels, self.block, self.units), keras.initializers.RandomNormal(0, 0.1), name="places"
        )

    def call(self, inputs: Tensor, mask: Tensor | None = None, return_attention_scores: bool = False) -> Any:
        """Sums up level by level."""
        self._check(inputs.shape[1])
        kept, vectors = mask, inputs
        every_weight = []
        for level, (dense, attention) in enumerate(zip(self.denses, self.attentions, strict=True)):
            vectors, kept = self._blocks(vectors, kept)
            places = ops.convert_to_tensor(self.places)[level]
            vectors, weights = attention(
                self.activation(dense(vectors) + places), mask=kept, return_attention_scores=True
            )
            kept = None if kept is None else ops.any(kept, axis=-1)
            every_weight.append(weights)
        return (vectors[:, 0], every_weight) if return_attention_scores else vectors[:, 0]

    def compute_mask(self, inputs: Tensor, previous_mask: Tensor | None = None) -> None:
        """None: the masked axis is gone."""

    def shares(self, weights: list[Tensor], timesteps: int) -> Tensor:
        """Each timestep's share of the vector, shape (batch, timesteps): the product of the weights along its path."""
        shares = ops.ones_like(weights[-1][:, :, 0])
        for level in reversed(weights):
            spread = ops.expand_dims(shares[:, -level.shape[1] :], -1) * level
            shares = ops.reshape(spread, (-1, level.shape[1] * self.block))
        return shares[:, -timesteps:]

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this layer again."""
        return {
            **super().get_config(),
            "units": self.units,
            "block": self.block,
            "levels": self.levels,
            "activation": keras.activations.serialize(self.activation),
        }

    def _check(self, timesteps: int | None) -> None:
        if timesteps is None:
            raise ValueError("the number of timesteps must be known: keras.Input((timesteps, features))")
        if timesteps > self.reach:
            raise ValueError(
                f"{timesteps} timesteps are more than {self.block}^{self.levels} = {self.reach}: "
                "take more levels or larger blocks"
            )

    def _blocks(self, vectors: Tensor, kept: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Vectors, (batch, steps, size), to (batch, blocks, N, size), and which of them are kept."""
        steps, size = vectors.shape[1:]
        missing = -steps % self.block
        shape = (-1, (steps + missing) // self.block, self.block)
        if missing:
            if kept is None:
                kept = ops.ones_like(vectors[:, :, 0], dtype="bool")
            vectors = ops.pad(vectors, [[0, 0], [missing, 0], [0, 0]])
            kept = ops.pad(ops.cast(kept, "bool"), [[0, 0], [missing, 0]], constant_values=False)
        vectors = ops.reshape(vectors, (*shape, size))
        return vectors, None if kept is None else ops.reshape(kept, shape)

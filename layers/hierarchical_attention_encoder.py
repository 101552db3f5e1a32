"""Attention over blocks of a sequence, level by level (deck: "Hierarchical Neural Attention Encoder")."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from layers.context_attention import ContextAttention

Tensor = Any


@keras.saving.register_keras_serializable(package="layers")
class HierarchicalAttentionEncoder(keras.layers.Layer):
    """Summarises a sequence as one vector.

    Each level splits its inputs into blocks of N vectors, aligned to the end of the sequence. Attention replaces each
    block by one vector, and these vectors are the inputs of the next level. The output therefore sees N^levels
    timesteps, each through `levels` attention layers. The idea is from Culurciello, "The fall of RNN / LSTM", which
    gives no details. Before attention, each level applies a dense layer and adds a learned position vector: a weighted
    mean alone would ignore the order in a block.

    Shorter sequences are padded on the left. Padding and masked timesteps get weight 0. If all timesteps are masked,
    the output is 0.

    Input shape: (batch, timesteps, features). Output shape: (batch, units). With `return_attention_scores=True` the
    layer also returns a list with the weights of each level, of shape (batch, blocks, N). `shares` turns them into the
    weight of each timestep.

    Args:
        units: Size of the vectors.
        block: N, the number of vectors in a block.
        levels: Number of levels.
        activation: Activation of the dense layers.

    Raises:
        ValueError: If `units`, `block` or `levels` is not a positive integer, or the number of timesteps is unknown
            or greater than `receptive_field`.
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
    def receptive_field(self) -> int:
        """The number of timesteps that the output sees."""
        return self.block**self.levels

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Builds the dense and attention layers, and creates the position vectors (levels, N, units)."""
        self._check(input_shape[1])
        for i, dense in enumerate(self.denses):
            dense.build((None, None, input_shape[-1] if i == 0 else self.units))
            self.attentions[i].build((None, None, self.units))
        # a standard deviation of 0.1 lets attention distinguish the positions from the start
        self.places = self.add_weight(
            (self.levels, self.block, self.units), keras.initializers.RandomNormal(0, 0.1), name="places"
        )

    def call(self, inputs: Tensor, mask: Tensor | None = None, return_attention_scores: bool = False) -> Any:
        """Returns the vector, and the weights of each level if `return_attention_scores` is True."""
        self._check(inputs.shape[1])
        vectors = inputs
        all_weights = []
        for level, (dense, attention) in enumerate(zip(self.denses, self.attentions, strict=True)):
            vectors, mask = self._blocks(vectors, mask)
            places = ops.convert_to_tensor(self.places)[level]
            vectors, weights = attention(
                self.activation(dense(vectors) + places), mask=mask, return_attention_scores=True
            )
            mask = None if mask is None else ops.any(mask, axis=-1)
            all_weights.append(weights)
        return (vectors[:, 0], all_weights) if return_attention_scores else vectors[:, 0]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (batch, units)."""
        return (input_shape[0], self.units)

    def compute_output_spec(
        self, inputs: Tensor, mask: Tensor | None = None, return_attention_scores: bool = False
    ) -> Any:
        """Returns the shape and dtype of the vector, and of the weights if `return_attention_scores` is True."""
        self._check(inputs.shape[1])
        vector = keras.KerasTensor(self.compute_output_shape(inputs.shape), self.compute_dtype)
        blocks = [-(-inputs.shape[1] // self.block ** (level + 1)) for level in range(self.levels)]
        weights = [keras.KerasTensor((inputs.shape[0], n, self.block), self.compute_dtype) for n in blocks]
        return (vector, weights) if return_attention_scores else vector

    def compute_mask(self, inputs: Tensor, previous_mask: Tensor | None = None) -> None:
        """Returns None: the output has no timesteps to mask."""

    def shares(self, weights: list[Tensor], timesteps: int) -> Tensor:
        """Returns the weight of each timestep in the output: the product of its weights at all levels.

        Args:
            weights: The list that the layer returns with `return_attention_scores=True`.
            timesteps: Number of timesteps of the sequence.

        Returns:
            A tensor of shape (batch, timesteps). Each row sums to 1, or is 0 if all its timesteps are masked.
        """
        shares = ops.ones_like(weights[-1][:, :, 0])
        for level in reversed(weights):
            products = ops.expand_dims(shares[:, -level.shape[1] :], -1) * level
            shares = ops.reshape(products, (-1, level.shape[1] * self.block))
        return shares[:, -timesteps:]

    def get_config(self) -> dict[str, Any]:
        """Returns the layer's arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "block": self.block,
            "levels": self.levels,
            "activation": keras.activations.serialize(self.activation),
        }

    def _check(self, timesteps: int | None) -> None:
        if timesteps is None:
            raise ValueError("the number of timesteps is unknown; set it with keras.Input((timesteps, features))")
        if timesteps > self.receptive_field:
            raise ValueError(
                f"{timesteps} timesteps are more than {self.block}^{self.levels} = {self.receptive_field}; "
                "use more levels or larger blocks"
            )

    def _blocks(self, vectors: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Returns the vectors as blocks, of shape (batch, blocks, N, size), and their mask, (batch, blocks, N)."""
        steps, size = vectors.shape[1:]
        missing = -steps % self.block
        shape = (-1, (steps + missing) // self.block, self.block)
        if missing:
            if mask is None:
                mask = ops.ones_like(vectors[:, :, 0], dtype="bool")
            vectors = ops.pad(vectors, [[0, 0], [missing, 0], [0, 0]])
            mask = ops.pad(ops.cast(mask, "bool"), [[0, 0], [missing, 0]], constant_values=False)
        vectors = ops.reshape(vectors, (*shape, size))
        return vectors, None if mask is None else ops.reshape(mask, shape)

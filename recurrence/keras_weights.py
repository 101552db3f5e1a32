"""Weights as Keras lays them out and first draws them.

A Keras layer keeps its g gates' weights side by side: `kernel` (features, g * units), `recurrent_kernel`
(units, g * units) and `bias` (g * units,). They multiply from the right, x @ kernel, so they are the
deck's W transposed.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from recurrence.shapes import Array, expect


def read(weights: Sequence[ArrayLike], gates: int, two_biases: bool = False) -> tuple[Array, Array, Array]:
    """Return kernel, recurrent_kernel and bias from `layer.get_weights()`, as float64 copies.

    With `two_biases` the bias may also be (2, gates * units), as a GRU's is. Raises ValueError otherwise.
    """
    if len(weights) != 3:
        raise ValueError(f"expected kernel, recurrent_kernel and bias, received {len(weights)} arrays")
    kernel, recurrent_kernel, bias = (np.array(array, dtype=np.float64) for array in weights)
    if kernel.ndim != 2 or recurrent_kernel.ndim != 2:
        raise ValueError(f"kernels must be matrices, not {kernel.shape} and {recurrent_kernel.shape}")
    features, units = len(kernel), len(recurrent_kernel)
    expect((features, gates * units), kernel=kernel)
    expect((units, gates * units), recurrent_kernel=recurrent_kernel)
    if not (two_biases and bias.shape == (2, gates * units)):
        expect((gates * units,), bias=bias)
    return kernel, recurrent_kernel, bias


def draw(features: int, units: int, gates: int, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Draw kernel and recurrent_kernel as Keras does by default; the bias is zero.

    Raises ValueError unless features and units are positive.
    """
    if features < 1 or units < 1:
        raise ValueError(f"features and units must be positive, not {features} and {units}")
    kernel = glorot_uniform(features, gates * units, rng)
    recurrent_kernel = orthogonal(units, gates * units, rng)
    return kernel, recurrent_kernel, np.zeros(gates * units)


def glorot_uniform(rows: int, columns: int, rng: np.random.Generator) -> Array:
    """Draw from the uniform distribution within ±sqrt(6 / (rows + columns)) (Glorot & Bengio 2010)."""
    limit = np.sqrt(6 / (rows + columns))
    return rng.uniform(-limit, limit, (rows, columns))


def orthogonal(rows: int, columns: int, rng: np.random.Generator) -> Array:
    """Draw a matrix whose rows are orthonormal, or its columns where these are fewer (Saxe et al. 2014).

    A square one keeps the length of every vector: it neither shrinks nor stretches a gradient.
    """
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q *= np.sign(np.diag(r))  # without the signs of r, not every such matrix is equally likely
    return q if rows >= columns else q.T

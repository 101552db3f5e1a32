"""The layout and the initial values of the weights in Keras's recurrent layers.

Keras concatenates the weights of all g gates: `kernel` (features, g * units), `recurrent_kernel` (units, g * units) and
`bias` (g * units,). They multiply from the right, x @ kernel, so they are the transpose of the deck's W.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from recurrence.shapes import Array, expect


def read(weights: Sequence[ArrayLike], gates: int, two_biases: bool = False) -> tuple[Array, Array, Array]:
    """Returns kernel, recurrent kernel and bias as float64 copies.

    Args:
        weights: The arrays that a Keras layer's `get_weights()` returns.
        gates: Number of gates of the layer.
        two_biases: Whether the bias may also have shape (2, gates * units), as in a GRU.

    Raises:
        ValueError: If the shapes are not those of a layer with this number of gates.
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
    """Draws kernel and recurrent kernel with Keras's default initializers. The bias is zero.

    Raises:
        ValueError: If `features` or `units` is not positive.
    """
    if features < 1 or units < 1:
        raise ValueError(f"features and units must be positive, not {features} and {units}")
    kernel = glorot_uniform(features, gates * units, rng)
    recurrent_kernel = orthogonal(units, gates * units, rng)
    return kernel, recurrent_kernel, np.zeros(gates * units)


def glorot_uniform(rows: int, columns: int, rng: np.random.Generator) -> Array:
    """Draws from the uniform distribution within ±sqrt(6 / (rows + columns)) (Glorot & Bengio 2010)."""
    limit = np.sqrt(6 / (rows + columns))
    return rng.uniform(-limit, limit, (rows, columns))


def orthogonal(rows: int, columns: int, rng: np.random.Generator) -> Array:
    """Draws a matrix with orthonormal rows, or orthonormal columns if there are fewer columns (Saxe et al. 2014).

    A square orthogonal matrix preserves the length of every vector, so it neither shrinks nor enlarges a gradient.
    """
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q *= np.sign(np.diag(r))  # without this, some orthogonal matrices would be more likely than others
    return q if rows >= columns else q.T

"""Checks of array shapes, so that an error names the array instead of failing inside a timestep."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def expect(shape: tuple[int | None, ...], **arrays: ArrayLike) -> None:
    """Checks that each array has the given shape, in which None stands for any size.

    Raises:
        ValueError: If an array has another shape. The message names the array.
    """
    for name, array in arrays.items():
        actual = np.asarray(array).shape
        if len(actual) != len(shape) or any(n not in (m, None) for m, n in zip(actual, shape, strict=True)):
            raise ValueError(f"{name} has shape {actual}, expected {shape}")


def sequences(inputs: ArrayLike, features: int) -> Array:
    """Returns the inputs as float64, of shape (..., timesteps, features).

    Raises:
        ValueError: If the inputs have another shape, or no timesteps.
    """
    x = np.asarray(inputs, dtype=np.float64)
    if x.ndim < 2 or x.shape[-1] != features or x.shape[-2] == 0:
        raise ValueError(
            f"inputs have shape {x.shape}, expected (..., timesteps, features) with {features} features "
            "and at least one timestep"
        )
    return x


def initial_state(name: str, state: ArrayLike | None, inputs: Array, units: int) -> Array:
    """Returns the state before the first timestep, of shape (..., units). If `state` is None, it is zero.

    Raises:
        ValueError: If the state has another shape.
    """
    shape = (*inputs.shape[:-2], units)
    if state is None:
        return np.zeros(shape)
    expect(shape, **{name: state})
    return np.asarray(state, dtype=np.float64)

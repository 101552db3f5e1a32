"""Checks of shapes: what does not fit is named at once, not by NumPy in the midst of a timestep."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def expect(shape: tuple[int | None, ...], **arrays: ArrayLike) -> None:
    """Raise ValueError, with the array's name, unless each of `arrays` has this shape; None is any size."""
    for name, array in arrays.items():
        actual = np.asarray(array).shape
        if len(actual) != len(shape) or any(n not in (m, None) for m, n in zip(actual, shape, strict=True)):
            raise ValueError(f"{name} has shape {actual}, expected {shape}")


def sequences(inputs: ArrayLike, features: int) -> Array:
    """Return inputs (..., timesteps, features) as float64; ValueError if they are not of that shape."""
    x = np.asarray(inputs, dtype=np.float64)
    if x.ndim < 2 or x.shape[-1] != features or x.shape[-2] == 0:
        raise ValueError(
            f"inputs have shape {x.shape}, expected (..., timesteps, features) with {features} features "
            "and at least one timestep"
        )
    return x


def initial_state(name: str, state: ArrayLike | None, inputs: Array, units: int) -> Array:
    """Return the state before the first timestep, (..., units), zero unless given; ValueError if misfit."""
    shape = (*inputs.shape[:-2], units)
    if state is None:
        return np.zeros(shape)
    expect(shape, **{name: state})
    return np.asarray(state, dtype=np.float64)

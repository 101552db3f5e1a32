"""Backpropagation through time: shared code of the backward passes (Werbos 1990).

The same weights act at every timestep, so their gradient is the sum over all timesteps.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from recurrence.shapes import Array

Weights = TypeVar("Weights")


@dataclass(frozen=True, eq=False)
class Gradients(Generic[Weights]):
    """The gradients of the loss with respect to weights, inputs and states.

    The state at t is what timestep t passes to timestep t + 1: h_t, and in an LSTM also C_t. Its gradient includes the
    loss of the output h_t itself.
    """

    weights: Weights  # an object like the recurrence, with gradients in place of weights
    inputs: Array  # (..., timesteps, features)
    initial_state: tuple[Array, ...]  # h_0, or h_0 and C_0: each (..., units)
    states: tuple[Array, ...]  # h, or h and C: each (..., timesteps, units)

    @property
    def norms(self) -> Array:
        """The Euclidean norm of d(loss)/d(state at t), of shape (..., timesteps)."""
        return np.linalg.norm(np.concatenate(self.states, axis=-1), axis=-1)


def stack(steps: Iterable[tuple[Array, ...]]) -> tuple[Array, ...]:
    """Turns one tuple of (..., units) arrays per timestep into one tuple of (..., timesteps, units) arrays."""
    return tuple(np.stack(values, axis=-2) for values in zip(*steps, strict=True))


def before(initial: Array, states: Array) -> Array:
    """Returns the state before each timestep: the initial state, then all states but the last."""
    return np.concatenate([initial[..., np.newaxis, :], states[..., :-1, :]], axis=-2)


def outer(d: Array, x: Array) -> Array:
    """Returns the gradient of W, if d is the gradient of W x: d x^T, summed over timesteps and examples."""
    return d.reshape(-1, d.shape[-1]).T @ x.reshape(-1, x.shape[-1])


def total(d: Array) -> Array:
    """Returns the gradient of b, if d is the gradient of W x + b: d, summed over timesteps and examples."""
    return d.reshape(-1, d.shape[-1]).sum(axis=0)

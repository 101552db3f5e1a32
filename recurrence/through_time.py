"""Backpropagation through time: what the backward passes of all recurrences share (Werbos 1990).

The same weights act at every timestep, so their gradient is the sum of what every timestep asks for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from recurrence.shapes import Array

Weights = TypeVar("Weights")


@dataclass(frozen=True, eq=False)
class Gradients(Generic[Weights]):
    """What `backward` returns: the loss's gradient with respect to all that went in, and to every state.

    The state at t is what timestep t hands to t + 1: h_t, in an LSTM also C_t. Its gradient is how the loss
    feels a change made between the two; the loss of the output h_t itself counts in it.
    """

    weights: Weights  # the recurrence itself, each weight replaced by its gradient
    inputs: Array  # (..., timesteps, features)
    initial_state: tuple[Array, ...]  # h_0, or h_0 and C_0: each (..., units)
    states: tuple[Array, ...]  # h, or h and C: each (..., timesteps, units)

    @property
    def norms(self) -> Array:
        """The Euclidean norm of d(loss)/d(state at t), of shape (..., timesteps)."""
        return np.linalg.norm(np.concatenate(self.states, axis=-1), axis=-1)


def stack(steps: Iterable[tuple[Array, ...]]) -> tuple[Array, ...]:
    """Turn one tuple of (..., units) per timestep into one tuple of (..., timesteps, units)."""
    return tuple(np.stack(values, axis=-2) for values in zip(*steps, strict=True))


def before(initial: Array, states: Array) -> Array:
    """Return the state that each timestep started from: the initial one, then all but the last."""
    return np.concatenate([initial[..., np.newaxis, :], states[..., :-1, :]], axis=-2)


def outer(d: Array, x: Array) -> Array:
    """Sum the outer products d x^T over all timesteps and examples: W's gradient where d is that of W x."""
    return d.reshape(-1, d.shape[-1]).T @ x.reshape(-1, x.shape[-1])


def total(d: Array) -> Array:
    """Sum over all timesteps and examples: b's gradient where d is that of W x + b."""
    return d.reshape(-1, d.shape[-1]).sum(axis=0)

"""The loop that makes a network recurrent (deck: "Pseudo RNN")."""

# The capital letters are the deck's.

from collections.abc import Callable, Iterable

import numpy as np

from recurrence.shapes import Array

Step = Callable[[Array, Array], Array]


def pseudo_rnn(step: Step, inputs: Iterable[Array], state: Array) -> list[Array]:
    """Feed the inputs to `step` one by one; each output is the state that the next timestep starts from.

    `step(input_t, state_t)` returns output_t; `state` is the state before the first input. Returns one output
    a timestep.
    """
    outputs = []
    for x in inputs:
        state = step(x, state)
        outputs.append(state)
    return outputs


def weighted_sum(W: Array, U: Array, b: Array, activation: Callable[[Array], Array] = np.tanh) -> Step:
    """Make the step y_t = activation(W x_t + U y_{t-1} + b).

    W is (units, features), U (units, units), b (units,); the step takes x (features,) and y (units,).
    """

    def step(x: Array, y: Array) -> Array:
        return activation(W @ x + U @ y + b)

    return step

"""The loop that makes a network recurrent (deck: "Pseudo RNN")."""

# Capital letters for weights, as in the deck.

from collections.abc import Callable, Iterable

import numpy as np

from recurrence.shapes import Array

Step = Callable[[Array, Array], Array]


def pseudo_rnn(step: Step, inputs: Iterable[Array], state: Array) -> list[Array]:
    """Returns the outputs of a recurrent loop, one per timestep. Each output is the next timestep's state.

    Args:
        step: Function of (input_t, state_t) that returns output_t.
        inputs: The inputs, one per timestep.
        state: The state before the first timestep.
    """
    outputs = []
    for x in inputs:
        state = step(x, state)
        outputs.append(state)
    return outputs


def weighted_sum(W: Array, U: Array, b: Array, activation: Callable[[Array], Array] = np.tanh) -> Step:
    """Returns the step y_t = activation(W x_t + U y_{t-1} + b). It takes x (features,) and y (units,).

    Args:
        W: Input weights, of shape (units, features).
        U: Recurrent weights, of shape (units, units).
        b: Bias, of shape (units,).
        activation: The nonlinearity.
    """

    def step(x: Array, y: Array) -> Array:
        return activation(W @ x + U @ y + b)

    return step

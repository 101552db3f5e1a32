"""Backpropagation through time against finite differences. The loss is sum(d_outputs * outputs)."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

SHAPES = [(5, 2), (3, 4, 2), (2, 1, 3), (2, 2, 3, 1)]  # one sequence, two batches, a batch of batches
UNITS = 3


def central_differences(loss, array, eps=1e-5):
    """Returns d(loss)/d(array). Changes one number of `array` at a time, in place."""
    gradient = np.empty_like(array)
    for at in np.ndindex(array.shape):
        value = array[at]
        array[at] = value + eps
        above = loss()
        array[at] = value - eps
        gradient[at] = (above - loss()) / (2 * eps)
        array[at] = value
    return gradient


def relative_error(actual, expected):
    assert actual.shape == expected.shape
    return np.linalg.norm(actual - expected) / max(np.linalg.norm(expected), 1e-3)


@pytest.fixture(params=SHAPES, ids=str)
def case(make, request):
    """Returns a recurrence, inputs, an initial state, the trace, d_outputs and the gradients."""
    shape = request.param
    rng = np.random.default_rng(0)
    recurrence = make(shape[-1], UNITS, rng)
    inputs = rng.standard_normal(shape)
    states = len(recurrence.backward(recurrence.forward(inputs), np.zeros((*shape[:-1], UNITS))).states)
    initial_state = tuple(rng.standard_normal((*shape[:-2], UNITS)) for _ in range(states))
    d_outputs = rng.standard_normal((*shape[:-1], UNITS))
    trace = recurrence.forward(inputs, *initial_state)
    return recurrence, inputs, initial_state, trace, d_outputs, recurrence.backward(trace, d_outputs)


def test_gradients_of_weights_inputs_and_initial_state_equal_finite_differences(case, weights_of):
    recurrence, inputs, initial_state, _, d_outputs, gradients = case

    def loss():
        return np.sum(d_outputs * recurrence.forward(inputs, *initial_state).h)

    ours = weights_of(gradients.weights)
    assert ours.keys() == weights_of(recurrence).keys()
    for name, weight in weights_of(recurrence).items():
        assert relative_error(ours[name], central_differences(loss, weight)) < 1e-6, name
    assert relative_error(gradients.inputs, central_differences(loss, inputs)) < 1e-6
    for d_state, state in zip(gradients.initial_state, initial_state, strict=True):
        assert relative_error(d_state, central_differences(loss, state)) < 1e-6


def test_gradient_of_the_state_equals_finite_differences_at_every_timestep(case):
    # The timesteps after t are a run from the state at t. h_t itself is an output too.
    recurrence, inputs, _, trace, d_outputs, gradients = case
    timesteps = inputs.shape[-2]
    names = ("h", "C")[: len(gradients.states)]
    for t in range(timesteps):
        state = [getattr(trace, name)[..., t, :].copy() for name in names]

        def loss(t=t, state=state):
            loss_at_t = np.sum(d_outputs[..., t, :] * state[0])
            if t == timesteps - 1:
                return loss_at_t
            rest = recurrence.forward(inputs[..., t + 1 :, :], *state)
            return loss_at_t + np.sum(d_outputs[..., t + 1 :, :] * rest.h)

        for d_states, value in zip(gradients.states, state, strict=True):
            assert relative_error(d_states[..., t, :], central_differences(loss, value)) < 1e-6, t


def test_norms_include_all_states(case):
    gradients = case[-1]
    squares = sum(np.sum(states**2, axis=-1) for states in gradients.states)
    assert_allclose(gradients.norms**2, squares)
    assert gradients.norms.shape == case[1].shape[:-1]


def test_a_batch_equals_its_sequences_one_by_one(make, weights_of):
    rng = np.random.default_rng(1)
    recurrence = make(2, 4, rng)
    inputs, d_outputs = rng.standard_normal((3, 6, 2)), rng.standard_normal((3, 6, 4))
    trace = recurrence.forward(inputs)
    gradients = recurrence.backward(trace, d_outputs)
    total = dict.fromkeys(weights_of(recurrence), 0)
    for b in range(3):
        alone = recurrence.forward(inputs[b])
        assert_allclose(alone.h, trace.h[b], atol=1e-12)
        d_alone = recurrence.backward(alone, d_outputs[b])
        assert_allclose(d_alone.inputs, gradients.inputs[b], atol=1e-12)
        assert_allclose(d_alone.norms, gradients.norms[b], atol=1e-12)
        total = {name: total[name] + weight for name, weight in weights_of(d_alone.weights).items()}
    for name, weight in weights_of(gradients.weights).items():
        assert_allclose(weight, total[name], atol=1e-12)


def test_forward_continues_from_a_previous_state(make):
    rng = np.random.default_rng(2)
    recurrence = make(2, 4, rng)
    inputs = rng.standard_normal((10, 2))
    whole, first = recurrence.forward(inputs), recurrence.forward(inputs[:6])
    state = [getattr(first, name)[-1] for name in ("h", "C") if hasattr(first, name)]
    assert_allclose(recurrence.forward(inputs[6:], *state).h, whole.h[6:], atol=1e-12)

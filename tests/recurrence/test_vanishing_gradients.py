"""Vanishing gradients in the backward pass (deck: "Vanishing and Exploding Gradient Problems").

The loss is a random linear function of the last output. A decay of 1e6 means that the gradient of the state `STEPS`
timesteps earlier is a million times smaller.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from recurrence.coupled_lstm import CoupledLSTM
from recurrence.lstm import LSTM
from recurrence.simple_rnn import SimpleRNN

STEPS, UNITS = 200, 32


def norms(recurrence, inputs):
    """Returns the norm of d(loss)/d(state at t) for each t."""
    trace = recurrence.forward(inputs)
    d_outputs = np.zeros_like(trace.h)
    d_outputs[-1] = np.random.default_rng(100).standard_normal(UNITS)
    return recurrence.backward(trace, d_outputs).norms


def decay(recurrence, inputs):
    all_norms = norms(recurrence, inputs)
    return all_norms[-1] / all_norms[-1 - STEPS]


def noise(rng, features):
    return rng.standard_normal((STEPS + 1, features))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("features", [1, 2, 32])
def test_the_gradient_of_a_simple_rnn_decays_a_million_times_more_than_an_lstm_s(features, seed):
    rng = np.random.default_rng(seed)
    inputs = noise(rng, features)
    simple = decay(SimpleRNN.initialise(features, UNITS, rng, recurrent_scale=0.5), inputs)
    assert simple >= 1e6 * decay(LSTM.initialise(features, UNITS, rng), inputs)


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.25])
def test_without_input_each_step_scales_the_gradient_by_the_recurrent_scale(scale):
    # Without input the state stays 0, where the slope of tanh is 1. Only the scaled orthogonal matrix acts.
    rnn = SimpleRNN.initialise(2, UNITS, np.random.default_rng(0), recurrent_scale=scale)
    all_norms = norms(rnn, np.zeros((STEPS + 1, 2)))
    assert_allclose(all_norms / all_norms[-1], scale ** np.arange(STEPS, -1.0, -1), rtol=1e-9)


def test_small_recurrent_weights_vanish_and_large_ones_explode():
    rng = np.random.default_rng(0)
    inputs = 0.1 * noise(rng, 2)
    small, critical, large = (
        decay(SimpleRNN.initialise(2, UNITS, np.random.default_rng(1), scale), inputs) for scale in (0.5, 1, 2)
    )
    assert small > 1e50
    assert 1 < critical < 1e6
    assert large < 1e-6


@pytest.mark.parametrize("recurrence", [LSTM, CoupledLSTM])
def test_a_larger_forget_bias_lets_the_gradient_reach_further(recurrence):
    # Each timestep multiplies the cell state by sigmoid(bias): 0.73^200 is 1e-27, 0.993^200 is 0.26.
    rng = np.random.default_rng(0)
    inputs = noise(rng, 2)
    decays = [
        decay(recurrence.initialise(2, UNITS, np.random.default_rng(1), forget_bias=bias), inputs) for bias in (0, 1, 5)
    ]
    assert decays[0] > 1e6 * decays[1] > 1e12 * decays[2]
    assert decays[2] < 1e3

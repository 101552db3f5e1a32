"""How the gradient falls on its way back (deck: "Vanishing and Exploding Gradient Problems").

The loss is a random direction in the last output; a fall of 1e6 means that the state `STEPS` earlier counts a
million times less than the last one.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from recurrence.coupled_lstm import CoupledLSTM
from recurrence.lstm import LSTM
from recurrence.simple_rnn import SimpleRNN

STEPS, UNITS = 200, 32


def norms(recurrence, inputs):
    """The norm of d(loss at the end)/d(state at t), by t."""
    trace = recurrence.forward(inputs)
    d_outputs = np.zeros_like(trace.h)
    d_outputs[-1] = np.random.default_rng(100).standard_normal(UNITS)
    return recurrence.backward(trace, d_outputs).norms


def fall(recurrence, inputs):
    along = norms(recurrence, inputs)
    return along[-1] / along[-1 - STEPS]


def noise(rng, features):
    return rng.standard_normal((STEPS + 1, features))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("features", [1, 2, 32])
def test_simple_rnn_s_gradient_falls_a_million_times_more_than_lstm_s(features, seed):
    rng = np.random.default_rng(seed)
    inputs = noise(rng, features)
    simple = fall(SimpleRNN.initialise(features, UNITS, rng, recurrent_scale=0.5), inputs)
    assert simple >= 1e6 * fall(LSTM.initialise(features, UNITS, rng), inputs)


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.25])
def test_in_silence_each_step_scales_the_gradient_by_the_recurrent_scale(scale):
    # With no input the state stays 0, where tanh' is 1: all that is left is the orthogonal matrix, scaled.
    rnn = SimpleRNN.initialise(2, UNITS, np.random.default_rng(0), recurrent_scale=scale)
    along = norms(rnn, np.zeros((STEPS + 1, 2)))
    assert_allclose(along / along[-1], scale ** np.arange(STEPS, -1.0, -1), rtol=1e-9)


def test_small_recurrent_weights_vanish_and_large_ones_explode():
    rng = np.random.default_rng(0)
    inputs = 0.1 * noise(rng, 2)
    small, critical, large = (
        fall(SimpleRNN.initialise(2, UNITS, np.random.default_rng(1), scale), inputs) for scale in (0.5, 1, 2)
    )
    assert small > 1e50
    assert 1 < critical < 1e6
    assert large < 1e-6


@pytest.mark.parametrize("recurrence", [LSTM, CoupledLSTM])
def test_the_forget_bias_decides_how_far_the_gradient_reaches(recurrence):
    # The cell line passes sigmoid(bias) a timestep: 0.73^200 is 1e-27, 0.993^200 still 0.26.
    rng = np.random.default_rng(0)
    inputs = noise(rng, 2)
    falls = [
        fall(recurrence.initialise(2, UNITS, np.random.default_rng(1), forget_bias=bias), inputs) for bias in (0, 1, 5)
    ]
    assert falls[0] > 1e6 * falls[1] > 1e12 * falls[2]
    assert falls[2] < 1e3

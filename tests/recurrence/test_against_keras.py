"""Outputs and gradients of each recurrence against its Keras layer."""

import dataclasses

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from recurrence.gru import GRU
from recurrence.lstm import LSTM
from recurrence.simple_rnn import SimpleRNN

tf = pytest.importorskip("tensorflow")
pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="differentiates with TensorFlow")

PAIRS = {
    "simple_rnn": (SimpleRNN, keras.layers.SimpleRNN, {}),
    "lstm": (LSTM, keras.layers.LSTM, {}),
    "gru": (GRU, keras.layers.GRU, {}),
    "gru_reset_before": (GRU, keras.layers.GRU, {"reset_after": False}),
}
# float64 separates a wrong formula from rounding errors; float32 is the dtype of trained layers
TOLERANCE = {"float64": 1e-10, "float32": 1e-5}


def assert_close(actual, expected, dtype):
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape
    scale = max(1.0, np.abs(expected).max())
    assert_allclose(actual / scale, expected / scale, rtol=0, atol=TOLERANCE[dtype])


def weight_gradients(recurrence, keras_gradients):
    """Returns Keras's gradients in the layout of the recurrence."""
    kernel, recurrent_kernel, bias = (np.array(gradient) for gradient in keras_gradients)
    if bias.ndim == 2:
        # The NumPy GRU has the sum of a gate's two biases. Both have the same gradient: count it once.
        gates = slice(0, 2 * len(recurrent_kernel))
        assert_allclose(bias[0, gates], bias[1, gates])
        bias[1, gates] = 0
    return recurrence.from_keras([kernel, recurrent_kernel, bias])


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=15, deadline=None)
@given(
    batch=st.integers(1, 4),
    timesteps=st.integers(1, 10),
    features=st.integers(1, 6),
    units=st.integers(1, 7),
    seed=st.integers(0, 2**32 - 1),
    dtype=st.sampled_from(list(TOLERANCE)),
)
def test_outputs_and_gradients_equal_keras_s(name, batch, timesteps, features, units, seed, dtype):
    recurrence, layer_class, arguments = PAIRS[name]
    rng = np.random.default_rng(seed)

    def normal(*shape):
        return rng.standard_normal(shape).astype(dtype)

    layer = layer_class(units, return_sequences=True, return_state=True, dtype=dtype, **arguments)
    layer.build((None, timesteps, features))
    layer.set_weights([0.5 * normal(*weight.shape) for weight in layer.weights])
    inputs = tf.constant(normal(batch, timesteps, features))
    states = [tf.constant(normal(batch, units)) for _ in layer.state_size]
    d_outputs = normal(batch, timesteps, units)
    with tf.GradientTape() as tape:
        tape.watch([inputs, *states])
        outputs, *last_states = layer(inputs, initial_state=states)
        loss = tf.reduce_sum(outputs * d_outputs)
    sources = [variable.value for variable in layer.trainable_variables]
    d_weights, d_inputs, d_states = tape.gradient(loss, [sources, inputs, states])

    ours = recurrence.from_keras(layer.get_weights())
    trace = ours.forward(inputs.numpy(), *(state.numpy() for state in states))
    gradients = ours.backward(trace, d_outputs)
    assert_close(trace.h, outputs, dtype)
    for state_name, state in zip(("h", "C"), last_states, strict=False):
        assert_close(getattr(trace, state_name)[:, -1], state, dtype)
    assert_close(gradients.inputs, d_inputs, dtype)
    for our_state, keras_state in zip(gradients.initial_state, d_states, strict=True):
        assert_close(our_state, keras_state, dtype)
    expected = weight_gradients(recurrence, d_weights)
    for field in dataclasses.fields(expected):
        if getattr(expected, field.name) is not None:
            assert_close(getattr(gradients.weights, field.name), getattr(expected, field.name), dtype)

    alone = ours.forward(inputs.numpy()[0], *(state.numpy()[0] for state in states))
    assert_close(alone.h, outputs[0], dtype)


@pytest.mark.parametrize("name", PAIRS)
def test_initial_weights_have_keras_s_distribution(name):
    recurrence, layer_class, arguments = PAIRS[name]
    features, units = 40, 50
    layer = layer_class(units, seed=0, **arguments)
    layer.build((None, None, features))
    ours = recurrence.initialise(features, units, np.random.default_rng(0), **arguments)
    theirs = recurrence.from_keras(layer.get_weights())
    for field in dataclasses.fields(ours):
        our_weight, their_weight = getattr(ours, field.name), getattr(theirs, field.name)
        if our_weight is None:
            assert their_weight is None
        elif our_weight.ndim == 1:
            assert_allclose(our_weight, their_weight)  # Keras's initial biases are constants
        else:
            assert our_weight.std() == pytest.approx(their_weight.std(), rel=0.05)

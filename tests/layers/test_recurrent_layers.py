"""States, masks, direction and unrolling of the recurrent layers, each checked against the layer itself."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from layers.coupled_lstm import CoupledLSTM
from layers.gru import GRU
from layers.lstm import LSTM
from layers.simple_rnn import SimpleRNN
from tests.layers.harness import to_numpy

INPUTS = np.random.default_rng(0).normal(size=(2, 6, 4)).astype("float32")
every_layer = pytest.mark.parametrize("layer", [GRU, LSTM, SimpleRNN, CoupledLSTM])


def pair(layer, first, second):
    """Returns two layers with these arguments and the same weights."""
    layers = [layer(3, **arguments) for arguments in (first, second)]
    for one in layers:
        one.build(INPUTS.shape)
        for i, weight in enumerate(one.trainable_weights):
            weight.assign(np.random.default_rng(i).normal(size=weight.shape))
    return layers


@every_layer
def test_a_stateful_layer_continues_where_it_stopped(layer):
    plain, stateful = pair(layer, {}, {"stateful": True})
    expected = to_numpy(plain(INPUTS))
    stateful(INPUTS[:, :2])
    assert_allclose(to_numpy(stateful(INPUTS[:, 2:])), expected, atol=1e-6)
    stateful.reset_state()
    assert_allclose(to_numpy(stateful(INPUTS)), expected, atol=1e-6)


@every_layer
@pytest.mark.parametrize("return_sequences", [False, True])
def test_a_returned_state_is_an_initial_state(layer, return_sequences):
    plain, with_state = pair(layer, {}, {"return_state": True, "return_sequences": return_sequences})
    output, *states = with_state(INPUTS[:, :2])
    assert_array_equal(to_numpy(output)[:, -1] if return_sequences else to_numpy(output), to_numpy(states[0]))
    assert_allclose(to_numpy(plain(INPUTS[:, 2:], initial_state=states)), to_numpy(plain(INPUTS)), atol=1e-6)


@every_layer
def test_go_backwards_reads_the_reversed_sequence(layer):
    forwards, backwards = pair(layer, {"return_sequences": True}, {"return_sequences": True, "go_backwards": True})
    assert_array_equal(to_numpy(backwards(INPUTS)), to_numpy(forwards(INPUTS[:, ::-1])))


@every_layer
@pytest.mark.parametrize("training", [False, True])
def test_unrolling_changes_nothing(layer, training):
    plain, unrolled = pair(layer, {"return_sequences": True}, {"return_sequences": True, "unroll": True})
    assert_allclose(
        to_numpy(unrolled(INPUTS, training=training)), to_numpy(plain(INPUTS, training=training)), atol=1e-6
    )


@every_layer
@pytest.mark.parametrize("training", [False, True])
def test_masked_timesteps_are_skipped(layer, training):
    plain, other = pair(layer, {}, {})
    mask = np.array([[True, False, True, True, False, False], [False] * 6])
    outputs = to_numpy(plain(INPUTS, mask=mask, training=training))
    assert_allclose(outputs[0], to_numpy(other(INPUTS[:1, [0, 2, 3]], training=training))[0], atol=1e-6)
    assert_array_equal(outputs[1], 0)


@every_layer
def test_bidirectional_joins_both_directions(layer):
    both = keras.layers.Bidirectional(layer(3, return_sequences=True))
    outputs = to_numpy(both(INPUTS))
    forwards, backwards = to_numpy(both.forward_layer(INPUTS)), to_numpy(both.backward_layer(INPUTS))
    assert_array_equal(outputs, np.concatenate([forwards, backwards[:, ::-1]], -1))

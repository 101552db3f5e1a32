"""GRU, LSTM and SimpleRNN return what Keras's return, in every combination of their arguments."""

import itertools

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.layers.backends import assert_passes_on
from tests.layers.harness import TOLERANCE, to_numpy
from tests.layers.test_fast_loop import OURS, every_layer, twins

gru_first = pytest.mark.parametrize(
    "name", ["GRU", *(pytest.param(n, marks=pytest.mark.slow) for n in OURS if n != "GRU")]
)
SHAPE = (2, 4, 3, 3)  # batch, timesteps, features, units
MASKS = {
    "no mask": None,
    "right": np.array([[True, True, True, False], [True, False, False, False]]),
    "left and empty": np.array([[False, False, True, True], [False, False, False, False]]),
}
FLAGS = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll")
COMBINATIONS = [
    (dict(zip(FLAGS, flags, strict=True)), state, mask)
    for flags in itertools.product([False, True], repeat=len(FLAGS))
    for state, mask in itertools.product([False, True], MASKS)
]


def assert_equal_outputs(keras_layer, our_layer, inputs, tolerance=1e-5, **arguments):
    expected, outputs = keras_layer(inputs, **arguments), our_layer(inputs, **arguments)
    expected, outputs = keras.tree.flatten(expected), keras.tree.flatten(outputs)
    assert len(expected) == len(outputs)
    for one, other in zip(outputs, expected, strict=True):
        assert one.dtype == other.dtype
        assert one.shape == other.shape
        one, other = (to_numpy(tensor).astype("float64") for tensor in (one, other))
        assert_allclose(one, other, atol=tolerance, rtol=tolerance)


def label(combination):
    flags, state, mask = combination
    return ", ".join([*(flag for flag, value in flags.items() if value), *["initial_state"] * state, mask])


FAST = {label(COMBINATIONS[43 * i % len(COMBINATIONS)]) for i in range(12)}  # they contain every pair of flags


@pytest.mark.parametrize(
    "combination",
    [
        pytest.param(combination, id=label(combination), marks=[] if label(combination) in FAST else [pytest.mark.slow])
        for combination in COMBINATIONS
    ],
)
@gru_first
def test_arguments(name, combination):
    flags, state, mask = combination
    layers = twins(name, SHAPE, dropout=0.3, recurrent_dropout=0.4, **flags)
    initial = [np.full((2, 3), 0.3, "float32") for _ in keras.tree.flatten(layers[0].cell.state_size)]
    arguments = {"initial_state": initial} if state else {}
    for training in (True, False, True):  # a stateful layer continues from its last state
        assert_equal_outputs(*layers, mask=MASKS[mask], training=training, **arguments)
    if flags["stateful"]:
        for layer in layers[:2]:
            layer.reset_state()
        assert_equal_outputs(*layers)


@pytest.mark.parametrize("policy", TOLERANCE)
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("training", [False, True])
@every_layer
def test_dtypes(name, policy, return_sequences, training):
    layers = twins(name, SHAPE, dtype=policy, return_sequences=return_sequences, return_state=True)
    assert_equal_outputs(*layers, tolerance=TOLERANCE[policy] / 4, training=training)


@pytest.mark.parametrize("shape", [(0, 4, 3, 3), (1, 4, 3, 3), (2, 1, 3, 3), (1, 1, 1, 1)], ids=str)
@pytest.mark.parametrize("return_sequences", [False, True])
@every_layer
def test_batch_sizes_and_lengths(name, shape, return_sequences):
    if name == "LSTM" and not shape[0]:
        return  # Keras's own fails on an empty batch; `test_every_layer` gives ours one
    layers = twins(name, shape, return_sequences=return_sequences, return_state=True)
    for training in (False, True):
        assert_equal_outputs(*layers, training=training)


def wrapped(name, wrapper, inputs, **arguments):
    """Returns both layers in a wrapper, with the same weights, and the inputs."""
    layers = [wrapper(layer(3, **arguments)) for layer in (getattr(keras.layers, name), OURS[name])]
    for layer in layers:
        layer(inputs)
        layer.set_weights([np.random.default_rng(i).normal(size=w.shape) for i, w in enumerate(layer.get_weights())])
    return *layers, inputs


@pytest.mark.parametrize(
    "merge_mode", ["concat", *(pytest.param(mode, marks=pytest.mark.slow) for mode in ("sum", "mul", "ave", None))]
)
@pytest.mark.parametrize("arguments", [{}, {"return_sequences": True}, {"return_state": True}], ids=str)
@pytest.mark.parametrize("mask", MASKS)
@gru_first
def test_bidirectional(name, merge_mode, arguments, mask):
    inputs = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    layers = wrapped(name, lambda layer: keras.layers.Bidirectional(layer, merge_mode), inputs, **arguments)
    for training in (False, True):
        assert_equal_outputs(*layers, training=training, mask=MASKS[mask])


@pytest.mark.parametrize("return_sequences", [False, True])
@gru_first
def test_time_distributed(name, return_sequences):
    inputs = np.random.default_rng(0).normal(size=(2, 5, 4, 3)).astype("float32")
    layers = wrapped(name, keras.layers.TimeDistributed, inputs, return_sequences=return_sequences)
    for training in (False, True):
        assert_equal_outputs(*layers, training=training)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_pass_these_tests(backend):
    assert_passes_on(backend, __file__)

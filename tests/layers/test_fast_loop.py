"""GRU, LSTM and SimpleRNN against Keras's: the same weights, arguments, results and gradients."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from layers.fast_loop import DERIVATIVES
from layers.gru import GRU
from layers.keras2_hard_sigmoid import keras2_hard_sigmoid
from layers.lstm import LSTM
from layers.simple_rnn import SimpleRNN

OURS = {"GRU": GRU, "LSTM": LSTM, "SimpleRNN": SimpleRNN}
every_layer = pytest.mark.parametrize("name", OURS)
gate = {"recurrent_activation": st.sampled_from(["sigmoid", "hard_sigmoid", keras2_hard_sigmoid])}
own = {
    "GRU": {"reset_after": st.booleans(), **gate},
    "LSTM": {"implementation": st.sampled_from([1, 2]), "unit_forget_bias": st.booleans(), **gate},
    "SimpleRNN": {},
}
layers = st.one_of(
    st.tuples(
        st.just(name),
        st.fixed_dictionaries(
            {},
            optional={
                "return_sequences": st.booleans(),
                "go_backwards": st.booleans(),
                "use_bias": st.booleans(),
                "dropout": st.sampled_from([0.3]),
                "recurrent_dropout": st.sampled_from([0.4]),
                "return_state": st.booleans(),
                "activation": st.sampled_from(["tanh", "relu", "linear"]),
                **own[name],
            },
        ),
    )
    for name in OURS
).filter(lambda layer: not {"implementation", "dropout"} <= set(layer[1]))  # Keras's own LSTM fails on both together
shapes = st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(1, 5), st.integers(1, 6))


def twins(name, shape, **options):
    """Returns Keras's layer and ours with the same random weights, and inputs."""
    batch, timesteps, features, units = shape
    rng = np.random.default_rng(0)
    keras_layer = getattr(keras.layers, name)(units, seed=3, **options)
    our_layer = OURS[name](units, seed=3, **options)
    for layer in (keras_layer, our_layer):
        layer.build((batch, timesteps, features))
    weights = [rng.normal(scale=0.5, size=w.shape).astype("float32") for w in keras_layer.get_weights()]
    keras_layer.set_weights(weights)
    our_layer.set_weights(weights)
    return keras_layer, our_layer, rng.normal(size=(batch, timesteps, features)).astype("float32")


def gradients(layer, inputs):
    """Returns the outputs, and the gradients of a loss with respect to inputs, initial state, weights."""
    import tensorflow as tf

    inputs = tf.convert_to_tensor(inputs)
    states = [tf.fill((tf.shape(inputs)[0], layer.units), 0.1) for _ in keras.tree.flatten(layer.cell.state_size)]
    with tf.GradientTape() as tape:
        tape.watch([inputs, *states])
        outputs = layer(inputs, initial_state=states, training=True)
        loss = sum(ops.sum(ops.sin(output * (3 + i))) for i, output in enumerate(keras.tree.flatten(outputs)))
    return outputs, tape.gradient(loss, [inputs, *states, *[w.value for w in layer.trainable_weights]])


@given(shapes, layers)
@settings(max_examples=5, deadline=None)
def test_outputs_and_gradients_equal_keras_s(shape, layer):
    keras_layer, our_layer, inputs = twins(layer[0], shape, **layer[1])
    expected, expected_gradients = gradients(keras_layer, inputs)
    outputs, our_gradients = gradients(our_layer, inputs)
    for one, other in zip(keras.tree.flatten(outputs), keras.tree.flatten(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
    for one, other in zip(our_gradients, expected_gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4 * max(1, np.abs(other).max()))


@given(shapes, layers)
@settings(max_examples=4, deadline=None)
def test_inference_equals_keras_s(shape, layer):
    keras_layer, our_layer, inputs = twins(layer[0], shape, **layer[1])
    outputs, expected = our_layer(inputs), keras_layer(inputs)
    for one, other in zip(keras.tree.flatten(outputs), keras.tree.flatten(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


OTHERS = {
    "GRU": [(GRU(3, use_cudnn=True), {"training": True}), (GRU(3, return_sequences=True), {})],
    "LSTM": [
        (LSTM(3, use_cudnn=True), {"training": True}),
        (LSTM(3, implementation=1, dropout=0.1), {"training": True}),
    ],
    "SimpleRNN": [],
}


@every_layer
def test_which_loop_runs(monkeypatch, name):
    def fail(*args, **kwargs):
        raise AssertionError("Keras's loop")

    kind = OURS[name]
    monkeypatch.setattr(getattr(keras.layers, name), "inner_loop", fail, raising=False)
    layer, inputs = kind(3), np.ones((2, 4, 5), "float32")
    layer(inputs, training=True)
    layer(inputs)
    for other, arguments in (
        (kind(3, unroll=True), {"training": True}),
        (layer, {"training": True, "mask": np.ones((2, 4), bool)}),
        *OTHERS[name],
    ):
        with pytest.raises(AssertionError, match="Keras's loop"):
            other(inputs, **arguments)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="only TensorFlow traces unknown lengths")
@pytest.mark.parametrize("jit_compile", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("options", [{}, {"return_sequences": True, "go_backwards": True}])
@every_layer
def test_unknown_length_equals_keras_s(name, options, jit_compile):
    import tensorflow as tf

    keras_layer, our_layer, _ = twins(name, (3, 6, 4, 5), **options)
    unknown = tf.TensorSpec((None, None, 4), "float32")
    ours = tf.function(lambda x: gradients(our_layer, x), input_signature=[unknown], jit_compile=jit_compile)
    inference = tf.function(our_layer, input_signature=[unknown], jit_compile=jit_compile)
    for timesteps in (1, 6):
        inputs = np.random.default_rng(timesteps).normal(size=(3, timesteps, 4)).astype("float32")
        outputs, our_gradients = ours(inputs)
        expected, expected_gradients = gradients(keras_layer, inputs)
        np.testing.assert_allclose(outputs, expected, atol=1e-5)
        np.testing.assert_allclose(inference(inputs), keras_layer(inputs), atol=1e-5)
        for one, other in zip(our_gradients, expected_gradients, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4 * max(1, np.abs(other).max()))


@pytest.mark.parametrize("activation", DERIVATIVES, ids=lambda f: f.__name__)
def test_derivatives_equal_finite_differences(activation):
    x = np.array([-4.1, -1.3, -0.4, 0.2, 0.7, 1.9, 4.2])
    slope = (
        np.asarray(activation(ops.convert_to_tensor(x + 1e-5)))
        - np.asarray(activation(ops.convert_to_tensor(x - 1e-5)))
    ) / 2e-5
    np.testing.assert_allclose(DERIVATIVES[activation](activation(ops.convert_to_tensor(x))), slope, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
@every_layer
def test_training_losses_equal_keras_s(name, jit_compile):
    def losses(layer):
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [
                keras.Input((6, 3)),
                layer(4, return_sequences=True, dropout=0.2, recurrent_dropout=0.2, seed=1),
                keras.layers.Bidirectional(layer(5, activation="relu")) if not jit_compile else layer(5),
                keras.layers.Dense(1),
            ]
        )
        model.compile("rmsprop", "mae", jit_compile=jit_compile)
        x = np.random.default_rng(0).normal(size=(64, 6, 3)).astype("float32")
        return model.fit(x, x[:, -1, :1], epochs=4, batch_size=16, verbose=0).history["loss"]

    np.testing.assert_allclose(losses(OURS[name]), losses(getattr(keras.layers, name)), rtol=1e-4)


@every_layer
def test_has_keras_s_weights_and_is_the_same_after_saving_and_loading(tmp_path, name):
    model = keras.Sequential([keras.Input((6, 3)), OURS[name](4, activation=keras2_hard_sigmoid)])
    alike = keras.Sequential([keras.Input((6, 3)), getattr(keras.layers, name)(4)])
    assert [w.shape for w in model.weights] == [w.shape for w in alike.weights]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.layers[0]) is OURS[name]
    x = np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")
    np.testing.assert_array_equal(loaded(x), model(x))


@pytest.mark.slow
@pytest.mark.parametrize("device", ["cpu", "gpu"])
@every_layer
def test_training_losses_equal_keras_s_on_jax(name, device):
    pytest.importorskip("jax")
    code = """
import sys, numpy as np, keras
from layers import fast_loop
from tests.layers.test_fast_loop import OURS
fast_loop._on_gpu = lambda: sys.argv[2] == "gpu"
fast_loop.UNROLLED = 4
losses = []
for layer in (OURS[sys.argv[1]], getattr(keras.layers, sys.argv[1])):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((6, 3)), layer(4), keras.layers.Dense(1)])
    model.compile("sgd", "mae")
    x = np.random.default_rng(0).normal(size=(64, 6, 3)).astype("float32")
    history = model.fit(x, x[:, -1, :1], epochs=2, batch_size=16, verbose=0, validation_data=(x, x[:, 0, :1])).history
    losses.append(history["loss"] + history["val_loss"])
np.testing.assert_allclose(*losses, rtol=1e-4)
print(keras.backend.backend())
"""
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", code, name, device],
        cwd=root,
        env=os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout.strip()) == (0, "jax"), run.stderr

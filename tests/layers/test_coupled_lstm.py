"""The coupled LSTM: results and gradients against NumPy, states, masks, dropout, saving."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from layers.coupled_lstm import CoupledLSTM as Layer
from layers.coupled_lstm import CoupledLSTMCell
from recurrence.coupled_lstm import CoupledLSTM

FEATURES, UNITS = 5, 4


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def with_weights(layer, features=FEATURES, seed=1):
    """Builds the layer and sets random weights, so that no bias is zero."""
    layer.build((None, None, features))
    layer.set_weights([0.5 * normal(*w.shape, seed=seed + i) for i, w in enumerate(layer.trainable_weights)])
    return layer


def to_numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def numpy_outputs(layer, inputs):
    return CoupledLSTM.from_keras(layer.get_weights()).forward(inputs).h


def both_forms(**settings):
    """Returns the layer, and the cell in `keras.layers.RNN`."""
    return [
        Layer(UNITS, return_sequences=True, **settings),
        keras.layers.RNN(CoupledLSTMCell(UNITS, **settings), return_sequences=True),
    ]


def test_has_the_weights_of_three_gates():
    layer = Layer(UNITS)
    layer.build((None, None, FEATURES))
    assert [w.shape for w in layer.trainable_weights] == [(5, 12), (4, 12), (12,)]
    lstm = keras.layers.LSTM(UNITS)
    lstm.build((None, None, FEATURES))
    assert layer.count_params() == 3 * UNITS * (FEATURES + UNITS + 1) == 120
    assert 4 * layer.count_params() == 3 * lstm.count_params()


def test_forget_bias_starts_at_one():
    for unit_forget_bias, expected in [(True, [1] * 4 + [0] * 8), (False, [0] * 12)]:
        cell = CoupledLSTMCell(UNITS, unit_forget_bias=unit_forget_bias)
        cell.build((None, FEATURES))
        assert_allclose(to_numpy(cell.bias), expected)


def test_without_bias():
    layer = with_weights(keras.layers.RNN(CoupledLSTMCell(UNITS, use_bias=False), return_sequences=True))
    kernels = layer.get_weights()
    assert [kernel.shape for kernel in kernels] == [(5, 12), (4, 12)]
    expected = CoupledLSTM.from_keras([*kernels, np.zeros(12)]).forward(normal(2, 6, FEATURES)).h
    assert_allclose(to_numpy(layer(normal(2, 6, FEATURES))), expected, atol=1e-5)


def test_trainable_false_freezes_the_weights():
    layer = Layer(UNITS, trainable=False)
    layer.build((None, None, FEATURES))
    assert not layer.cell.trainable
    assert not layer.trainable_weights
    assert len(layer.get_weights()) == 3


def test_equals_numpy():
    inputs = normal(3, 7, FEATURES)
    for layer in both_forms():
        with_weights(layer)
        assert_allclose(to_numpy(layer(inputs)), numpy_outputs(layer, inputs), atol=1e-5)


def test_states_are_output_and_cell_state():
    inputs, h0, C0 = normal(3, 7, FEATURES), normal(3, UNITS, seed=2), normal(3, UNITS, seed=3)  # noqa: N806
    layer = with_weights(Layer(UNITS, return_state=True))
    output, h, cell_state = layer(inputs, initial_state=[h0, C0])
    trace = CoupledLSTM.from_keras(layer.get_weights()).forward(inputs, h0, C0)
    assert_allclose(to_numpy(output), trace.h[:, -1], atol=1e-5)
    assert_allclose(to_numpy(h), trace.h[:, -1], atol=1e-5)
    assert_allclose(to_numpy(cell_state), trace.C[:, -1], atol=1e-5)


@settings(max_examples=15, deadline=None)
@given(
    batch=st.integers(1, 4),
    timesteps=st.integers(1, 8),
    features=st.integers(1, 6),
    units=st.integers(1, 7),
    seed=st.integers(0, 2**31),
)
def test_outputs_and_gradients_equal_numpy(batch, timesteps, features, units, seed):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("differentiates with TensorFlow")
    import tensorflow as tf

    layer = with_weights(Layer(units, return_sequences=True), features, seed)
    inputs = tf.constant(normal(batch, timesteps, features, seed=seed))
    d_outputs = normal(batch, timesteps, units, seed=seed + 1)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs)
        loss = tf.reduce_sum(outputs * d_outputs)
    weights = [variable.value for variable in layer.trainable_variables]
    *d_weights, d_inputs = tape.gradient(loss, [*weights, inputs])

    ours = CoupledLSTM.from_keras(layer.get_weights())
    trace = ours.forward(inputs.numpy())
    gradients = ours.backward(trace, d_outputs)
    expected = vars(CoupledLSTM.from_keras(d_weights))
    assert_allclose(trace.h, outputs, atol=1e-5)
    assert_allclose(gradients.inputs, d_inputs, atol=1e-5, rtol=1e-5)
    for name, gradient in vars(gradients.weights).items():
        assert_allclose(gradient, expected[name], atol=1e-5 * max(1, np.abs(gradient).max()), err_msg=name)


def test_go_backwards_and_bidirectional():
    inputs = normal(2, 6, FEATURES)
    backwards = with_weights(Layer(UNITS, return_sequences=True, go_backwards=True))
    assert_allclose(to_numpy(backwards(inputs)), numpy_outputs(backwards, inputs[:, ::-1]), atol=1e-5)

    both = with_weights(keras.layers.Bidirectional(Layer(UNITS, return_sequences=True)))
    there = numpy_outputs(both.forward_layer, inputs)
    back = numpy_outputs(both.backward_layer, inputs[:, ::-1])[:, ::-1]
    assert_allclose(to_numpy(both(inputs)), np.concatenate([there, back], axis=-1), atol=1e-5)
    assert not np.allclose(there, back)


@pytest.mark.parametrize("padding", ["pre", "post"])
def test_masked_timesteps_have_no_effect(padding):
    sentences = [[3, 1, 2], [4], [2, 2, 5, 1, 3]]
    padded = keras.utils.pad_sequences(sentences, maxlen=8, padding=padding)
    embedding = keras.layers.Embedding(6, FEATURES, mask_zero=True)
    layer = with_weights(Layer(UNITS))
    outputs = to_numpy(keras.Sequential([embedding, layer])(padded))
    for sentence, output in zip(sentences, outputs, strict=True):
        alone = to_numpy(embedding(np.array(sentence)))
        assert_allclose(output, numpy_outputs(layer, alone)[-1], atol=1e-5)


@pytest.mark.parametrize("dropout", [{"dropout": 0.5}, {"recurrent_dropout": 0.5}])
def test_dropout_is_active_in_training_only(dropout):
    inputs = normal(3, 7, FEATURES)
    for layer in both_forms(seed=0, **dropout):
        with_weights(layer)
        expected = numpy_outputs(layer, inputs)
        assert_allclose(to_numpy(layer(inputs)), expected, atol=1e-5)
        assert_allclose(to_numpy(layer(inputs, training=False)), expected, atol=1e-5)
        first, second = to_numpy(layer(inputs, training=True)), to_numpy(layer(inputs, training=True))
        assert not np.allclose(first, expected, atol=1e-3)
        assert not np.allclose(first, second, atol=1e-3)  # each call draws another mask


def test_dropout_acts_on_the_inputs_and_recurrent_dropout_on_the_state():
    inputs = normal(3, 1, FEATURES)  # one timestep, from a zero state
    recurrent = with_weights(Layer(UNITS, recurrent_dropout=0.5, seed=0))
    assert_allclose(to_numpy(recurrent(inputs, training=True)), to_numpy(recurrent(inputs)), atol=1e-6)
    on_inputs = with_weights(Layer(UNITS, dropout=0.5, seed=0))
    assert not np.allclose(to_numpy(on_inputs(inputs, training=True)), to_numpy(on_inputs(inputs)), atol=1e-3)


@pytest.mark.parametrize(("recurrent_dropout", "masks"), [(0.0, 1), (0.25, 3)])
def test_each_gate_has_its_own_dropout_mask_with_recurrent_dropout_only(recurrent_dropout, masks):
    # Each input reaches each gate with weight 1, and the state is zero, so a gate's sum shows what was dropped.
    cell = CoupledLSTMCell(1, dropout=0.5, recurrent_dropout=recurrent_dropout, seed=0)
    cell.activation = cell.recurrent_activation = lambda z: z
    cell.build((None, 1))
    cell.set_weights([np.ones((1, 3)), np.ones((1, 3)), np.zeros(3)])
    zero = np.zeros((200, 1), "float32")
    h, (_, cell_state) = cell(np.ones((200, 1), "float32"), [zero, zero], training=True)
    # With linear activations C = (1 - f) * c and h = o * C, where f, c, o are each 0 (dropped) or 2 (kept).
    pairs = {tuple(row) for row in to_numpy(keras.ops.concatenate([cell_state, h], axis=-1)).tolist()}
    assert pairs == ({(0, 0), (-2, -4)} if masks == 1 else {(0, 0), (-2, 0), (-2, -4), (2, 0), (2, 4)})


def test_the_dropout_mask_is_the_same_at_all_timesteps():
    # With f closed and o open, each output is the candidate, which shows what was dropped at its timestep.
    layer = Layer(1, dropout=0.5, seed=0, return_sequences=True)
    layer.build((None, None, 1))
    kernel, recurrent_kernel, bias = np.array([[0, 1, 0]]), np.zeros((1, 3)), np.array([-100, 0, 100])
    layer.set_weights([kernel, recurrent_kernel, bias])
    outputs = to_numpy(layer(np.ones((64, 5, 1), "float32"), training=True))[..., 0]
    assert_allclose(outputs, np.tile(outputs[:, :1], (1, 5)), atol=1e-6)
    assert 0.2 < np.mean(outputs == 0) < 0.8


def test_layer_is_the_same_after_saving_and_loading(tmp_path):
    words = np.array([[0, 0, 3, 1], [2, 4, 5, 1]])
    cell = CoupledLSTMCell(3, activation="relu", unit_forget_bias=False)
    model = keras.Sequential(
        [
            keras.layers.Embedding(6, FEATURES, mask_zero=True),
            keras.layers.Bidirectional(Layer(UNITS, dropout=0.1, recurrent_dropout=0.2, return_sequences=True)),
            keras.layers.RNN(cell, return_sequences=True),
            Layer(2, name="last"),
        ]
    )
    expected = to_numpy(model(words))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert_allclose(to_numpy(loaded(words)), expected, atol=1e-6)
    assert loaded.layers[2].cell.get_config() == cell.get_config()
    assert loaded.layers[3].get_config() == model.layers[3].get_config()
    assert loaded.layers[1].forward_layer.cell.recurrent_dropout == 0.2


def test_config_builds_an_equal_layer():
    layer = Layer(UNITS, dropout=0.1, recurrent_dropout=0.2, seed=3, return_sequences=True, dtype="mixed_float16")
    again = Layer.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert (again.cell.units, again.cell.dropout, again.cell.recurrent_dropout, again.cell.seed) == (
        4,
        0.1,
        0.2,
        3,
    )
    assert again.return_sequences
    assert again.cell.compute_dtype == "float16"


@pytest.mark.slow
def test_trains():
    # The target is the first input. Without memory, the model could only predict the mean.
    inputs = np.sign(normal(512, 6, 1))
    model = keras.Sequential([Layer(8, dropout=0.05, recurrent_dropout=0.05, seed=0), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.02), "mse")
    losses = model.fit(inputs, inputs[:, 0], batch_size=64, epochs=15, verbose=0).history["loss"]
    assert losses[0] > 0.5
    assert losses[-1] < 0.2


def test_rejects_wrong_units_and_inputs():
    with pytest.raises(ValueError, match="expected a positive integer"):
        Layer(0)
    with pytest.raises(ValueError, match="expected ndim=3"):
        Layer(UNITS)(normal(3, FEATURES))


ON_JAX = """
import sys, jax, keras, numpy as np
from layers.coupled_lstm import CoupledLSTM

inputs, d_outputs, *weights = np.load(sys.argv[1]).values()
layer = CoupledLSTM(d_outputs.shape[-1], return_sequences=True, dropout=0.5, recurrent_dropout=0.5, seed=0)
layer.build(inputs.shape)
layer.set_weights(weights)
state = [v.value for v in layer.non_trainable_variables]

@jax.jit
def run(weights, inputs):
    return layer.stateless_call(weights, state, inputs)[0]

@jax.jit
def loss(weights, inputs):
    return (run(weights, inputs) * d_outputs).sum()

d_weights, d_inputs = jax.grad(loss, argnums=(0, 1))(weights, inputs)
trained = layer.stateless_call(weights, state, inputs, training=True)[0]
np.savez(sys.argv[2], run(weights, inputs), trained, d_inputs, *d_weights)
"""


def run_python(*arguments, backend):
    environment = os.environ | {"KERAS_BACKEND": backend}
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]


@pytest.mark.slow
def test_results_and_gradients_on_jax(tmp_path):
    pytest.importorskip("jax")
    inputs, d_outputs = normal(2, 6, FEATURES), normal(2, 6, UNITS, seed=1)
    layer = with_weights(Layer(UNITS))
    weights = layer.get_weights()
    np.savez(tmp_path / "in.npz", inputs, d_outputs, *weights)
    run_python("-c", ON_JAX, str(tmp_path / "in.npz"), str(tmp_path / "out.npz"), backend="jax")
    outputs, trained, d_inputs, *d_weights = np.load(tmp_path / "out.npz").values()

    ours = CoupledLSTM.from_keras(weights)
    trace = ours.forward(inputs)
    gradients = ours.backward(trace, d_outputs)
    assert_allclose(outputs, trace.h, atol=1e-5)
    assert_allclose(d_inputs, gradients.inputs, atol=1e-5)
    for name, gradient in vars(CoupledLSTM.from_keras(d_weights)).items():
        assert_allclose(getattr(gradients.weights, name), gradient, atol=1e-5, rtol=1e-5, err_msg=name)
    assert not np.allclose(trained, outputs, atol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_pass_these_tests(backend):
    pytest.importorskip(backend)
    run_python("-m", "pytest", "-p", "no:cacheprovider", "-k", "not on_jax", __file__, backend=backend)

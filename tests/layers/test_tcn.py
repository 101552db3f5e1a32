"""The temporal block and the TCN: results against NumPy, causality, receptive field, sizes, dropout, saving."""

from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from layers.tcn import TCN
from layers.temporal_block import TemporalBlock
from tests.layers.backends import assert_passes_on
from tests.layers.test_causal_conv import normal, numpy_conv, numpy_kernel, out

FEW = settings(max_examples=8, deadline=None)
sizes = st.tuples(*[st.integers(1, n) for n in (3, 4, 3)])  # features, filters, levels


def with_weights(layer, features):
    """Builds the layer and sets random weights, small enough for many levels."""
    layer.build((None, None, features))
    for i, weight in enumerate(layer.weights):
        weight.assign(0.7 * normal(*weight.shape, seed=i))
    return layer


def with_ones(tcn, features):
    """Builds the TCN and sets all weights to 1, so that every change of an input reaches the output."""
    tcn.build((None, None, features))
    tcn.set_weights([np.ones(weight.shape) for weight in tcn.weights])
    return tcn


def numpy_block(x, block):
    y = x
    for convolution in block.convolutions:
        v, g, bias = convolution.get_weights()
        y = np.maximum(numpy_conv(y, numpy_kernel(v, g), bias, convolution.dilation_rate), 0)
    if block.widen is not None:
        kernel, bias = block.widen.get_weights()
        x = x @ kernel + bias
    return np.maximum(x + y, 0)


@pytest.mark.parametrize("features", [2, 4])
def test_block_equals_numpy(features):
    block = with_weights(TemporalBlock(4, 3, 2), features)
    assert (block.widen is None) == (features == 4)
    x = normal(2, 11, features)
    assert_allclose(out(block(x)), numpy_block(x, block), atol=1e-4)
    assert block.receptive_field == 1 + 2 * 2 * 2


@given(sizes, st.integers(1, 4), st.integers(1, 24))
@FEW
def test_equals_numpy(size, kernel_size, steps):
    features, filters, levels = size
    tcn = with_weights(TCN(filters, kernel_size, levels), features)
    x = normal(2, steps, features)
    expected = x
    for block in tcn.blocks:
        expected = numpy_block(expected, block)
    assert_allclose(out(tcn(x)), expected, atol=1e-3, rtol=1e-3)
    last = TCN(filters, kernel_size, levels, return_sequences=False)
    last.build((None, None, features))
    last.set_weights(tcn.get_weights())
    assert_allclose(out(last(x)), expected[:, -1], atol=1e-3, rtol=1e-3)
    assert last.receptive_field == tcn.receptive_field


@pytest.mark.parametrize("return_sequences", [True, False])
@pytest.mark.parametrize("reference", ["keras_tcn", "authors"])
def test_equals_keras_tcn_and_the_authors_code(reference, return_sequences):
    """Compares outputs on equal weights with those of two other implementations.

    `tcn_reference.npz` holds random inputs, the random weights of this TCN and the outputs of
    - keras-tcn 3.5.7 on TensorFlow 2.21. It has no weight normalisation, so its kernels were set to g * v / ||v||, and
      `use_skip_connections=False` was passed.
    - the paper authors' code, github.com/locuslab/TCN at commit 2f8c2b8, on PyTorch 2.13. Its v, g and biases were set
      to the weights here, and dropout was 0.
    """
    with np.load(Path(__file__).with_name("tcn_reference.npz")) as arrays:
        inputs, expected = arrays["inputs"], arrays[reference]
        weights = [arrays[name] for name in sorted(arrays) if name.startswith("weight")]
    tcn = TCN(filters=3, kernel_size=3, levels=3, return_sequences=return_sequences)
    tcn.build(inputs.shape)
    tcn.set_weights(weights)
    expected = expected if return_sequences else expected[:, -1]
    assert_allclose(out(tcn(inputs)), expected, atol=1e-6 * np.abs(expected).max())


@given(sizes, st.integers(1, 4), st.data())
@FEW
def test_no_output_depends_on_later_inputs(size, kernel_size, data):
    features, filters, levels = size
    tcn = with_ones(TCN(filters, kernel_size, levels), features)
    steps = 20
    changed = data.draw(st.integers(0, steps - 1))
    x = np.abs(normal(2, steps, features))
    other = x.copy()
    other[:, changed] *= 3
    differs = (np.abs(out(tcn(other)) / out(tcn(x)) - 1) > 1e-5).any((0, 2))
    assert not differs[:changed].any()
    assert differs[changed]


@pytest.mark.parametrize(("kernel_size", "levels"), [(2, 1), (2, 3), (3, 2), (4, 3), (1, 2)])
@pytest.mark.parametrize("return_sequences", [True, False])
def test_outputs_depend_on_the_receptive_field_and_nothing_before_it(kernel_size, levels, return_sequences):
    tcn = with_ones(TCN(2, kernel_size, levels, return_sequences), 1)
    field = tcn.receptive_field
    assert field == 1 + sum(2 * (kernel_size - 1) * 2**level for level in range(levels))
    x = np.repeat(np.abs(normal(1, field + 1, 1)), 3, axis=0)
    x[1, 1] += 5  # the first timestep that the last output sees
    x[2, 0] += 5  # one timestep earlier
    last = out(tcn(x))
    last = last[:, -1] if return_sequences else last
    assert (last[1] / last[0] > 1.0001).any()
    assert_allclose(last[2], last[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("features", "kernel_size", "filters", "outputs", "parameters"),
    [
        # first block 8*2*24+2*24 + 8*24*24+2*24 + 2*24+24, seven blocks of 2*(8*24*24+2*24), output layer 24+1
        (2, 8, 24, 1, 432 + 4_656 + 72 + 7 * 9_312 + 25),  # adding
        (1, 7, 25, 10, 225 + 4_425 + 50 + 7 * 8_850 + 260),  # sequential MNIST, one pixel per timestep
        (1, 8, 10, 10, 100 + 820 + 20 + 7 * 1_640 + 110),  # copy memory: each digit is one number, not one-hot
    ],
)
def test_the_paper_s_models_have_the_expected_number_of_parameters(features, kernel_size, filters, outputs, parameters):
    assert parameters in (70_369, 66_910, 12_530)
    for return_sequences in (True, False):
        tcn = TCN(filters, kernel_size, 8, return_sequences)
        model = keras.Sequential([keras.Input((None, features)), tcn, keras.layers.Dense(outputs)])
        assert model.count_params() == parameters
    assert tcn.receptive_field == 1 + 2 * (kernel_size - 1) * 255


def test_dropout_drops_features_or_numbers_in_training_only():
    x = np.ones((4, 30, 8), "float32")
    for spatial in (True, False):
        # the residual connection adds 1 and the convolutions more, so an output of 1 was dropped
        block = TemporalBlock(8, 1, dropout=0.5, spatial_dropout=spatial, seed=0)
        block.build((None, None, 8))
        first, second = block.convolutions
        for convolution in (first, second):
            convolution.set_weights([np.ones((1, 8, 8)), np.ones(8), np.ones(8)])
        dropped = out(block(x, training=True)) == 1
        assert 0.2 < dropped.mean() < 0.8
        assert spatial == (dropped == dropped[:, :1]).all()
        assert not (out(block(x)) == 1).any()
        assert not np.array_equal(out(block(x, training=True)) == 1, dropped)


@pytest.mark.parametrize("return_sequences", [True, False])
def test_a_trained_tcn_is_the_same_after_saving_and_loading(tmp_path, return_sequences):
    keras.utils.set_random_seed(0)
    tcn = TCN(3, 2, 2, return_sequences, dropout=0.1, spatial_dropout=False, seed=1)
    model = keras.Sequential([keras.Input((None, 2)), tcn, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse", run_eagerly=keras.backend.backend() == "tensorflow")
    x, y = normal(16, 7, 2), normal(16, 7, 1) if return_sequences else normal(16, 1)
    start = out(model(x))

    model.fit(x, y, epochs=2, verbose=0)
    trained = out(model(x))
    assert not np.allclose(trained, start, atol=1e-4)

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_array_equal(out(loaded(x)), trained)
    assert loaded.layers[0].get_config() == tcn.get_config()
    model.save_weights(tmp_path / "model.weights.h5")
    model.set_weights([w * 0 for w in model.get_weights()])
    model.load_weights(tmp_path / "model.weights.h5")
    assert_array_equal(out(model(x)), trained)


def test_an_empty_batch_gives_an_empty_batch():
    assert TemporalBlock(3, 2, 2)(normal(0, 9, 2)).shape == (0, 9, 3)
    assert TCN(3, 2, 3)(normal(0, 9, 2)).shape == (0, 9, 3)
    assert TCN(3, 2, 3, return_sequences=False)(normal(0, 9, 2)).shape == (0, 3)


@pytest.mark.parametrize("return_sequences", [True, False])
def test_go_backwards_reads_the_reversed_sequence(return_sequences):
    forwards = with_weights(TCN(3, 2, 3, return_sequences), 2)
    backwards = TCN.from_config({**forwards.get_config(), "go_backwards": True})
    backwards.build((None, None, 2))
    backwards.set_weights(forwards.get_weights())
    x = normal(2, 9, 2)
    assert_array_equal(out(backwards(x)), out(forwards(x[:, ::-1])))


@pytest.mark.parametrize("return_sequences", [True, False])
def test_bidirectional_joins_both_directions(return_sequences):
    layer = keras.layers.Bidirectional(TCN(3, 2, 3, return_sequences))
    x = normal(2, 9, 2)
    outputs = out(layer(x))
    forwards, backwards = out(layer.forward_layer(x)), out(layer.backward_layer(x))
    backwards = backwards[:, ::-1] if return_sequences else backwards
    assert_array_equal(outputs, np.concatenate([forwards, backwards], -1))
    assert not np.allclose(forwards, backwards)
    with pytest.raises(ValueError, match="a TCN has no state"):
        layer.forward_layer(x, initial_state=x[:, 0])


def test_rejects_wrong_sizes():
    with pytest.raises(ValueError, match="levels is 0; it must be a positive integer"):
        TCN(2, 2, 0)
    with pytest.raises(ValueError, match="filters is 0"):
        TCN(0, 2, 1)


@pytest.mark.slow
def test_learns_to_recall_a_distant_input():
    keras.utils.set_random_seed(0)
    x = np.sign(normal(512, 60, 1))
    model = keras.Sequential([keras.Input((60, 1)), TCN(8, 3, 5, False), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.004), "mse", jit_compile=False)
    assert model.fit(x, x[:, 5], epochs=40, batch_size=32, verbose=0).history["loss"][-1] < 0.1


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_pass_these_tests(backend):
    assert_passes_on(backend, __file__)

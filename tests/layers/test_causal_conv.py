"""The causal convolution: results against NumPy, causality, weight normalisation, saving."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from numpy.testing import assert_allclose, assert_array_equal

from layers.causal_conv import CausalConv1D, pytorch_uniform
from tests.layers.backends import assert_passes_on

# few examples, because TensorFlow compiles a convolution for each shape
FEW = settings(max_examples=20, deadline=None)
shapes = st.tuples(
    *[st.integers(1, n) for n in (3, 20, 3, 4, 5, 7)]
)  # batch, steps, features, filters, kernel, dilation


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def numpy_conv(x, kernel, bias, dilation):
    """Computes the convolution from its definition, one output at a time."""
    taps = len(kernel)
    outputs = np.zeros((*x.shape[:2], kernel.shape[-1])) + bias
    for t in range(x.shape[1]):
        for i in range(taps):
            if t - dilation * i >= 0:
                outputs[:, t] += x[:, t - dilation * i] @ kernel[taps - 1 - i]
    return outputs


def numpy_kernel(v, g):
    return g * v / np.sqrt((v.astype("float64") ** 2).sum((0, 1)))


def with_weights(layer, features):
    """Builds the layer and sets random weights, so that no bias is zero."""
    layer.build((None, None, features))
    layer.set_weights([normal(*w.shape, seed=i) for i, w in enumerate(layer.weights)])
    return layer


def out(tensor):
    return ops.convert_to_numpy(tensor)


@given(shapes)
@FEW
def test_equals_numpy(shape):
    batch, steps, features, filters, kernel_size, dilation = shape
    layer = with_weights(CausalConv1D(filters, kernel_size, dilation), features)
    v, g, bias = layer.get_weights()
    x = normal(batch, steps, features, seed=9)
    assert_allclose(out(layer(x)), numpy_conv(x, numpy_kernel(v, g), bias, dilation), atol=1e-4)
    plain = with_weights(CausalConv1D(filters, kernel_size, dilation, weight_norm=False), features)
    kernel, bias = plain.get_weights()
    assert_allclose(out(plain(x)), numpy_conv(x, kernel, bias, dilation), atol=1e-4)


@given(shapes, st.data())
@FEW
def test_an_output_depends_on_its_receptive_field_only(shape, data):
    batch, steps, features, filters, kernel_size, dilation = shape
    layer = with_weights(CausalConv1D(filters, kernel_size, dilation), features)
    assert layer.receptive_field == 1 + (kernel_size - 1) * dilation
    changed = data.draw(st.integers(0, steps - 1))
    x = normal(batch, steps, features)
    other = x.copy()
    other[:, changed] += 1
    differs = (np.abs(out(layer(x)) - out(layer(other))) > 1e-6).any((0, 2))
    seen = {changed + dilation * i for i in range(kernel_size)}
    assert set(np.flatnonzero(differs)) == {t for t in seen if t < steps}


def test_number_of_parameters():
    # kernel 8, 2 features, 24 filters: v 8 * 2 * 24, g 24, bias 24
    assert with_weights(CausalConv1D(24, 8), 2).count_params() == 384 + 24 + 24
    assert with_weights(CausalConv1D(24, 8, weight_norm=False), 2).count_params() == 384 + 24


def test_kernel_starts_at_v_and_depends_on_the_direction_of_v_only():
    layer = CausalConv1D(4, 3, 2)
    layer.build((None, None, 5))
    v, g, _ = layer.get_weights()
    assert_allclose(out(layer.kernel()), v, rtol=1e-5)
    assert 0.007 < v.std() < 0.013
    layer.set_weights([v * 7, g, np.zeros(4)])
    assert_allclose(out(layer.kernel()), v, rtol=1e-5)
    layer.set_weights([v, g * 2, np.zeros(4)])
    assert_allclose(out(layer.kernel()), 2 * v, rtol=1e-5)


def test_pytorch_uniform_has_pytorch_s_range():
    layer = CausalConv1D(24, 8, kernel_initializer=pytorch_uniform())
    layer.build((None, None, 24))
    bound = 1 / np.sqrt(8 * 24)
    v = layer.get_weights()[0]
    assert 0.98 * bound < np.abs(v).max() <= bound
    assert_allclose(v.std(), bound / np.sqrt(3), rtol=0.05)


def test_a_filter_of_zeros_returns_zeros():
    layer = CausalConv1D(2, 3, kernel_initializer="zeros")
    assert_array_equal(out(layer(normal(1, 4, 2))), 0)


def test_half_precision_computes_the_norm_in_float32():
    full, half = CausalConv1D(3, 5, 2), CausalConv1D(3, 5, 2, dtype="mixed_float16")
    full.build((None, None, 2))
    half.build((None, None, 2))
    weights = full.get_weights()
    half.set_weights([1e-4 * weights[0], *weights[1:]])  # squares of 1e-12: 0 in half precision
    x = normal(2, 9, 2)
    assert keras.backend.standardize_dtype(half(x).dtype) == "float16"
    assert_allclose(out(half(x)).astype("float32"), out(full(x)), atol=2e-3)


def test_an_empty_batch_gives_an_empty_batch():
    layer = CausalConv1D(3, 2, 4)
    assert layer(normal(0, 9, 2)).shape == (0, 9, 3)
    model = keras.Sequential([keras.Input((9, 2)), layer])
    model.compile("sgd", "mse")
    assert model.predict_on_batch(normal(0, 9, 2)).shape == (0, 9, 3)
    model.train_on_batch(normal(0, 9, 2), normal(0, 9, 3))


@pytest.mark.parametrize("weight_norm", [True, False])
def test_layer_is_the_same_after_saving_and_loading(tmp_path, weight_norm):
    model = keras.Sequential([keras.Input((None, 2)), CausalConv1D(3, 2, 4, weight_norm, pytorch_uniform())])
    x = normal(2, 9, 2)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_array_equal(out(loaded(x)), out(model(x)))
    assert loaded.layers[0].get_config() == model.layers[0].get_config()


@pytest.mark.parametrize("name", ["filters", "kernel_size", "dilation_rate"])
@pytest.mark.parametrize("size", [0, -1, 2.5])
def test_rejects_wrong_sizes(name, size):
    with pytest.raises(ValueError, match=f"{name} is {size}; it must be a positive integer"):
        CausalConv1D(**{"filters": 2, "kernel_size": 2, name: size})


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_pass_these_tests(backend):
    assert_passes_on(backend, __file__)

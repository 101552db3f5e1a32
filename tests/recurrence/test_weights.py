"""Initial weights, and rejected shapes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from recurrence import keras_weights
from recurrence.coupled_lstm import CoupledLSTM
from recurrence.gru import GRU
from recurrence.lstm import LSTM
from recurrence.simple_rnn import SimpleRNN

SIZES = st.integers(1, 12)
SEEDS = st.integers(0, 2**32 - 1)


@given(SIZES, SIZES, SEEDS)
def test_orthogonal_has_orthonormal_rows_or_columns(rows, columns, seed):
    matrix = keras_weights.orthogonal(rows, columns, np.random.default_rng(seed))
    assert matrix.shape == (rows, columns)
    short = matrix @ matrix.T if rows <= columns else matrix.T @ matrix
    assert_allclose(short, np.eye(min(rows, columns)), atol=1e-12)


def test_orthogonal_draws_every_direction_with_equal_probability():
    rng = np.random.default_rng(0)
    draws = np.stack([keras_weights.orthogonal(2, 2, rng) for _ in range(4000)])
    # Without the correction, QR would always give the first entry the same sign.
    assert_allclose(draws.mean(axis=0), np.zeros((2, 2)), atol=0.05)
    assert np.mean(np.linalg.det(draws) > 0) == pytest.approx(0.5, abs=0.04)


def test_glorot_uniform_has_its_range_and_variance():
    kernel = keras_weights.glorot_uniform(100, 200, np.random.default_rng(0))
    limit = np.sqrt(6 / 300)
    assert 0.99 * limit < np.abs(kernel).max() <= limit
    assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.02)
    assert kernel.mean() == pytest.approx(0, abs=0.01 * limit)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_recurrent_scale_is_the_factor_by_which_u_stretches_the_state(scale):
    rnn = SimpleRNN.initialise(3, 6, np.random.default_rng(0), recurrent_scale=scale)
    assert_allclose(np.linalg.svd(rnn.U, compute_uv=False), scale)
    assert not rnn.b.any()


@pytest.mark.parametrize("recurrence", [LSTM, CoupledLSTM])
def test_only_the_forget_bias_is_not_zero(recurrence):
    def biases(**settings):
        lstm = recurrence.initialise(3, 4, np.random.default_rng(0), **settings)
        return {name: value for name, value in vars(lstm).items() if name.startswith("b_")}

    for expected, settings in [(1, {}), (10, {"forget_bias": 10})]:
        drawn = biases(**settings)
        assert_allclose(drawn.pop("b_f"), expected)
        assert not any(bias.any() for bias in drawn.values())


@pytest.mark.parametrize(
    ("recurrence", "gates"), [(SimpleRNN, 1), (LSTM, 4), (CoupledLSTM, 3), (GRU, 3)], ids=lambda x: str(x)
)
def test_the_seed_determines_the_weights(recurrence, gates):
    kernel, recurrent_kernel, _ = keras_weights.draw(2, 5, gates, np.random.default_rng(7))
    bias = np.zeros(gates * 5)
    same = recurrence.from_keras([kernel, recurrent_kernel, bias])
    first = next(iter(vars(same)))
    assert_allclose(getattr(recurrence.initialise(2, 5, np.random.default_rng(7)), first), getattr(same, first))
    other = recurrence.initialise(2, 5, np.random.default_rng(8))
    assert not np.allclose(getattr(other, first), getattr(same, first))


def test_reset_after_determines_whether_there_is_a_second_bias(weights_of):
    rng = np.random.default_rng(0)
    assert GRU.initialise(2, 3, rng).reset_after
    before = GRU.initialise(2, 3, rng, reset_after=False)
    assert not before.reset_after
    assert "b_U" not in weights_of(before)


def test_from_keras_copies_the_weights():
    weights = [np.ones((2, 4)), np.ones((1, 4)), np.ones(4)]
    lstm = LSTM.from_keras(weights)
    lstm.b_f[:] = lstm.W_f[:] = 5
    assert all((weight == 1).all() for weight in weights)


@pytest.mark.parametrize(("features", "units"), [(0, 3), (3, 0), (-1, 2)])
def test_rejects_no_features_or_units(initialise, features, units):
    with pytest.raises(ValueError, match="must be positive"):
        initialise(features, units, np.random.default_rng(0))


def test_rejects_wrong_shapes_of_inputs_states_and_gradients(make):
    recurrence = make(2, 3, np.random.default_rng(0))
    for shape in [(5, 4), (2,), (0, 2), ()]:
        with pytest.raises(ValueError, match=r"expected .*timesteps, features. with 2 features"):
            recurrence.forward(np.zeros(shape))
    with pytest.raises(ValueError, match=r"h0 has shape \(4,\), expected \(3,\)"):
        recurrence.forward(np.zeros((5, 2)), np.zeros(4))
    with pytest.raises(ValueError, match=r"h0 has shape \(3,\), expected \(7, 3\)"):
        recurrence.forward(np.zeros((7, 5, 2)), np.zeros(3))
    with pytest.raises(ValueError, match=r"d_outputs has shape \(3,\), expected \(5, 3\)"):
        recurrence.backward(recurrence.forward(np.zeros((5, 2))), np.zeros(3))


@pytest.mark.parametrize("recurrence", [LSTM, CoupledLSTM])
def test_rejects_a_wrong_shape_of_the_cell_state(recurrence):
    lstm = recurrence.initialise(2, 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"C0 has shape \(4,\), expected \(3,\)"):
        lstm.forward(np.zeros((5, 2)), C0=np.zeros(4))


def test_names_each_weight_with_a_wrong_shape(make, weights_of):
    recurrence = make(2, 3, np.random.default_rng(0))
    weights = weights_of(recurrence)
    for name, weight in weights.items():
        longer, wider = (weight.shape[0] + 1, *weight.shape[1:]), (*weight.shape[:-1], weight.shape[-1] + 1)
        for shape in (longer, wider, (), (2, *weight.shape)):
            if name == "W" and shape == wider:
                continue  # a simple RNN with one more feature
            with pytest.raises(ValueError, match=r"has shape .* expected"):
                type(recurrence)(**{**weights, name: np.zeros(shape)})


@pytest.mark.parametrize("recurrence", [LSTM, CoupledLSTM])
def test_rejects_an_lstm_without_features(recurrence):
    weights = vars(recurrence.initialise(2, 3, np.random.default_rng(0)))
    no_inputs = {name: w[:, :3] if w.ndim == 2 else w for name, w in weights.items()}
    with pytest.raises(ValueError, match=r"W_f has shape \(3, 3\), expected \(3, 4\)"):
        recurrence(**no_inputs)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(2, 12), (3, 12)], "received 2 arrays"),
        ([(2, 12), (3, 12), (11,)], r"bias has shape \(11,\), expected \(12,\)"),
        ([(2, 9), (3, 12), (12,)], r"kernel has shape \(2, 9\), expected \(2, 12\)"),
        ([(2, 12), (3, 9), (12,)], r"recurrent_kernel has shape \(3, 9\), expected \(3, 12\)"),
        ([(2, 12), (12,), (12,)], "must be matrices"),
        ([(2, 12), (3, 12), (2, 12)], r"bias has shape \(2, 12\), expected \(12,\)"),
    ],
)
def test_rejects_the_weights_of_another_keras_layer(shapes, message):
    with pytest.raises(ValueError, match=message):
        LSTM.from_keras([np.zeros(shape) for shape in shapes])

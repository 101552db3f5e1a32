"""Moving padding to the right: masks that cuDNN accepts, and unchanged outputs of recurrent layers."""

import importlib

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.coupled_lstm import CoupledLSTM
from layers.gru import GRU
from layers.right_padded import RightPadded


def left_padded(lengths, timesteps, rng):
    rows = np.zeros((len(lengths), timesteps), np.int32)
    for row, length in zip(rows, lengths, strict=True):
        row[timesteps - length :] = rng.integers(1, 20, length)
    return rows


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=5), st.integers(0, 100))
def test_padding_moves_to_the_right_and_nothing_else_changes(lengths, seed):
    rows = left_padded(lengths, 7, np.random.default_rng(seed))
    expected = np.zeros_like(rows)
    for moved, row, length in zip(expected, rows, lengths, strict=True):
        moved[:length] = row[7 - length :]
    np.testing.assert_array_equal(RightPadded()(rows), expected)


def test_sequences_of_different_lengths():
    codes = keras.Input((None,), dtype="int32")
    assert RightPadded()(codes).dtype == "int32"
    model = keras.Model(codes, RightPadded()(codes))
    for length in (1, 3, 6):
        rows = left_padded([1, length], length, np.random.default_rng(0))
        np.testing.assert_array_equal(model.predict_on_batch(rows), RightPadded()(rows))


LAYERS = {
    "SimpleRNN": lambda: keras.layers.SimpleRNN(3),
    "LSTM": lambda: keras.layers.LSTM(3),
    "GRU": lambda: GRU(3),
    "CoupledLSTM": lambda: CoupledLSTM(3),
    "Bidirectional": lambda: keras.layers.Bidirectional(keras.layers.LSTM(3)),
}


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_recurrent_layers_return_the_same_as_for_left_padding(layer):
    rows = left_padded([1, 4, 9, 9, 6], 9, np.random.default_rng(0))
    recurrent = layer()
    embedding = keras.layers.Embedding(20, 4, mask_zero=True)
    codes = keras.Input((9,), dtype="int32")
    left = keras.Model(codes, recurrent(embedding(codes)))
    right = keras.Model(codes, recurrent(embedding(RightPadded()(codes))))
    outputs = (keras.ops.convert_to_numpy(model(rows)) for model in (left, right))
    np.testing.assert_allclose(*outputs, atol=1e-6)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the check is Keras's on TensorFlow")
def test_cudnn_accepts_masks_of_right_padding_only():
    import tensorflow as tf

    rnn = importlib.import_module("keras.src.backend.tensorflow.rnn")
    rows = left_padded([1, 4, 9], 9, np.random.default_rng(0))
    rnn._assert_valid_mask(tf.constant(keras.ops.convert_to_numpy(RightPadded()(rows)) != 0))
    with pytest.raises(tf.errors.InvalidArgumentError):
        rnn._assert_valid_mask(tf.constant(rows != 0))


def test_layer_is_the_same_after_saving_and_loading(tmp_path):
    codes = keras.Input((5,), dtype="int32")
    model = keras.Model(codes, RightPadded()(codes))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    rows = left_padded([2, 5], 5, np.random.default_rng(0))
    np.testing.assert_array_equal(model(rows), loaded(rows))

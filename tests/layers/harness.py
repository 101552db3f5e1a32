"""Every layer with its inputs, and the checks that all of them must pass.

The checks follow `run_layer_test` of Keras's own tests. That function is not public, so they use the public API only.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops
from numpy.testing import assert_allclose, assert_array_equal

from layers.causal_conv import CausalConv1D, pytorch_uniform
from layers.context_attention import ContextAttention
from layers.coupled_lstm import CoupledLSTM, CoupledLSTMCell
from layers.cut_windows import CutWindows
from layers.ensemble_mean import EnsembleMean
from layers.gru import GRU
from layers.hierarchical_attention_encoder import HierarchicalAttentionEncoder
from layers.hierarchical_attention_network import HierarchicalAttentionNetwork
from layers.lstm import LSTM
from layers.right_padded import RightPadded
from layers.simple_rnn import SimpleRNN
from layers.tcn import TCN
from layers.temporal_block import TemporalBlock
from layers.word_codes import WordCodes

SERIES = np.random.default_rng(0).normal(size=(300, 4)).astype("float32")
# the largest difference from float32's outputs, whose size is about 1
TOLERANCE = {"float64": 1e-5, "mixed_float16": 1e-2, "mixed_bfloat16": 1e-1}
if keras.backend.backend() == "jax":
    del TOLERANCE["float64"]  # JAX computes in float32 by default


@dataclass(frozen=True)
class Case:
    """A layer to test: a function of Keras's layer arguments, the shape and dtype of its inputs."""

    layer: Callable[..., keras.layers.Layer]
    shape: tuple[int, ...] = (5, 4)
    dtype: str = "float32"
    unknown: int = 1  # number of axes after the batch that may have unknown size
    saved: bool = True

    @property
    def symbolic_shape(self):
        return (None,) * (1 + self.unknown) + self.shape[self.unknown :]

    def inputs(self, batch=3, length=None):
        """Returns random inputs. `length` replaces the size of the unknown axes."""
        shape = self.shape if length is None else (length,) * self.unknown + self.shape[self.unknown :]
        rng = np.random.default_rng(batch)
        if self.dtype == "float32":
            return rng.normal(size=(batch, *shape)).astype("float32")
        return rng.integers(0 if shape else 10, 9 if shape else 200, (batch, *shape)).astype(self.dtype)

    def built(self, **arguments):
        """Returns the layer, built, with random weights, so that no weight is 0."""
        layer = self.layer(**arguments)
        layer.build((None, *self.shape))
        for i, weight in enumerate(layer.trainable_weights):
            values = np.random.default_rng(i).normal(0.1, 0.4, weight.shape)
            weight.assign(abs(values) if values.ndim == 1 else values)  # positive biases keep ReLUs active
        return layer


CASES = {
    "CausalConv1D": Case(lambda **a: CausalConv1D(3, 2, 2, kernel_initializer=pytorch_uniform(), **a)),
    "CausalConv1D without weight norm": Case(lambda **a: CausalConv1D(3, 2, 2, weight_norm=False, **a)),
    "TemporalBlock": Case(lambda **a: TemporalBlock(3, 2, 2, dropout=0.1, seed=1, **a)),
    "TCN": Case(lambda **a: TCN(3, 2, 2, dropout=0.1, spatial_dropout=False, **a)),
    "TCN, last output": Case(lambda **a: TCN(3, 2, 2, return_sequences=False, go_backwards=True, **a)),
    "GRU": Case(lambda **a: GRU(3, dropout=0.1, recurrent_dropout=0.1, **a)),
    "LSTM": Case(lambda **a: LSTM(3, dropout=0.1, recurrent_dropout=0.1, **a)),
    "LSTM, sequences": Case(lambda **a: LSTM(3, return_sequences=True, go_backwards=True, **a)),
    "SimpleRNN": Case(lambda **a: SimpleRNN(3, dropout=0.1, recurrent_dropout=0.1, **a)),
    "SimpleRNN, sequences": Case(lambda **a: SimpleRNN(3, return_sequences=True, go_backwards=True, **a)),
    "GRU, sequences": Case(lambda **a: GRU(3, return_sequences=True, reset_after=False, go_backwards=True, **a)),
    "CoupledLSTM": Case(lambda **a: CoupledLSTM(3, dropout=0.1, recurrent_dropout=0.1, **a)),
    "CoupledLSTM, sequences": Case(lambda **a: CoupledLSTM(3, return_sequences=True, **a)),
    "CoupledLSTMCell": Case(lambda **a: keras.layers.RNN(CoupledLSTMCell(3, **a), **a)),
    "ContextAttention": Case(lambda **a: ContextAttention(3, **a)),
    "HierarchicalAttentionEncoder": Case(lambda **a: HierarchicalAttentionEncoder(3, 3, 2, **a), unknown=0),
    "HierarchicalAttentionNetwork": Case(
        lambda **a: HierarchicalAttentionNetwork(9, 3, 2, dropout=0.1, **a), (4, 5), "int32", unknown=2
    ),
    "EnsembleMean": Case(EnsembleMean),
    "RightPadded": Case(RightPadded, (5,), "int32"),
    "WordCodes": Case(lambda **a: WordCodes(9, "before", **a), (5,), "int32"),
    "WordCodes, start after": Case(lambda **a: WordCodes(9, "after", **a), (5,), "int32"),
    "CutWindows": Case(lambda **a: CutWindows(SERIES, np.arange(-6, 0), **a), (), "int32", unknown=0, saved=False),
}


def to_numpy(tensor):
    return ops.convert_to_numpy(tensor)


def dtype_of(tensor):
    return keras.backend.standardize_dtype(tensor.dtype)


def check_config(case):
    """Checks that the configuration and the serialised layer give an equal layer."""
    layer = case.layer()
    config = layer.get_config()
    again = type(layer).from_config(copy.deepcopy(config))
    revived = keras.saving.deserialize_keras_object(json.loads(json.dumps(keras.saving.serialize_keras_object(layer))))
    for other in (again, revived):
        assert type(other) is type(layer)
        assert other.get_config() == config
        assert set(dir(other)) == set(dir(layer))


def check_build(case):
    """Checks that `build` creates the weights that the first call creates, with distinct paths."""
    built, called = case.layer(), case.layer()
    built.build((None, *case.shape))
    called(case.inputs())
    assert built.built
    assert [weight.shape for weight in built.weights] == [weight.shape for weight in called.weights]
    paths = [weight.path for weight in called.weights]
    assert len(set(paths)) == len(paths)


def check_symbolic_call(case):
    """Checks that the symbolic and the actual outputs have the same shape and dtype."""
    layer = case.layer()
    outputs = layer(case.inputs())
    for shape in ((3, *case.shape), case.symbolic_shape):
        symbolic = case.layer()(keras.KerasTensor(shape, case.dtype))
        assert symbolic.dtype == dtype_of(outputs)
        assert len(symbolic.shape) == len(outputs.shape)
        assert all(n in (None, m) for n, m in zip(symbolic.shape, outputs.shape, strict=True))
        assert layer.compute_output_shape(shape) == symbolic.shape


def check_dtypes(case, policy):
    """Checks the dtypes under a dtype policy, and that the outputs are close to those of float32."""
    layer, reference = case.built(dtype=policy), case.built()
    outputs = layer(case.inputs())
    symbolic = layer(keras.KerasTensor((3, *case.shape), case.dtype))
    assert dtype_of(outputs) == symbolic.dtype
    if not symbolic.dtype.startswith("int"):
        assert symbolic.dtype == layer.compute_dtype
    for weight in layer.trainable_weights:
        assert weight.dtype == layer.variable_dtype
    expected = to_numpy(reference(case.inputs()))
    assert_allclose(to_numpy(outputs).astype("float64"), expected, atol=TOLERANCE[policy], rtol=TOLERANCE[policy])


def check_batch_sizes_and_lengths(case):
    """Checks batches of 0 and 1, and sequences of one timestep."""
    layer = case.built()
    for length in (None, 1) if case.unknown else (None,):
        inputs = case.inputs(3, length)
        outputs = to_numpy(layer(inputs))
        for training in (False, True):
            empty = layer(inputs[:0], training=training) if takes_training(layer) else layer(inputs[:0])
            if not training or not isinstance(layer, EnsembleMean):
                assert empty.shape == (0, *outputs.shape[1:])
        for i in range(3):
            assert_allclose(to_numpy(layer(inputs[i : i + 1]))[0], outputs[i], atol=1e-5)


def takes_training(layer):
    return not isinstance(
        layer, (CausalConv1D, ContextAttention, CutWindows, HierarchicalAttentionEncoder, RightPadded)
    )


def check_training(case, jit_compile):
    """Checks that batches of different lengths train every weight."""
    keras.utils.set_random_seed(0)
    layer = case.built()
    model = keras.Sequential([keras.Input(case.symbolic_shape[1:], dtype=case.dtype), layer])
    model.compile("sgd", "mse", jit_compile=jit_compile)
    before = model.get_weights()
    inputs = [case.inputs(4, length) for length in ((None, 3, 1) if case.unknown else (None,))]
    for x in inputs:
        # not `fit`: its iterators end only when tf.data's tuner wakes, which may take a minute
        assert np.isfinite(model.train_on_batch(x, to_numpy(layer(x)) + 1))
    for weight, old in zip(model.weights, before, strict=True):
        assert not (weight.trainable and np.array_equal(to_numpy(weight), old)), weight.path


def check_saving(case, folder):
    """Checks that a saved and a cloned model return the same outputs."""
    model = keras.Sequential([keras.Input(case.symbolic_shape[1:], dtype=case.dtype), case.built()])
    expected = to_numpy(model(case.inputs()))
    model.save(folder / "model.keras")
    loaded = keras.models.load_model(folder / "model.keras")
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    for other in (loaded, clone):
        assert_array_equal(to_numpy(other(case.inputs())), expected)
        assert json.dumps(other.layers[0].get_config()) == json.dumps(model.layers[0].get_config())


def check_time_distributed(case):
    """Checks that `TimeDistributed` applies the layer to each timestep."""
    wrapper = keras.layers.TimeDistributed(case.layer())
    inputs = case.inputs(6).reshape(2, 3, *case.shape)
    outputs = to_numpy(wrapper(inputs))
    for t in range(3):
        assert_allclose(outputs[:, t], to_numpy(wrapper.layer(inputs[:, t])), atol=1e-5)
    symbolic = keras.layers.TimeDistributed(case.layer())(keras.KerasTensor(inputs.shape, case.dtype))
    assert symbolic.shape == outputs.shape

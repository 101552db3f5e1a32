"""All layers pass the checks of the harness."""

import importlib
import pkgutil

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

import layers
from layers.fast_loop import FastLoop
from tests.layers import harness
from tests.layers.backends import assert_passes_on
from tests.layers.harness import CASES


def every(condition=lambda case: True):
    """Runs a test for each layer that meets the condition."""
    cases = {name: case for name, case in CASES.items() if condition(case)}
    return pytest.mark.parametrize("case", cases.values(), ids=cases)


tensorflow_only = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow traces unknown lengths"
)


def test_every_layer_has_a_case():
    names = {name.split(",")[0].split(" ")[0] for name in CASES}
    for module in pkgutil.iter_modules(layers.__path__):
        for value in vars(importlib.import_module(f"layers.{module.name}")).values():
            layer = isinstance(value, type) and issubclass(value, keras.layers.Layer) and value is not FastLoop
            if layer and value.__module__ != "keras":
                assert value.__name__ in names


@every(lambda case: case.saved)
def test_config(case):
    harness.check_config(case)


@every()
def test_build(case):
    harness.check_build(case)


@every()
def test_symbolic_call(case):
    harness.check_symbolic_call(case)


@every()
@pytest.mark.parametrize("policy", harness.TOLERANCE)
def test_dtypes(case, policy):
    harness.check_dtypes(case, policy)


@every()
def test_batch_sizes_and_lengths(case):
    harness.check_batch_sizes_and_lengths(case)


@every(lambda case: case.built().weights)
@pytest.mark.parametrize("jit_compile", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_training_with_batches_of_different_lengths(case, jit_compile):
    harness.check_training(case, jit_compile)


@every(lambda case: case.saved)
def test_saving_and_cloning(case, tmp_path):
    harness.check_saving(case, tmp_path)


@every(lambda case: case.shape)
def test_time_distributed(case):
    harness.check_time_distributed(case)


@tensorflow_only
@pytest.mark.parametrize("names", [["GRU"], pytest.param(list(CASES), marks=pytest.mark.slow)], ids=["GRU", "all"])
def test_exported_models_take_sequences_of_unknown_length(names, tmp_path):
    import tensorflow as tf

    cases = {name.replace(",", "").replace(" ", "_"): CASES[name] for name in names}
    inputs = {name: keras.Input(case.symbolic_shape[1:], dtype=case.dtype, name=name) for name, case in cases.items()}
    model = keras.Model(inputs, {name: case.built()(inputs[name]) for name, case in cases.items()})
    model.export(tmp_path, verbose=False)
    loaded = tf.saved_model.load(tmp_path)
    for batch, length in ((2, None), (1, 3), (4, 1)):
        batch_inputs = {name: case.inputs(batch, length) for name, case in cases.items()}
        outputs, expected = loaded.serve(batch_inputs), model(batch_inputs)
        for name in cases:
            assert_allclose(outputs[name], expected[name], atol=1e-5, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_pass_these_tests(backend):
    assert_passes_on(backend, __file__)


def test_the_tolerances_reject_wrong_outputs():
    case = harness.Case(lambda **arguments: keras.layers.Rescaling(np.pi if arguments else 1.0, **arguments))
    with pytest.raises(AssertionError):
        harness.check_dtypes(case, "mixed_bfloat16")

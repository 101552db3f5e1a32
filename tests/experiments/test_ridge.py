"""The ridge regression: coefficients that no other have less penalised error than."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments import loading
from lab.settings import resolve
from tables.windows import Windows


@pytest.fixture
def solved():
    """A function from alpha to windows, and the network fitted to them."""

    def solve(alpha):
        data = np.random.default_rng(0).normal(size=(300, 14)).astype("float32").cumsum(axis=0) / 10
        name = "jena/ridge"
        module = loading.experiment(name)
        flags = ["--lookback", "4", "--step", "2", "--delay", "3", "--alpha", str(alpha)]
        config = resolve(name, module.Config, [], flags)
        windows = Windows(data, config.lookback, config.delay, step=config.step, targets=tuple(config.places))
        network = module.build(config)
        module.fit(config, network, SimpleNamespace(splits=SimpleNamespace(training=windows)))
        inputs = windows.samples(windows.rows).reshape(len(windows), -1).astype(float)
        return inputs, windows.answers(windows.rows).astype(float), network

    return solve


@pytest.mark.parametrize("alpha", [0.0, 1.0, 100.0])
def test_the_penalised_error_has_no_slope(solved, alpha):
    inputs, targets, network = solved(alpha)
    kernel, bias = network.get_weights()
    errors = inputs @ kernel + bias - targets
    scale = np.abs(inputs.T @ targets).max()
    assert np.abs(inputs.T @ errors + alpha * kernel).max() < 1e-4 * scale
    assert abs(errors.sum()) < 1e-4 * np.abs(targets).sum()


def test_more_penalty_shrinks_coefficients(solved):
    lengths = [np.linalg.norm(solved(alpha)[2].get_weights()[0]) for alpha in (0, 1, 100)]
    assert lengths[0] > lengths[1] > lengths[2]

"""Our own forecaster: its regression against NumPy's, its ensemble against its members."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from scipy.linalg import lstsq

from experiments import loading
from experiments.jena.best import _regressors as regressors
from foundation.user_error import UserError
from lab.settings import resolve
from tables.windows import Windows

BEST = loading.experiment("jena/best")
FLAGS = ["--lookback=30", "--step=1", "--delay=3", "--alpha=10", "--members=3", "--units=5", "--epochs=1"]


def weather(windows):
    """What a group's data has of its training windows."""
    return SimpleNamespace(splits=SimpleNamespace(training=windows))


@pytest.fixture(scope="module")
def fitted():
    config = resolve("jena/best", BEST.Config, [], FLAGS)
    data = np.random.default_rng(0).normal(size=(2500, config.features)).astype("float32").cumsum(axis=0) / 30
    windows = Windows(data, config.lookback, config.delay, step=config.step, targets=tuple(config.places))
    network = BEST.build(config)
    BEST.fit(config, network, weather(windows))
    return config, network, windows


def naive(window):
    """A window's regressors, in plain words."""
    weather, last = window[:, :-4], window[-1]
    rest = weather[:-12]
    recent = [weather[-i] - weather[-1] for i in range(12, 1, -1)]
    earlier = [rest[i : i + 12].mean(axis=0) - weather[-1] for i in range(0, len(rest) - 11, 12)]
    factors = np.concatenate([last, weather[-1] - weather[-4], weather[-1] - weather[-13]])
    products = [a * b for i, a in enumerate(factors) for b in factors[i:]]
    return np.concatenate([*recent, *earlier, factors, products])


def test_what_is_regressed_on(fitted):
    _, _, windows = fitted
    samples = windows.samples(windows.rows[:5])
    found = keras.ops.convert_to_numpy(regressors(keras.ops.convert_to_tensor(samples)))
    np.testing.assert_allclose(found, [naive(sample) for sample in samples], atol=1e-5)
    whole = resolve("jena/best", BEST.Config)
    assert regressors(keras.Input(whole.window)).shape == (None, 1407)


def test_untrained_it_is_the_ridge_regression(fitted):
    config, network, windows = fitted
    samples = windows.samples(windows.rows)
    inputs = np.array([naive(sample) for sample in samples], float)
    inputs = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    targets = windows.answers(windows.rows)[:, 0].astype(float)
    # a penalty is as good as rows of its root with nothing to forecast
    rows = np.concatenate([inputs, np.sqrt(config.alpha) * np.eye(inputs.shape[1])])
    wanted = np.concatenate([targets - targets.mean(), np.zeros(inputs.shape[1])])
    coefficients = lstsq(rows, wanted, lapack_driver="gelsy")[0]
    forecasts = network.predict(samples, verbose=0)[:, 0]
    np.testing.assert_allclose(forecasts, inputs @ coefficients + targets.mean(), atol=0.01 * targets.std())


def test_each_member_learns_alone_and_their_mean_forecasts(fitted):
    config, _, windows = fitted
    network = BEST.build(config)
    BEST.fit(config, network, weather(windows))
    fixed = [weight.numpy() for weight in network.non_trainable_weights if "seed" not in weight.path]
    network.compile(BEST.optimizer(config, 10), loss="mae", jit_compile=False)
    rows = windows.rows[:512]
    network.fit(windows.samples(rows), windows.answers(rows), epochs=2, verbose=0)
    for before, after in zip(
        fixed, [weight for weight in network.non_trainable_weights if "seed" not in weight.path], strict=True
    ):
        np.testing.assert_array_equal(before, after.numpy())
    samples = windows.samples(rows[:7])
    members = keras.Model(network.input, network.layers[-1].input).predict(samples, verbose=0)
    assert members.shape == (7, 3)
    assert members.std(axis=1).min() > 0
    np.testing.assert_allclose(network.predict(samples, verbose=0)[:, 0], members.mean(axis=1), rtol=1e-4, atol=1e-5)
    assert network(samples, training=True).shape == (7, 3)


def test_a_window_too_short_is_a_mistake():
    config = resolve("jena/best", BEST.Config, [], ["--lookback=23", "--step=1"])
    with pytest.raises(UserError, match="--lookback of 24"):
        BEST.build(config)

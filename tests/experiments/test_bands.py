"""Bands of weather models: the quantiles that networks learn, and the share of the test period that bands hold."""

import json

import keras
import numpy as np
import pytest
import yaml

from experiments import loading
from experiments.jena import _bands, _quantiles
from foundation.user_error import UserError
from jena.read import read
from jena.schema import TEMPERATURE
from lab.claims.evidence import figure
from lab.settings import resolve

LOOKBACK, DELAY = 48, 24
PROTOCOL = [
    *("--spacing", "60", "--lookback", str(LOOKBACK), "--step", "1", "--delay", str(DELAY), "--jit-compile", "false"),
    *("--train-end", "0.5", "--validation-end", "0.75", "--gaps", "keep", "--duplicates", "keep"),
]


def test_the_pinball_loss_is_the_mean_over_rows_and_levels():
    rng = np.random.default_rng(0)
    levels, truth, outputs = (0.1, 0.5, 0.8), rng.normal(size=(5, 2)), rng.normal(size=(5, 6))
    expected = []
    for example in range(5):
        for target in range(2):
            for n, level in enumerate(levels):
                error = truth[example, target] - outputs[example, 3 * target + n]
                expected.append(level * error if error > 0 else (level - 1) * error)
    loss = _quantiles.Pinball(levels)(truth.astype("float32"), outputs.astype("float32"))
    assert float(loss) == pytest.approx(np.mean(expected), rel=1e-5)


def test_the_metric_is_the_error_of_the_median_once_quantiles_are_in_order():
    metric = _quantiles.median_error((0.1, 0.5, 0.9), "mae")
    metric.update_state(np.array([[1.0], [1.0]]), np.array([[0.0, 3.0, 4.0], [5.0, 0.0, 2.0]]))
    assert metric.name == "mae"
    assert float(metric.result()) == pytest.approx((2 + 1) / 2)


def test_a_network_learns_the_quantiles_of_what_it_sees():
    keras.utils.set_random_seed(0)
    levels = (0.1, 0.5, 0.9)
    truth = np.random.default_rng(0).gamma(2, 1, (2000, 1)).astype("float32")
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(3)])
    network.compile(keras.optimizers.Adam(0.1), _quantiles.Pinball(levels), metrics=[])
    network.fit(np.zeros_like(truth), truth, batch_size=500, epochs=30, verbose=0)
    np.testing.assert_allclose(network(np.zeros((1, 1)))[0], np.quantile(truth, levels), atol=0.15)


@pytest.mark.parametrize(("rows", "day", "every"), [(2500, 24, 1), (2501, 24, 5), (16522, 24, 7), (100_000, 144, 41)])
def test_windows_are_left_out_but_no_hour_of_the_day(rows, day, every):
    kept = _bands.thinned(np.arange(rows) + 500, day)
    assert len(kept) == -(-rows // every)
    assert set(kept % day) == set(range(day))


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("--quantiles 0.1,0.9", "0.5 must be among them"),
        ("--quantiles 0.5", "0.5 must be among them, one below and one above it"),
        ("--quantiles 0.9,0.5,0.1", "must ascend"),
        ("--quantiles ten", "are no numbers"),
        ("--quantiles 0.1,0.5,0.9 --epochs 0", "without epochs no quantiles are trained"),
    ],
)
def test_quantiles_that_cannot_be_trained_are_refused(flags, words):
    with pytest.raises(UserError, match=words):
        resolve("jena/gru", loading.config_of("jena/gru"), [], flags.split())


@pytest.mark.parametrize(("validation", "measured"), [(998, 998), (2_501, 501), (2_600, 520), (4_990, 998)])
def test_quantiles_are_checked_with_the_windows_that_their_band_is_measured_on(validation, measured):
    flags = ["--spacing", "60", "--quantiles", "0.001,0.5,0.999"]
    config = resolve("jena/gru", loading.config_of("jena/gru"), [], flags)
    words = f"{measured} validation windows are too few for a quantile of 0.001: give at least 999"
    with pytest.raises(UserError, match=words) as caught:
        _bands.check(config, validation)
    of_all = f"th of the {validation:,} windows is measured"
    assert (of_all in str(caught.value)) == (measured < validation)
    for enough in (999, 2_500, 4_991):
        _bands.check(config, enough)


def test_quantiles_that_are_the_same_name_the_same_run():
    configs = [
        resolve("jena/gru", loading.config_of("jena/gru"), [], ["--quantiles", text])
        for text in ("0.1,0.5,0.9", "0.10, .5, 0.9")
    ]
    assert configs[0] == configs[1]


def test_too_extreme_quantiles_are_refused_before_training(forks, tmp_path, weather):
    flags = [*PROTOCOL, "--csv", str(weather), "--quantiles", "0.001,0.5,0.9"]
    done = forks.command(tmp_path, "run", "jena/gru", *flags)
    assert done.returncode == 2
    assert "validation windows are too few for a quantile of 0.001: give at least 999" in done.stderr
    assert "poch" not in done.stdout


@pytest.fixture(scope="module")
def results(forks, tmp_path_factory, weather):
    """A ridge regression, and a GRU and an ensemble with quantiles of their own, on ninety days."""
    folder = tmp_path_factory.mktemp("results")
    flags = [*PROTOCOL, "--csv", str(weather)]
    forks.succeed(folder, "run", "jena/ridge", *flags, "--alpha", "10000")
    trained = [*flags, "--quantiles", "0.1,0.5,0.9", "--epochs", "3", "--steps-per-epoch", "30", "--units", "8"]
    forks.succeed(folder, "run", "jena/gru", *trained)
    forks.succeed(folder, "run", "jena/best", *trained, "--members", "2")
    return folder


def run(results, name):
    (folder,) = (results / "jena" / name).glob("seed*")
    return folder


def test_the_band_is_that_of_all_errors_on_validation_and_its_figures_those_of_the_test(results, weather):
    """A second way to them: window by window, from the file."""
    folder = run(results, "ridge")
    metrics = json.loads((folder / "metrics.json").read_text())
    mean, std = (np.array(metrics["data"][key]) for key in ("mean", "std"))
    values = (read(weather)[0].to_numpy() - mean) / std
    experiment = loading.experiment("jena/ridge")
    network = experiment.network(
        experiment.Config(**yaml.safe_load((folder / "settings.yaml").read_text())["settings"])
    )
    network.load_weights(folder / "best.weights.h5")
    kernel, bias = network.get_weights()
    rows = len(values)
    errors = {}
    for split, start, end in (("validation", rows // 2, rows * 3 // 4), ("test", rows * 3 // 4, rows)):
        windows = range(start + LOOKBACK, end - DELAY)
        forecasts = np.array([values[row - LOOKBACK : row].reshape(-1) @ kernel[:, 0] + bias[0] for row in windows])
        errors[split] = np.array([values[row + DELAY, TEMPERATURE] for row in windows]) - forecasts
    known = np.sort(errors["validation"])
    low, high = known[int(0.1 * (len(known) + 1)) - 1], known[int(np.ceil(0.9 * (len(known) + 1))) - 1]
    np.testing.assert_allclose(metrics["bands"]["offsets"][0][::2], [low, high], atol=1e-4)
    inside = np.mean([low <= error <= high for error in errors["test"]])
    assert metrics["test"]["coverage"] == pytest.approx(inside, abs=0.005)
    assert metrics["test"]["width_celsius"] == pytest.approx((high - low) * std[TEMPERATURE], rel=1e-4)


@pytest.mark.parametrize("name", ["ridge", "gru", "best"])
def test_a_run_records_its_band_and_its_figures(results, name):
    metrics = json.loads((run(results, name) / "metrics.json").read_text())
    assert metrics["bands"]["levels"] == [0.1, 0.5, 0.9]
    assert 0 < figure(metrics, "test.coverage") < 1  # as claims read it
    assert 0 < metrics["test"]["pinball_celsius"] < metrics["test"]["mae_celsius"]


def test_comparisons_show_the_figures_of_bands(forks, results):
    shown = forks.succeed(results, "compare", "jena")
    assert "test in band" in shown
    assert "test pinball °C" in shown


def test_a_run_with_too_few_windows_for_a_band_says_so_whenever_it_is_asked(forks, tmp_path, weather):
    short = tmp_path / "short.csv"
    short.write_text("".join(weather.read_text().splitlines(keepends=True)[:71]))
    flags = ["--train-end", "0.6", "--validation-end", "0.8", "--lookback", "4", "--delay", "3", "--csv", str(short)]
    said = forks.succeed(tmp_path, "run", "jena/ridge", *PROTOCOL, *flags)
    why = "7 validation windows are too few for a quantile of 0.1: give at least 9, or quantiles nearer to 0.5"
    assert f"\nband        none, as {why}\n" in said
    assert json.loads((run(tmp_path, "ridge") / "metrics.json").read_text())["no_band"] == why
    forecast = forks.succeed(tmp_path, "forecast", "jena/ridge", "--csv", str(short))
    assert f"\nIt has no band, as {why}.\n" in forecast
    assert f"\njena/ridge has no band, as {why}.\n" in forks.succeed(
        tmp_path, "backtest", "jena/ridge", "--csv", str(short)
    )


def test_bands_hold_what_they_promise_where_later_years_are_like_earlier_ones(forks, tmp_path):
    """Eight years of simulated weather, whose climate doesn't change."""
    flags = [*PROTOCOL, "--spacing", "180", "--lookback", "16", "--delay", "8", "--source", "simulated"]
    forks.succeed(tmp_path, "run", "jena/ridge", *flags, "--alpha", "100")
    metrics = json.loads((run(tmp_path, "ridge") / "metrics.json").read_text())
    assert 0.75 < metrics["test"]["coverage"] < 0.85

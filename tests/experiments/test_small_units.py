"""A table of small values, an exchange rate: its forecasts, errors and tables can be read."""

import re
import shutil

import numpy as np
import pandas as pd
import pytest

from experiments import loading, trained_run
from experiments.jena import _forecast, _forecast_picture
from experiments.jena._asked import Asked
from lab import settings

DESCRIBED = """\
models: jena
file: rate.csv
columns: [rate, thousands]
targets: [rate]
spacing: 1h
lookback: 48
delay: 24
"""
SPREAD = 0.0003


@pytest.fixture(scope="module")
def results(forks, tmp_path_factory):
    """A ridge regression and common sense on a rate around 1.1 that hardly varies."""
    folder = tmp_path_factory.mktemp("results")
    shutil.copytree(settings.CONFIGS, folder / "configs")
    (folder / "configs/rate.yaml").write_text(DESCRIBED)
    hours, rng = np.arange(1500), np.random.default_rng(0)
    waves = np.sin(hours / 24 * 2 * np.pi) + rng.normal(0, 0.5, len(hours))
    times = pd.date_range("2023-01-01", periods=len(hours), freq="1h")
    frame = pd.DataFrame({"time": times, "rate": 1.1 + SPREAD * waves, "thousands": 5000 + 1000 * waves})
    frame.to_csv(folder / "rate.csv", index=False)
    forks.succeed(folder, "run", "rate/ridge", "rate/common_sense")
    return folder


@pytest.fixture
def run(results, monkeypatch):
    """The ridge regression, as commands load it."""
    monkeypatch.setattr(settings, "CONFIGS", results / "configs")
    loading.group.cache_clear()
    loading.experiment.cache_clear()
    (folder,) = (results / "rate/ridge").glob("seed*")
    yield trained_run.load(str(folder))
    loading.group.cache_clear()
    loading.experiment.cache_clear()


def numbers(text):
    return [float(word) for word in re.findall(r"-?\d+\.\d+", text)]


def test_a_forecast_is_in_its_band_in_words_in_the_picture_and_in_its_file(forks, results, run):
    text = forks.succeed(results, "forecast", "rate/ridge", "--csv", "rate.csv").splitlines()
    value, low, high = numbers(text[0].split("  ", 1)[1])
    assert low < value < high
    assert text[0].endswith(f"  {value:.5f}, with 80% probability from {low:.5f} to {high:.5f}")
    assert re.match(r"Persistence says \d\.\d{5}, the last value", text[1])
    (row,) = pd.read_csv(results / "rate/forecast/ridge-rate.csv").to_dict("records")
    assert [row[key] for key in ("forecast", "low", "high")] == pytest.approx([value, low, high], abs=6e-6)
    assert 1e-5 < row["high"] - row["low"] < 4 * SPREAD
    asked = Asked(run.experiment, run.config, run.run, run.config.table(str(results / "rate.csv"), anchor="last"))
    forecasts = _forecast.coming(asked, len(asked.table.frame) - 1)
    (axes,) = _forecast_picture.figure(asked, forecasts).axes
    labels = [line.get_label() for line in axes.lines]
    assert f"80% band: {low:.5f} to {high:.5f}" in labels
    assert f"rate/ridge: {value:.5f}" in labels


def test_the_error_on_the_test_period_can_be_read(forks, results, run):
    text = forks.succeed(results, "forecast", "rate/ridge", "--csv", "rate.csv")
    assert f"rate/ridge is {run.run.metrics()['test']['mae_unit']:.6f} off on average" in text


def test_a_backtest_s_differences_can_be_read(forks, results):
    text = forks.succeed(results, "backtest", "rate/ridge", "--csv", "rate.csv")
    (line,) = [line for line in text.splitlines() if "than the value exactly 24 hours before" in line]
    difference, low, high = numbers(line)
    assert 0 < low < difference < high < SPREAD
    cells = re.search(r"\| 2023-01 +\|(.*)\|", text)[1].split("|")
    assert [len(cell.strip().partition(".")[2]) for cell in cells] == [0, 6, 6, 6, 2]
    months = pd.read_csv(results / "rate/backtest/ridge-rate.csv")
    assert months["rate/ridge"].nunique() == len(months)


def test_the_forecasts_that_a_run_keeps_are_no_steps(run):
    table, test = run.run.forecasts(), run.run.metrics()["test"]
    assert table["forecast"].nunique() > 100
    assert (table["forecast"] - table["truth"]).abs().mean() == pytest.approx(test["mae_unit"], rel=0.01)


def test_a_comparison_shows_three_digits(forks, results, run):
    forks.succeed(results, "compare", "rate")
    (path,) = (results / "rate/comparison").glob("*/table.csv")
    row = pd.read_csv(path, dtype=str).set_index("experiment").loc["rate/ridge"]
    test = run.run.metrics()["test"]
    for heading, figure in {"error": "mae_unit", "band": "width_unit", "pinball": "pinball_unit"}.items():
        assert float(row[f"test {heading}"]) == pytest.approx(test[figure], rel=0.01)


def test_each_column_is_described_with_its_own_decimals(forks, results):
    *_, head, rate, thousands = forks.succeed(results, "data", "rate").splitlines()
    assert head.split() == ["mean", "std", "min", "max"]
    name, *shown = rate.split()
    assert name == "rate"
    assert all(re.fullmatch(r"\d\.\d{5}", word) for word in shown)
    assert float(shown[1]) == pytest.approx(SPREAD, rel=0.3)
    assert re.fullmatch(r"thousands( +\d+\.\d\d){4}", thousands)

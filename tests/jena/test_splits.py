"""Splits and normalisation, and the common-sense baseline on the real series to its last published digit."""

import os

import numpy as np
import pandas as pd
import pytest

from experiments import loading
from experiments.jena import _problem
from foundation.user_error import UserError
from jena.read import Series
from jena.schema import COLUMNS, TEMPERATURE
from jena.splits import split
from lab.settings import resolve


def series(rows):
    index = pd.date_range("2009-01-01", periods=rows, freq="10min")
    values = np.random.default_rng(0).normal(3, 2, (rows, len(COLUMNS)))
    return Series(pd.DataFrame(values, index=index, columns=list(COLUMNS)), pd.Timedelta(minutes=10), "toy")


PROTOCOL = {"lookback": 20, "step": 2, "delay": 5}


def test_only_training_rows_determine_the_normaliser():
    splits = split(series(1000), series(1000).values, train_end=400, validation_end=0.7, **PROTOCOL)
    data = splits.training.data
    np.testing.assert_allclose(data[:400].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(data[:400].std(axis=0), 1, atol=1e-6)
    assert np.abs(data[400:].mean(axis=0)).max() > 0.001
    assert splits.normaliser.celsius(data[5, TEMPERATURE]) == pytest.approx(
        series(1000).values[5, TEMPERATURE], abs=1e-5
    )


def test_rows_and_fractions_give_the_same_splits():
    by_rows = split(series(1000), series(1000).values, train_end=400, validation_end=700, **PROTOCOL)
    by_fraction = split(series(1000), series(1000).values, train_end=0.4, validation_end=0.7, **PROTOCOL)
    for one, other in ((by_rows.validation, by_fraction.validation), (by_rows.test, by_fraction.test)):
        assert one.rows.tolist() == other.rows.tolist()
    assert by_rows.training.rows[-1] + 5 == 399
    assert by_rows.validation.rows[0] - 20 == 400
    assert by_rows.test.rows[-1] + 5 == 999


def test_splits_beyond_the_series_are_an_error():
    with pytest.raises(UserError, match="the series has 1000 rows: give --train-end"):
        split(series(1000), series(1000).values, train_end=200_000, validation_end=300_000, **PROTOCOL)


def test_the_default_splits_of_the_whole_file_are_the_rows_of_the_deck():
    config = resolve("jena/gru", loading.experiment("jena/gru").Config)
    assert [int(end * 420_551) for end in (config.train_end, config.validation_end)] == [200_000, 300_000]


@pytest.mark.skipif(not os.environ.get("LAB_DATA_MIRROR"), reason="needs a mirror with the hourly series")
def test_common_sense_on_the_hourly_series():
    config = resolve("jena/common_sense", loading.experiment("jena/common_sense").Config, ["hourly"])
    weather = _problem.read(config)
    splits = _problem.cut(loading.experiment("jena/gru"), config, weather)
    assert f"{splits.normaliser.degrees:.3f}" == "8.853"

    def error(windows):
        last = windows.samples(windows.rows)[:, -1, TEMPERATURE]
        return float(np.abs(last - windows.targets(windows.rows)[:, 0]).mean())

    assert f"{error(splits.validation):.4f}" == "0.2904"
    assert f"{error(splits.validation) * splits.normaliser.degrees:.3f}" == "2.571"
    assert f"{error(splits.test) * splits.normaliser.degrees:.3f}" == "2.701"


@pytest.mark.skipif(not os.environ.get("LAB_DATA_MIRROR"), reason="needs a mirror with the first quarter")
def test_the_default_settings_fit_the_first_quarter_of_the_series():
    from foundation.fetch import fetch

    config = resolve("jena/gru", loading.experiment("jena/gru").Config)
    weather = _problem.read(config, str(fetch("jena/jena_climate_2009_2011_10min.csv.zip")))
    splits = _problem.cut(loading.experiment("jena/gru"), config, weather)
    assert config.window == (120, 14)
    assert min(len(splits.training), len(splits.validation), len(splits.test)) > 20_000

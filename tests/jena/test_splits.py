"""Splits and normalisation, and the common-sense baseline on the real series to its last published digit."""

import os
from pathlib import Path

import numpy as np
import pytest

from experiments import loading
from experiments.jena import _problem
from jena.schema import TEMPERATURE
from lab.settings import resolve


def test_the_default_splits_of_the_whole_file_are_the_rows_of_the_deck():
    config = resolve("jena/gru", loading.experiment("jena/gru").Config)
    assert [int(end * 420_551) for end in (config.train_end, config.validation_end)] == [200_000, 300_000]


@pytest.mark.skipif(not os.environ.get("LAB_DATA_MIRROR"), reason="needs a mirror with the hourly series")
def test_common_sense_on_the_hourly_series():
    config = resolve("jena/common_sense", loading.experiment("jena/common_sense").Config, ["hourly"])
    weather = _problem.read(config)
    splits = _problem.cut(loading.experiment("jena/gru"), config, weather)
    degrees = splits.normaliser.std[TEMPERATURE]
    assert f"{degrees:.3f}" == "8.853"

    def error(windows):
        last = windows.samples(windows.rows)[:, -1, TEMPERATURE]
        return float(np.abs(last - windows.answers(windows.rows)[:, 0]).mean())

    assert f"{error(splits.validation):.4f}" == "0.2904"
    assert f"{error(splits.validation) * degrees:.3f}" == "2.571"
    assert f"{error(splits.test) * degrees:.3f}" == "2.701"


@pytest.mark.skipif(not os.environ.get("LAB_DATA_MIRROR"), reason="needs a mirror with the first quarter")
def test_the_default_settings_fit_the_first_quarter_of_the_series():
    path = Path(os.environ["LAB_DATA_MIRROR"]) / "jena/jena_climate_2009_2011_10min.csv.zip"
    config = resolve("jena/gru", loading.experiment("jena/gru").Config, [], ["--csv", str(path)])
    weather = _problem.read(config)
    splits = _problem.cut(loading.experiment("jena/gru"), config, weather)
    assert config.window == (120, 14)
    assert min(len(splits.training), len(splits.validation), len(splits.test)) > 20_000

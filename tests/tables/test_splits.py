"""Splits and normalisation; on ETTh1, repeating the last value to the last published digit."""

import numpy as np
import pandas as pd
import pytest

from foundation.user_error import UserError
from tables.description import Description
from tables.read import read
from tables.splits import split
from tables.treat import treat
from tests.tables.table_files import START

HORIZONS = {96: ("1.2944", "0.7132"), 192: ("1.3249", "0.7331"), 336: ("1.3299", "0.7460"), 720: ("1.3351", "0.7550")}
"""Mean squared and mean absolute error of the last value, on all windows of ETTh1's test rows, standardised."""


def table(rows=1000):
    index = pd.date_range(START, periods=rows, freq="1h")
    values = np.random.default_rng(0).normal(3, 2, (rows, 3))
    return treat(pd.DataFrame(values, index=index, columns=["a", "b", "c"]), Description())


PROTOCOL = {"lookback": 20, "step": 2, "delay": 5}


def test_only_training_rows_are_measured():
    splits = split(table(), ["b"], train_end=400, validation_end=0.7, **PROTOCOL)
    data = splits.training.data
    np.testing.assert_allclose(data[:400].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(data[:400].std(axis=0), 1, atol=1e-6)
    assert np.abs(data[400:].mean(axis=0)).max() > 0.001
    np.testing.assert_allclose(splits.normaliser.undo(data[:, 1], 1), table().values[:, 1], atol=1e-5)


def test_rows_fractions_and_times_say_the_same():
    by_rows = split(table(), ["b"], train_end=400, validation_end=700, test_end=900, **PROTOCOL)
    by_fraction = split(table(), ["b"], train_end=0.4, validation_end=0.7, test_end=0.9, **PROTOCOL)
    moments = [str(START + pd.Timedelta(hours=row)) for row in (400, 700, 900)]
    by_time = split(table(), ["b"], train_end=moments[0], validation_end=moments[1], test_end=moments[2], **PROTOCOL)
    for splits in (by_rows, by_fraction, by_time):
        assert splits.training.rows[-1] + 5 == 399
        assert splits.validation.rows[0] - 20 == 400
        assert splits.test.rows[-1] + 5 == 899


def test_windows_may_reach_back_if_the_settings_say_so():
    splits = split(table(), ["b"], train_end=400, validation_end=700, reach_back=True, lookback=20, horizon=5)
    assert splits.training.rows[0] == 20
    assert splits.test.rows[0] == 700
    assert splits.validation.rows[-1] + 4 == 699


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ({"train_end": 200_000, "validation_end": 300_000}, "the series has 1000 rows: give --train-end"),
        ({"train_end": 700, "validation_end": 400}, "the splits end at rows 700, 400"),
        ({"train_end": "2031-01-01", "validation_end": "2032-01-01"}, "the splits end at rows 1000, 1000"),
        ({"train_end": "soon", "validation_end": 0.5}, "train_end is 'soon' and must be a row"),
        ({"train_end": 0.5, "validation_end": 0.51}, "hold no window"),
    ],
)
def test_splits_outside_the_table_are_refused(ends, words):
    with pytest.raises(UserError, match=words):
        split(table(), ["b"], **ends, **PROTOCOL)


@pytest.mark.parametrize(("targets", "words"), [(["x"], "no column 'x' to forecast"), ([], "no target is named")])
def test_targets_must_be_columns(targets, words):
    with pytest.raises(UserError, match=words):
        split(table(), targets, train_end=0.5, validation_end=0.7, **PROTOCOL)


def test_features_may_be_more_than_the_table():
    values = np.concatenate([table().values, np.ones((1000, 4))], axis=1)
    splits = split(table(), ["c"], train_end=0.5, validation_end=0.7, values=values, **PROTOCOL)
    assert splits.training.samples(splits.training.rows[:3]).shape == (3, 10, 7)
    assert splits.training.answers(splits.training.rows[:3]).shape == (3, 1)


def test_repeating_the_last_value_on_etth1_is_the_published_baseline(real):
    etth1 = read(Description(), [real("tables/ETTh1.csv")])
    assert etth1.report.faults == []
    for horizon, published in HORIZONS.items():
        splits = split(
            etth1,
            etth1.columns,
            train_end="2017-06-26",  # 12, 4 and 4 months of 30 days
            validation_end="2017-10-24",
            test_end="2018-02-21",
            lookback=96,
            horizon=horizon,
            reach_back=True,
        )
        test = splits.test
        assert test.rows.tolist() == list(range(11_520, 14_400 - horizon + 1))
        squared = absolute = 0.0
        for rows in test.batches():
            error = test.samples(rows)[:, -1:].astype(np.float64) - test.answers(rows)
            squared, absolute = squared + (error**2).sum(), absolute + np.abs(error).sum()
        count = len(test) * horizon * 7
        assert (f"{squared / count:.4f}", f"{absolute / count:.4f}") == published

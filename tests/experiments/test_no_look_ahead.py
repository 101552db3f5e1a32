"""From a file to windows: nothing later than a window's last row shows in it, and every target was measured."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from experiments import loading
from foundation.user_error import UserError
from jena.schema import COLUMNS, TEMPERATURE, TIMESTAMP, TIMESTAMP_FORMAT
from jena.simulate import simulate

ROWS, CUT = 400, 250
FLAGS = ["--lookback=24", "--step=2", "--delay=6", "--train-end=200", "--validation-end=300"]
RUNS = {
    "jena/gru": [],
    "jena/best": ["--lookback=48"],
    "jena/ridge": ["--horizon=5", "--targets=[T (degC), p (mbar)]"],
    "jena/lstm": ["--missing=interpolate", "--gaps=keep", "--duplicates=keep"],
}


@pytest.fixture(scope="module")
def weather():
    """Simulated weather, rows every ten minutes."""
    return simulate(ROWS)


def holes(frame, rng):
    """Holes of values, marked or empty, and of rows; a value far out; the first 205 rows keep most of theirs."""
    frame = frame.copy()
    for _ in range(8):
        start, length, column = rng.integers(2, ROWS), rng.integers(1, 30), rng.integers(len(COLUMNS))
        frame.iloc[start : start + length, column] = rng.choice([-9999.0, np.nan])
    start = int(rng.integers(210, ROWS - 20))
    return frame.drop(index=frame.index[start : start + rng.integers(0, 15)])


def windows_of(folder, frame, name):
    """The table of a file and its windows, as a run of the experiment has them."""
    path = folder / f"{np.random.default_rng().integers(2**60)}.csv"
    frame.set_axis(frame.index.strftime(TIMESTAMP_FORMAT)).to_csv(path, index_label=TIMESTAMP)
    config = loading.config(name, flags=["--csv", str(path), *FLAGS, *RUNS[name]])
    try:
        weather = loading.group(name).load(loading.experiment(name), config)
    except UserError as refusal:  # too many holes
        assume("hold no window" not in str(refusal))
        raise
    path.unlink()
    return weather, config


@pytest.mark.parametrize("name", RUNS)
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=4, deadline=None)
def test_later_rows_of_a_file_change_no_window_that_ends_before_them(tmp_path_factory, weather, name, seed):
    folder = tmp_path_factory.mktemp("weather")
    rng = np.random.default_rng(seed)
    frame = holes(weather, rng)
    changed = frame.copy()
    later = changed.index > weather.index[CUT]
    changed[later] = np.where(rng.random(changed[later].shape) < 0.2, -9999.0, changed[later] + 1)
    (one, _), (other, _) = (windows_of(folder, each, name) for each in (frame, changed))
    assert one.splits.normaliser.mean.tolist() == other.splits.normaliser.mean.tolist()
    for split in ("training", "validation"):
        first, second = getattr(one.splits, split), getattr(other.splits, split)
        times = one.series.times[first.rows + first.ahead[-1]]
        rows = first.rows[times <= weather.index[CUT]]
        assert len(rows) or split == "validation"
        assert set(rows) <= set(second.rows)
        np.testing.assert_array_equal(first.samples(rows), second.samples(rows))
        seen = first.rows[one.series.times[first.rows - 1] <= weather.index[CUT]]
        both = np.intersect1d(seen, second.rows)
        np.testing.assert_array_equal(first.samples(both), second.samples(both))


@pytest.mark.parametrize("name", RUNS)
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=4, deadline=None)
def test_every_target_was_measured(tmp_path_factory, weather, name, seed):
    folder = tmp_path_factory.mktemp("weather")
    frame = holes(weather, np.random.default_rng(seed))
    frame.iloc[120:130, TEMPERATURE] = -9999.0
    found, config = windows_of(folder, frame, name)
    for windows in (found.splits.training, found.splits.validation, found.splits.test):
        for ahead in windows.ahead:
            times = found.series.times[windows.rows + ahead]
            assert set(times) <= set(frame.index)
            measured = frame.loc[times, config.target_columns]
            assert np.isfinite(measured.to_numpy()).all()
            assert (measured > -9000).to_numpy().all()
            assert (pd.DataFrame(found.series.values[windows.rows + ahead][:, config.places]) > -9000).all(axis=None)

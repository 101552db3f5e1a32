"""A backtest against a loop over the file's rows, and what it says of files that are wrong."""

import dataclasses
import json
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from experiments import trained_run
from experiments.jena import _backtest, _backtest_report
from experiments.jena._asked import Asked
from experiments.protocol import Finished
from foundation.user_error import UserError
from jena.read import read_clean
from jena.schema import COLUMNS, TIMESTAMP, TIMESTAMP_FORMAT
from lab.runs import Run

LOOKBACK, DELAY = 48, 24
PROTOCOL = [
    *("--spacing", "60", "--lookback", str(LOOKBACK), "--step", "1", "--delay", str(DELAY), "--jit-compile", "false"),
    *("--train-end", "0.45", "--validation-end", "0.667"),
]
T = "T (degC)"


@pytest.fixture(scope="module")
def results(forks, tmp_path_factory, weather):
    """Runs on ninety days; their test period begins after two thirds of these."""
    folder = tmp_path_factory.mktemp("results")
    for name, more in (("ridge", ["--alpha", "10000"]), ("common_sense", [])):
        forks.succeed(folder, "run", f"jena/{name}", *PROTOCOL, *more, "--csv", str(weather))
    return folder


@pytest.fixture
def later(weather):
    """The last thirty-five days of the file."""
    return pd.read_csv(weather)[1320:].reset_index(drop=True)


@pytest.fixture(autouse=True)
def pictures(tmp_path, monkeypatch):
    """Keeps pictures out of the user's results."""
    monkeypatch.setattr("experiments.jena._backtest_picture.RESULTS", tmp_path)


def trained(results, name="ridge"):
    (folder,) = (results / "jena" / name).glob("seed*")
    return trained_run.load(str(folder))


def write(path, frame):
    frame.to_csv(path, index=False)
    return path


def answer(results, path):
    asked = trained(results)
    finished = Finished(asked.experiment, asked.config, asked.run)
    return asked.group.backtest(finished, trained_run.others(asked), str(path))


def found(results, path):
    asked = trained(results)
    one = Asked(asked.experiment, asked.config, asked.run, read_clean(path, 60))
    rows, left_out = _backtest.windows(one)
    return _backtest.backtest(one, rows, left_out)


def by_hand(results, frame):
    """Each window's absolute errors, by its forecast's time: of the run, and of both persistences; row by row."""
    run = trained(results).run
    network = trained(results).experiment.network(trained(results).config)
    run.load_weights(network)
    kernel, bias = network.get_weights()
    data = run.metrics()["data"]
    mean, std = np.array(data["mean"]), np.array(data["std"])
    values = frame[list(COLUMNS)].to_numpy()
    errors = {}
    for row in range(LOOKBACK, len(frame) - DELAY):
        forecast = ((values[row - LOOKBACK : row] - mean) / std).reshape(-1) @ kernel[:, 0] + bias[0]
        came = values[row + DELAY, 1]
        errors[frame[TIMESTAMP][row + DELAY]] = [
            abs(forecast * std[1] + mean[1] - came),
            abs(values[row - 1, 1] - came),
            abs(values[row, 1] - came),
        ]
    return pd.DataFrame(errors, index=["run", "last", "day"]).T


def test_the_errors_are_those_of_every_window(results, tmp_path, later):
    expected = by_hand(results, later)
    backtest = found(results, write(tmp_path / "later.csv", later))
    assert backtest.times.strftime(TIMESTAMP_FORMAT).tolist() == expected.index.tolist()
    for errors, column in zip(backtest.errors.values(), expected, strict=True):
        np.testing.assert_allclose(errors[:, 0], expected[column], atol=1e-4)
    text = answer(results, tmp_path / "later.csv")
    names = ("jena/ridge", "the last value seen, 25 hours before", "the value exactly 24 hours before")
    for name, error in zip(names, expected.mean(), strict=True):
        assert re.search(rf"\| {name} +\| +{error:.2f} \|", text)
    months = pd.read_csv(tmp_path / "jena/backtest/ridge-later.csv")
    month = pd.to_datetime(expected.index, format=TIMESTAMP_FORMAT).strftime("%Y-%m")
    np.testing.assert_allclose(months["jena/ridge"], expected["run"].groupby(month).mean(), atol=1e-3)
    assert months["windows"].sum() == len(expected)
    assert Image.open(tmp_path / "jena/backtest/ridge-later.png").size > (1000, 500)


def test_the_band_s_coverage_is_counted(results, tmp_path, later):
    backtest = found(results, write(tmp_path / "later.csv", later))
    metrics = trained(results).run.metrics()
    low, high = np.array(metrics["bands"]["offsets"][0])[[0, 2]] * metrics["data"]["std"][1]
    answers = backtest.asked.answers(backtest.rows).values[:, 0]
    truth = later[T].to_numpy()[backtest.rows + DELAY]
    assert backtest.coverage == pytest.approx(np.mean((answers + low <= truth) & (truth <= answers + high)), abs=1e-9)
    text = answer(results, tmp_path / "later.csv")
    assert f"Its band for 80% holds {backtest.coverage:.0%} of the values here, and held" in text


def test_a_run_from_before_bands_has_none(results, tmp_path, later):
    run = trained(results).run
    whole = run.metrics()
    run.write_json("metrics.json", {key: value for key, value in whole.items() if key != "bands"})
    text = answer(results, write(tmp_path / "later.csv", later))
    run.write_json("metrics.json", whole)
    assert "jena/ridge has no band, as it was made before runs had one.\n" in text


def test_a_difference_has_an_interval_over_days(results, tmp_path, later):
    text = answer(results, write(tmp_path / "later.csv", later))
    interval = r"95% confidence: -?[\d.]+ to [\d.]+, over blocks of 7 days"
    assert re.search(rf"than the last value seen, 25 hours before, by [\d.]+ °C \({interval}\)", text)
    short = answer(results, write(tmp_path / "short.csv", later[:300]))
    assert "too few days for an interval, which needs 28" in short


def test_no_window_goes_across_a_break_and_no_filled_value_is_judged(results, tmp_path, later):
    holes = later.copy()
    holes.loc[500:502, T] = -9999
    broken = holes.drop(index=range(700, 740))
    backtest = found(results, write(tmp_path / "later.csv", broken))
    times = set(backtest.times.strftime(TIMESTAMP_FORMAT))
    expected = {
        later[TIMESTAMP][row + DELAY]
        for row in range(LOOKBACK, len(later) - DELAY)
        if not 500 <= row + DELAY <= 502 and not (row - LOOKBACK < 740 and row + DELAY >= 700)
    }
    assert times == expected


def test_windows_that_are_mostly_filled_or_hold_what_cannot_be_are_left_out_and_told(results, tmp_path, later):
    odd = later.copy()
    odd.loc[300:314, T] = -9999  # a third of a window
    odd.loc[450, T] = 3000.0
    odd.loc[600:610, "VPdef (mbar)"] += 200
    text = answer(results, write(tmp_path / "later.csv", odd))
    assert "windows are left out, as over 20% of a column in them was filled" in text
    assert "to 60: 1 in T (degC) (counted as missing)" in text
    assert re.search(r"windows are left out, as they hold what cannot be: VPdef \(mbar\) has 20\d", text)


def test_a_part_that_is_unlike_the_training_data_is_told(results, tmp_path, later):
    odd = later.copy()
    odd.loc[96:143, T] = 55.0  # two windows of 48
    text = answer(results, write(tmp_path / "later.csv", odd))
    start, end = pd.to_datetime(odd[TIMESTAMP][[96, 143]], format=TIMESTAMP_FORMAT)
    (line,) = [line for line in text.splitlines() if "unlike the training data" in line]
    assert line.startswith(f"Warning: the rows from {start} to {end} are unlike the training data: ")
    assert "unlike the training" not in answer(results, write(tmp_path / "later.csv", later))


def test_a_column_in_another_unit_is_told(results, tmp_path, later):
    text = answer(results, write(tmp_path / "later.csv", later.assign(**{"wv (m/s)": later["wv (m/s)"] * 10})))
    assert "Warning: wv (m/s) averages" in text


@pytest.mark.filterwarnings("error::RuntimeWarning")  # NumPy's, about a mean of nothing
def test_a_persistence_that_is_not_known_in_any_window_is_told_once(results, tmp_path, later, monkeypatch):
    unknown = property(lambda asked: np.full(len(asked.ahead), 365))
    monkeypatch.setattr(Asked, "days", unknown)
    text = answer(results, write(tmp_path / "later.csv", later))
    assert text.count("8760 hours before") == 1
    assert "Warning: the value exactly 8760 hours before is not known for any window" in text


def test_a_persistence_that_every_window_lacks_in_part_is_not_compared(results, tmp_path, later):
    whole = found(results, write(tmp_path / "later.csv", later))
    errors = {whole.name: np.ones((len(whole.rows), 2)), "the day before": np.array([[np.nan, 1.0]] * len(whole.rows))}
    said = _backtest_report._compared(dataclasses.replace(whole, errors=errors), "the day before")
    assert said == "The day before is not known for the whole of any window."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda frame: frame.assign(**{T: frame[T] + 273.15}), r"values of T \(degC\) are outside .*check its unit"),
        (lambda frame: frame.assign(**{T: frame[T] * 1.8 + 32}), r"unlike the data of .*T \(degC\)"),
        (lambda frame: frame[:70], r"has no window of 48 rows that is followed by a measured value within 24 rows"),
        (
            lambda frame: frame.assign(**{T: [-9999.0 if n % 30 else t for n, t in enumerate(frame[T])]}),
            "has no window",
        ),
    ],
    ids=["kelvin", "Fahrenheit", "short", "hardly measured"],
)
def test_a_file_that_is_wrong_is_refused_in_one_line(results, tmp_path, later, change, words):
    with pytest.raises(UserError, match=words) as caught:
        answer(results, write(tmp_path / "later.csv", change(later)))
    assert "\n" not in str(caught.value)


def test_the_order_of_the_runs_is_compared_with_that_of_their_test_period(results, tmp_path, later):
    path = write(tmp_path / "later.csv", later)
    backtest = found(results, path)
    here = {
        "jena/ridge": backtest.error("jena/ridge"),
        "jena/common_sense": backtest.error("the last value seen, 25 hours before"),
    }
    other = trained(results, "common_sense").run
    whole = json.loads(other.metrics_file.read_text())
    ridge = trained(results).run.metrics()["test"]["mae"]
    for factor, word in ((2.0, "still holds"), (0.5, "does not hold")):
        better_on_test = here["jena/ridge"] < here["jena/common_sense"]
        mae = ridge * (factor if better_on_test else 1 / factor)
        Run(other.folder).write_json("metrics.json", {**whole, "test": {**whole["test"], "mae": mae}})
        text = answer(results, path)
        assert f"The order of the test period {word}" in text
        for name, error in here.items():
            assert re.search(rf"\| {name} +\| +[\d.]+ \| +{error:.2f} \|", text)
    Run(other.folder).write_json("metrics.json", whole)


def test_a_damaged_run_beside_it_is_left_out(results, tmp_path, later, capsys):
    other = trained(results, "common_sense").run
    whole = other.weights_file.read_bytes()
    other.weights_file.write_bytes(b"no weights")
    text = answer(results, write(tmp_path / "later.csv", later))
    other.weights_file.write_bytes(whole)
    assert "No other run of the group can answer" in text
    assert "best.weights.h5 is damaged" in capsys.readouterr().err


def test_days_that_the_run_has_learned_from_are_warned_of(results, tmp_path, later, weather):
    text = answer(results, write(tmp_path / "all.csv", pd.read_csv(weather)))
    assert re.search(
        r"Warning: 6\d% of the forecasts are for a time before 2009-03-0\d, about when the run's test", text
    )
    assert "has learned" not in answer(results, write(tmp_path / "later.csv", later[200:]))


def test_lead_times_have_a_table(forks, tmp_path, weather, later):
    short = ["--epochs", "1", "--steps-per-epoch", "2", "--units", "2", "--horizon", "30", "--csv", str(weather)]
    forks.succeed(tmp_path, "run", "jena/gru", *PROTOCOL, *short)
    text = forks.succeed(tmp_path, "backtest", "jena/gru", "--csv", str(write(tmp_path / "later.csv", later[:400])))
    rows = [int(words[1]) for words in re.finditer(r"^\| +(\d+) \|", text.split("rows ahead |")[1], re.MULTILINE)]
    assert rows[0] == 1
    assert rows[-1] == 30
    assert len(rows) == _backtest_report.LEAD_TIMES


def test_other_groups_have_no_backtest(forks, tmp_path):
    done = forks.command(tmp_path, "backtest", "imdb/lstm", "--csv", "x.csv")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1

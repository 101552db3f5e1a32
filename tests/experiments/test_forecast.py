"""A forecast for a user's file: the right number, or one line that says what is wrong with the file."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from experiments import trained_run
from experiments.jena import _bands
from experiments.jena._asked import Asked
from foundation.user_error import UserError
from jena.read import read_clean
from jena.schema import COLUMNS, TIMESTAMP, TIMESTAMP_FORMAT
from lab.runs import Run

LOOKBACK = 120
PROTOCOL = [
    *("--spacing", "60", "--lookback", str(LOOKBACK), "--step", "1", "--delay", "24"),
    *("--train-end", "0.5", "--validation-end", "0.75"),
]
T = "T (degC)"


@pytest.fixture(scope="module")
def results(forks, tmp_path_factory, weather):
    """A folder with a ridge regression trained on five days of hourly rows."""
    folder = tmp_path_factory.mktemp("results")
    forks.succeed(folder, "run", "jena/ridge", *PROTOCOL, "--alpha", "10000", "--csv", str(weather))
    return folder


@pytest.fixture(scope="module")
def folder(results):
    """The folder of that run."""
    (folder,) = (results / "jena/ridge").iterdir()
    return folder


@pytest.fixture
def recent(weather):
    """The last twenty days of the file, times as times."""
    frame = pd.read_csv(weather).iloc[-480:].reset_index(drop=True)
    return frame.assign(**{TIMESTAMP: pd.to_datetime(frame[TIMESTAMP], format=TIMESTAMP_FORMAT)})


def write(path, frame, times=TIMESTAMP_FORMAT, **options):
    frame.assign(**{TIMESTAMP: frame[TIMESTAMP].dt.strftime(times)}).to_csv(path, index=False, **options)
    return path


def answer(folder, csv):
    run, group, experiment, config = trained_run.load(str(folder))
    return group.forecast(experiment, config, run, str(csv))


def degrees(text):
    return float(text.split("  ")[1].split(" ")[0])


@pytest.fixture(autouse=True)
def pictures(tmp_path, monkeypatch):
    """Keeps pictures out of the user's results."""
    monkeypatch.setattr("experiments.jena._forecast_picture.RESULTS", tmp_path)


@pytest.fixture
def undisturbed(folder, tmp_path, recent):
    """The answer to the file as it is."""
    return answer(folder, write(tmp_path / "new.csv", recent))


def test_the_forecast_is_the_runs_own_on_the_lectures_window(folder, recent, undisturbed):
    run, _, experiment, config = trained_run.load(str(folder))
    network = experiment.network(config)
    run.load_weights(network)
    kernel, bias = network.get_weights()
    data = json.loads((folder / "metrics.json").read_text())["data"]
    mean, std = np.array(data["mean"]), np.array(data["std"])
    window = (recent[list(COLUMNS)].to_numpy()[-LOOKBACK - 1 : -1] - mean) / std
    expected = (window.reshape(-1) @ kernel[:, 0] + bias[0]) * std[1] + mean[1]
    assert degrees(undisturbed) == pytest.approx(expected, abs=0.06)
    assert undisturbed.startswith(f"{recent[TIMESTAMP].iloc[-1] + pd.Timedelta(hours=24):%d.%m.%Y %H:%M}")


def test_the_answer_names_both_persistences_the_run_and_its_data(folder, recent, undisturbed):
    seen, newest = ([f"{at:%d.%m.%Y %H:%M}", f"{value:.1f} °C"] for at, value in recent[[TIMESTAMP, T]].to_numpy()[-2:])
    assert f"Persistence says {seen[1]}, the last value that the model sees ({seen[0]}, 25 hours before)" in undisturbed
    assert f"Persistence says {newest[1]}, the value exactly 24 hours before ({newest[0]})" in undisturbed
    assert f"{folder} answered, trained on weather.csv" in undisturbed
    assert "Warning" not in undisturbed
    assert "new.csv: " not in undisturbed


def test_the_answer_has_the_run_s_band_and_how_it_held(folder, undisturbed):
    metrics = json.loads((folder / "metrics.json").read_text())
    std = metrics["data"]["std"][1]
    (offsets,) = metrics["bands"]["offsets"]
    words = re.search(r"°C, with 80% probability from (-?[\d.]+) to (-?[\d.]+) °C", undisturbed)
    for end, offset in zip(words.groups(), offsets[::2], strict=True):
        assert float(end) == pytest.approx(degrees(undisturbed) + offset * std, abs=0.11)
    assert f"is {metrics['test']['mae_celsius']:.2f} °C off on average" in undisturbed
    assert f"its band holds {metrics['test']['coverage']:.0%} of the values" in undisturbed


def test_a_band_that_does_not_hold_the_forecast_is_told(folder, recent, tmp_path):
    metrics = json.loads((folder / "metrics.json").read_text())
    bands = metrics["bands"]
    away = [[bound - 100 for bound in offsets] for offsets in bands["offsets"]]
    (folder / "metrics.json").write_text(json.dumps({**metrics, "bands": {**bands, "offsets": away}}))
    text = answer(folder, write(tmp_path / "new.csv", recent))
    (folder / "metrics.json").write_text(json.dumps(metrics))
    assert "Warning: the band doesn't hold the forecast itself: on validation jena/ridge was nearly always off" in text


def test_a_target_that_is_measured_no_more_is_told(folder, recent, tmp_path):
    recent = recent.assign(**{T: [*recent[T][:-70], *[2.5] * 70]})
    assert "Warning: T (degC) has been 2.5 in the last " in answer(folder, write(tmp_path / "new.csv", recent))


def test_the_answer_is_drawn_and_written(folder, tmp_path, recent):
    text = answer(folder, write(tmp_path / "my new (1).csv", recent))
    picture = tmp_path / "jena/forecast/ridge-my_new_1_.png"
    assert f"in {picture} and ridge-my_new_1_.csv" in text
    assert Image.open(picture).size > (1000, 500)
    table = pd.read_csv(picture.with_suffix(".csv"))
    assert table["forecast"].round(1).tolist() == [degrees(text)]
    assert table["days_before"].tolist() == pytest.approx([recent[T].iloc[-1]], rel=1e-3)


def test_quantiles_of_several_rows_and_targets_are_forecast_and_none_cross(forks, tmp_path, weather, recent):
    short = ["--epochs", "1", "--steps-per-epoch", "5", "--lookback", "48", "--units", "4", "--jit-compile", "false"]
    settings = [*PROTOCOL, *short, "--horizon", "30", "--targets", f'["{T}", "p (mbar)"]', "--csv", str(weather)]
    forks.succeed(tmp_path, "run", "jena/gru", *settings, "--quantiles", "0.05,0.2,0.5,0.7,0.95")
    path = write(tmp_path / "new.csv", recent)
    text = forks.succeed(tmp_path, "forecast", "jena/gru", "--csv", str(path))
    assert "T (degC)  " in text
    assert "p (mbar)  " in text
    assert "… 48 more" in text
    assert "90% probability" in text
    table = pd.read_csv(tmp_path / "jena/forecast/gru-new.csv", parse_dates=["time", "days_before_time"])
    last = recent[TIMESTAMP].iloc[-1]
    assert table["time"].tolist() == [last + pd.Timedelta(hours=n) for n in range(1, 31) for _ in range(2)]
    assert (table["low"] < table["high"]).all()
    here = recent.set_index(TIMESTAMP)
    for row in table[::7].itertuples():
        assert row.days_before_time == row.time - pd.Timedelta(days=1 if row.time <= last + pd.Timedelta(days=1) else 2)
        assert row.days_before == pytest.approx(here[row.column][row.days_before_time], rel=1e-3)
        assert row.last_seen == pytest.approx(here[row.column].iloc[-1], rel=1e-3)


def test_the_reference_s_run_answers_where_none_was_made(forks, tmp_path, recent):
    path = write(tmp_path / "new.csv", recent)
    text = forks.succeed(tmp_path, "forecast", "jena/gru", "--csv", str(path))
    assert re.search(r"results/reference/jena/gru/seed\d-\w+ answered, trained on jena_climate_2009_2016_hourly", text)
    assert "It comes with the project; after make jena/gru your own run answers." in text
    assert "80% probability" in text


def scaled(factor, offset, *columns):
    def change(frame):
        for column in columns:
            frame[column] = frame[column] * factor + offset
        return frame

    return change


def marked(rows, mark, *columns):
    def change(frame):
        frame.loc[frame.index[-rows:], list(columns)] = mark
        return frame

    return change


def moved(rows, by):
    def change(frame):
        frame.loc[frame.index[-rows:], TIMESTAMP] += pd.Timedelta(by)
        return frame

    return change


REFUSED = {
    "kelvin": (scaled(1, 273.15, T), "values of T .degC. are outside -90 to 60, .*check its unit"),
    "Fahrenheit": (scaled(1.8, 32, T), "T .degC. (has .* standard deviations|does not fit the other|are outside)"),
    "pascal": (scaled(100, 0, "p (mbar)"), "values of p .mbar. are outside 500 to 1100, .*check its unit"),
    "a gap of 41 hours": (moved(60, "41h"), "break from .* within the 120 rows"),
    "five days of one season, one of another": (moved(24, "80D"), "break from .* within the 120 rows"),
    "two days without a temperature": (marked(48, -9999, T), "T .degC. is missing for too long"),
    "two days of nothing": (marked(48, -9999, *COLUMNS), "is missing for too long"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_inputs_that_cannot_be_are_refused_by_name(folder, tmp_path, recent, case):
    change, words = REFUSED[case]
    with pytest.raises(UserError, match=words) as caught:
        answer(folder, write(tmp_path / "new.csv", change(recent)))
    assert "\n" not in str(caught.value)
    assert "new.csv" in str(caught.value)


def test_a_refusal_has_its_exit_code(forks, results, tmp_path, recent):
    path = write(tmp_path / "new.csv", scaled(1.8, 32, T)(recent))
    done = forks.command(results, "forecast", "jena/ridge", "--csv", str(path))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: new.csv is unlike the data of")


SAID = {
    "the last ten temperatures": (
        marked(10, -999, T),
        ["7.5% of T (degC) in the window was missing", "values of -999"],
    ),
    "the last day": (marked(24, -9999, *COLUMNS), [f"19.2% of {name} in the window" for name in COLUMNS]),
    "km/h, after a training of some weeks": (scaled(3.6, 0, "wv (m/s)"), ["Warning: wv (m/s) averages"]),
    "a storm for days": (
        scaled(1, 3.5, "wv (m/s)", "max. wv (m/s)"),
        ["Warning: wv (m/s) averages", "is its unit the same?"],
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_inputs_that_are_missing_or_unusual_are_said(folder, tmp_path, recent, case):
    change, words = SAID[case]
    text = answer(folder, write(tmp_path / "new.csv", change(recent)))
    for word in words:
        assert word in text


def every_ten_minutes(frame):
    finer = frame.set_index(TIMESTAMP).resample("10min", offset="10min").bfill()
    return finer.reset_index()


REARRANGED = {
    "newest half first": (lambda frame: pd.concat([frame[240:], frame[:240]]), "out of order"),
    "newest row first": (lambda frame: frame[::-1], "newest row comes first"),
    "last day doubled": (lambda frame: pd.concat([frame, frame[-24:]]), "24 rows repeated (dropped)"),
    "a row every ten minutes": (every_ten_minutes, "10 min"),
}


@pytest.mark.parametrize("case", REARRANGED)
def test_rows_in_another_order_or_more_of_them_give_the_same_answer(folder, tmp_path, recent, undisturbed, case):
    change, words = REARRANGED[case]
    text = answer(folder, write(tmp_path / "new.csv", change(recent)))
    assert text.splitlines()[:4] == undisturbed.splitlines()[:4]
    assert words in text


STATION = [
    "rain (mm)",
    "raining (s)",
    "SWDR (W/m²)",
    "PAR (µmol/m²/s)",
    "max. PAR (µmol/m²/s)",
    "Tlog (degC)",
    "CO2 (ppm)",
]
WRITTEN = {
    "the station's own": ({}, {"encoding": "latin-1"}),
    "ISO times": ({"times": "%Y-%m-%d %H:%M:%S"}, {}),
    "semicolons and decimal commas": ({"times": "%d.%m.%Y %H:%M"}, {"sep": ";", "decimal": ","}),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_a_file_in_another_notation_gives_the_same_answer(folder, tmp_path, recent, undisturbed, case):
    times, options = WRITTEN[case]
    frame = recent.assign(**dict.fromkeys(STATION, 1.5)) if options.get("encoding") else recent
    text = answer(folder, write(tmp_path / "new.csv", frame, **times, **options))
    assert text.splitlines()[:4] == undisturbed.splitlines()[:4]


@pytest.mark.parametrize("name", ["date", "timestamp"])
def test_the_column_of_times_may_have_another_name(folder, tmp_path, recent, undisturbed, name):
    path = write(tmp_path / "new.csv", recent)
    path.write_text(path.read_text().replace(TIMESTAMP, name, 1))
    assert answer(folder, path) == undisturbed


DAMAGED = {
    "data": [("mean",), ("std",), ("familiar",), ("familiar", "lowest"), ("familiar", "precision")],
    "bands": [("levels",), ("offsets",)],
}


@pytest.mark.parametrize("value", [None, "x", [], 5, [[1, "a"]], [1e308]], ids=str)
@pytest.mark.parametrize(("part", "keys"), [(part, keys) for part, every in DAMAGED.items() for keys in every])
def test_a_record_that_is_damaged_is_one_line(folder, tmp_path, recent, part, keys, value):
    run, _, experiment, config = trained_run.load(str(folder))
    shutil.copytree(folder, tmp_path / "jena/ridge" / folder.name)
    copy = Run(tmp_path / "jena/ridge" / folder.name)
    whole = run.metrics()
    *path, last = keys
    place = whole[part]
    for key in path:
        place = place[key]
    place[last] = value
    copy.write_json("metrics.json", whole)
    with pytest.raises(UserError, match=r"metrics.json has no .* that can be read") as caught:
        if part == "data":
            Asked(experiment, config, copy, read_clean(write(tmp_path / "new.csv", recent), 60))
        else:
            _bands.of(copy, config)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [1e7, -1e90])
def test_a_mean_that_no_value_is_near_is_one_line_and_no_forecast(folder, tmp_path, recent, value):
    copy = shutil.copytree(folder, tmp_path / "jena/ridge" / folder.name)
    metrics = Run(folder).metrics()
    metrics["data"]["mean"][2] = value
    Run(copy).write_json("metrics.json", metrics)
    with pytest.raises(UserError, match=r"metrics.json records a mean that no value of .*new.csv is near; move its"):
        answer(copy, write(tmp_path / "new.csv", recent))


def test_a_run_from_before_the_records_of_columns_and_bands_still_answers_and_refuses(
    folder, tmp_path, recent, undisturbed
):
    old = tmp_path / "results/jena/ridge" / folder.name
    shutil.copytree(folder, old)
    metrics = Run(old).metrics()
    del metrics["data"]["familiar"], metrics["bands"], metrics["test"]["coverage"]
    Run(old).write_json("metrics.json", metrics)
    text = answer(old, write(tmp_path / "new.csv", recent))
    assert degrees(text) == degrees(undisturbed)
    assert "probability" not in text
    assert f"before runs had one: delete {old}, and with the same settings make jena/ridge again." in text
    with pytest.raises(UserError, match=r"p .mbar. has .* standard deviations"):
        answer(old, write(tmp_path / "new.csv", scaled(1, 90, "p (mbar)")(recent)))

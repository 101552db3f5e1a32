"""A data set is one YAML file: from a CSV that nobody described to a comparison and a forecast."""

import re
import shutil

import keras
import numpy as np
import pandas as pd
import pytest
import yaml

from experiments import catalogue, data_file, loading
from experiments.jena._problem import answers
from foundation.user_error import UserError
from lab import settings
from tests.experiments import small_data
from tests.experiments.commands import ROOT

MODELS = ("repeat", "common_sense", "ridge", "nlinear", "gru")
ZOO = {"models": "jena", "file": "zoo.csv", "columns": ["a", "b"], "targets": "a", "spacing": "1h"}
ON_ALL_WINDOWS = {
    96: ("1.2944", "0.7132"),
    192: ("1.3249", "0.7331"),
    336: ("1.3299", "0.7460"),
    720: ("1.3351", "0.7550"),
}
"""Errors of the last value on ETTh1's test windows, standardised, by horizon."""


def bikes(folder, rows=600, name="bikes.csv"):
    """A file with a day's cycle, another column, and a constant one, in a European notation."""
    hours = np.arange(rows)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "Zeit": pd.date_range("2023-01-01", periods=rows, freq="1h").strftime("%d.%m.%Y %H:%M"),
            "Anzahl": (100 + 60 * np.sin(hours / 24 * 2 * np.pi) + rng.normal(0, 5, rows)).round(1),
            "Grad": rng.normal(12, 3, rows).round(1),
            "Station": 4711,
        }
    )
    frame.drop(index=[50, 51, 300]).to_csv(folder / name, index=False, sep=";", decimal=",")
    return folder / name


@pytest.fixture
def configs(tmp_path, monkeypatch):
    """The project's settings in a folder of their own, to which files can be added."""
    folder = tmp_path / "configs"
    shutil.copytree(settings.CONFIGS, folder)
    monkeypatch.setattr(settings, "CONFIGS", folder)
    loading.group.cache_clear()
    loading.experiment.cache_clear()
    yield folder
    loading.group.cache_clear()
    loading.experiment.cache_clear()


def test_from_a_file_that_nobody_described_to_a_comparison_and_a_forecast(forks, configs, tmp_path):
    bikes(tmp_path)
    said = forks.succeed(tmp_path, "data", "--csv", "bikes.csv", "--target", "Anzahl")
    assert "separator: semicolons" in said
    assert "not sure about columns: left out: Station (constant)" in said
    commands = [line.split("-m experiments ")[1].split() for line in said.splitlines() if line.startswith("  ")]
    assert [words[0] for words in commands] == ["run", "compare", "forecast"]
    assert commands[0][1:] == [f"bikes/{model}" for model in MODELS]
    small = {"steps_per_epoch": 2, "batch_size": 8, "threads": 1, "jit_compile": False}
    sections = {"bikes": small, "bikes/gru": {"epochs": 1, "units": 3}, "bikes/nlinear": {"epochs": 1}}
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(sections))
    done = forks.succeed(tmp_path, *commands[0], "--profile", "small.yaml")
    assert done.count("bikes.csv: 600 rows") == len(MODELS)
    table = forks.succeed(tmp_path, *commands[1])
    assert all(f"| bikes/{model}" in table for model in MODELS)
    assert "Anzahl, the next 1 d from" in table
    listed = forks.succeed(tmp_path, "list")
    assert len([line for line in listed.splitlines() if line.startswith("bikes/") and " complete " in line]) == 5
    forecast = forks.succeed(tmp_path, *commands[2])
    assert "26.01.2023 00:00" in forecast
    assert "bikes/gru" in forecast
    refused = forks.command(tmp_path, "data", "--csv", "bikes.csv")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "configs/bikes.yaml exists: --overwrite replaces it" in refused.stderr


@pytest.mark.parametrize(
    ("name", "words"), [("jena", "something else"), ("quick", "something else"), ("a/b", "begin with a letter")]
)
def test_a_draft_takes_no_name_of_something_else(configs, tmp_path, name, words):
    with pytest.raises(UserError, match=words):
        data_file.write(str(bikes(tmp_path)), name, overwrite=True)


def test_a_draft_is_named_after_its_file_and_written_once(configs, tmp_path):
    path = bikes(tmp_path, name="My Bikes-2023.csv.zip")
    assert data_file.name_of(str(path)) == "my_bikes_2023"
    with pytest.raises(UserError, match="--name"):
        data_file.name_of("2023.csv")


def test_a_draft_with_which_no_model_can_be_trained_says_so_at_its_top(configs, tmp_path):
    days = pd.bdate_range("2020-01-01", periods=300).strftime("%Y-%m-%d")
    (tmp_path / "stock.csv").write_text("Date,Close\n" + "".join(f"{day},{n}\n" for n, day in enumerate(days)))
    said = data_file.write(str(tmp_path / "stock.csv"))
    (obstacle,) = [line for line in said if "no model can be trained yet: a break in time comes every" in line]
    first = (configs / "stock.yaml").read_text("utf-8").splitlines()[0]
    assert first == f"# No model can be trained yet: {obstacle.split(': ', 1)[1]}"
    assert settings.read_yaml(configs / "stock.yaml")["lookback"] == 23


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"columns": None}, "configs/zoo.yaml has no `columns`"),
        ({"columns": "a"}, "configs/zoo.yaml: --columns"),
        ({"targets": "c"}, "--targets: there is no column 'c'"),
        ({"spacing": "1 hour or so"}, "configs/zoo.yaml: spacing is '1 hour or so'"),
        ({"target": "a"}, "configs/zoo.yaml: there is no setting 'target'; did you mean targets?"),
        ({"ranges": {"a": [3]}}, "configs/zoo.yaml: the range of 'a'"),
        ({"circular": "x"}, "configs/zoo.yaml: circular names 'x'"),
        ({"time_zone": "Mars"}, "'Mars' is no time zone"),
        ({"file": []}, "configs/zoo.yaml has neither `file` nor `source`"),
        ({"models": "imdb"}, "models: 'imdb' lends no models; jena does"),
        ({"settings": 3}, "configs/zoo.yaml: settings must hold names"),
        ({"experiments": {"gru": {"unit": 3}}}, "there is no setting 'unit'; did you mean units?"),
    ],
)
def test_a_mistake_in_the_file_is_one_clear_line(configs, change, words):
    (configs / "zoo.yaml").write_text(yaml.safe_dump(ZOO | change))
    assert "zoo" in catalogue.groups()
    with pytest.raises(UserError) as caught:
        loading.config("zoo/gru")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_data_set_s_keys_win_over_the_lender_s_and_its_profiles(configs):
    own = {"lookback": 8, "settings": {"epochs": 7, "batch_size": 9}, "experiments": {"gru": {"lookback": 6}}}
    (configs / "zoo.yaml").write_text(yaml.safe_dump(ZOO | own))
    (configs / "mine.yaml").write_text(yaml.safe_dump({"zoo": {"horizon": 3}, "zoo/gru": {"units": 5}}))
    plain, quick = (loading.config("zoo/gru", profiles) for profiles in ([], ["hourly", "quick", "mine"]))
    assert (plain.lookback, plain.epochs, plain.batch_size, plain.units, plain.horizon) == (6, 7, 9, 32, None)
    assert (quick.lookback, quick.epochs, quick.units, quick.horizon, quick.spacing) == (6, 4, 5, 3, "1h")
    assert loading.config("zoo/ridge").epochs == 0
    assert loading.config("zoo/ridge").lookback == 8
    assert loading.config("zoo/conv_gru").step == 1


def real(name):
    """A data set's settings with its file from the mirror."""
    if not small_data.held({"etth1": "tables/ETTh1.csv", "air_quality": "tables/AirQualityUCI.csv"}[name]):
        pytest.skip("needs a mirror with the table")
    return ["--mirror", str(small_data.mirror())]


def errors_of_repeating(horizon, drop):
    """Mean squared and mean absolute error of the last value on ETTh1's test windows but the last few."""
    config = loading.config("etth1/repeat", flags=[*real("etth1"), "--horizon", str(horizon)])
    experiment = loading.experiment("etth1/repeat")
    test = loading.group("etth1").load(experiment, config).splits.test
    assert test.rows.tolist() == list(range(11_520, 14_400 - horizon + 1))
    network, kept = experiment.network(config), test.rows[: len(test) - drop]
    squared = absolute = 0.0
    for rows in np.array_split(kept, 8):
        error = keras.ops.convert_to_numpy(network(test.samples(rows))).astype(float) - answers(test, rows)
        squared, absolute = squared + (error**2).sum(), absolute + np.abs(error).sum()
    count = len(kept) * config.outputs
    return squared / count, absolute / count


@pytest.mark.parametrize("horizon", ON_ALL_WINDOWS)
def test_repeating_the_last_value_has_its_known_errors_on_etth1(horizon):
    assert tuple(f"{error:.4f}" for error in errors_of_repeating(horizon, drop=0)) == ON_ALL_WINDOWS[horizon]


def test_repeating_the_last_value_is_the_published_baseline_without_the_last_window():
    published = settings.entry("etth1/repeat").published
    found = tuple(round(error, 3) for error in errors_of_repeating(96, drop=1))
    assert found == (published["test_mse"], published["test_mae"])


def test_air_quality_is_read_with_its_marks_and_its_empty_rows():
    config = loading.config("air_quality/gru", flags=real("air_quality"))
    weather = loading.group("air_quality").load(loading.experiment("air_quality/gru"), config)
    table, (place,) = weather.series, config.places
    assert (len(table.frame), str(table.times[0])) == (9357, "2004-03-10 18:00:00")
    assert np.nanmin(table.values) > -50
    for windows in (weather.splits.training, weather.splits.validation, weather.splits.test):
        assert not table.filled[windows.rows[:, None] + windows.ahead, place].any()
    assert len(weather.splits.test) > 500


def past(config):
    """Windows, and the past of each target: (windows, targets, timesteps)."""
    windows = np.random.default_rng(1).normal(size=(3, *config.window)).astype("float32")
    return windows, windows[:, :, config.places].transpose(0, 2, 1)


def network_of(name, configs, **own):
    (configs / "zoo.yaml").write_text(yaml.safe_dump(ZOO | {"targets": ["b", "a"], "lookback": 12, "horizon": 5} | own))
    config = loading.config(f"zoo/{name}")
    return config, loading.experiment(f"zoo/{name}").network(config)


def together(each):
    """(windows, targets, rows ahead) as a network answers: each target in the first row ahead, then in the next, …."""
    return each.transpose(0, 2, 1).reshape(len(each), -1)


def weighted(part, layer):
    kernel, bias = layer.get_weights()
    return part @ kernel + bias


@pytest.mark.parametrize("name", ["linear", "nlinear", "dlinear", "repeat", "common_sense"])
def test_a_model_without_recurrence_is_its_formula(configs, name):
    config, network = network_of(name, configs, lookback=30)
    windows, own = past(config)
    layers = [layer for layer in network.layers if layer.weights]
    last = own[..., -1:]
    if name == "linear":
        expected = weighted(own, *layers)
    elif name == "nlinear":
        expected = last + weighted(own - last, *layers)
    elif name == "dlinear":
        padded = np.concatenate([*[own[..., :1]] * 12, own, *[last] * 12], axis=2)
        trend = np.stack([padded[..., i : i + 25].mean(axis=2) for i in range(own.shape[2])], axis=2)
        expected = weighted(trend, layers[0]) + weighted(own - trend, layers[1])
    elif name == "repeat":
        expected = np.repeat(last, 5, axis=2)
    else:
        expected = own[..., 30 - 24 : 30 - 24 + 5]  # the same hours a day before
    np.testing.assert_allclose(network(windows), together(expected), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("lookback", "horizon", "segment"), [(12, 5, 4), (13, 8, 4), (12, 1, 6), (5, 3, 48)])
def test_segment_gru_answers_each_target_from_its_own_past(configs, lookback, horizon, segment):
    own = {"segment": segment, "units": 8}
    config, network = network_of(
        "segment_gru", configs, lookback=lookback, horizon=horizon, experiments={"segment_gru": own}
    )
    windows, _ = past(config)
    before = keras.ops.convert_to_numpy(network(windows))
    assert before.shape == (3, 2 * horizon)
    other = windows.copy()
    other[:, :, 0] += np.arange(lookback)  # column a: the second target
    after = keras.ops.convert_to_numpy(network(other))
    np.testing.assert_array_equal(after[:, ::2], before[:, ::2])
    assert (after[:, 1::2] != before[:, 1::2]).all()
    higher = keras.ops.convert_to_numpy(network(windows + 100.0))
    np.testing.assert_allclose(higher - 100, before, atol=1e-3)  # the last value is subtracted and added again


def test_the_documented_file_is_a_data_set(configs):
    (example,) = re.findall(r"```yaml\n(about: .*?)```", (ROOT / "docs/data.md").read_text("utf-8"), re.DOTALL)
    (configs / "bikes.yaml").write_text(example, "utf-8")
    assert catalogue.about("bikes") == "Bikes on the bridge, hour by hour"
    gru, lstm = loading.config("bikes/gru"), loading.config("bikes/lstm")
    assert (gru.units, gru.lookback, lstm.lookback, lstm.horizon, lstm.epochs) == (64, 240, 120, 24, 10)
    assert gru.description.circular == ("wind dir",)
    keys = set(yaml.safe_load(example)) - set(settings.NO_SETTINGS)
    assert keys | {"source", "csv", "resample", "delay", "chosen_by"} == set(
        settings.read_yaml(configs / "tables.yaml")
    )

"""What the page's script reads: histories, forecasts, pictures and tables, short and in order."""

import io
from base64 import b64decode
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from experiments import loading
from experiments.sequences import _table
from lab.report import claims, curves, forecasts, pictures
from lab.report.sections import Curves, Strip, Table, number, section
from lab.runs import all_runs
from tests.lab.finished_runs import PRESENTATION, finish

REFERENCE = Path(__file__).parents[3] / "results/reference"


def test_a_strip_shows_values_interval_and_bounds():
    # from 0 to 4, and 15 % of that on either side: a value v lies at (v + 0.6) / 5.2
    strip = claims.strip({"values": [1.0, None], "interval": [0.0, 2.0], "bounds": [None, 4.0]})
    assert strip == {"values": [30.8], "interval": [11.5, 50.0], "bounds": [0.0, 88.5]}
    # all equal: 5 % of the value, or of 1, on either side
    strip = claims.strip({"values": [328_320.0], "interval": [None, None], "bounds": [328_320.0, 328_320.0]})
    assert strip == {"values": [50.0], "interval": None, "bounds": [50.0, 50.0]}
    assert claims.strip({"values": [], "interval": [None, None], "bounds": [None, 1.0]}) is None


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("0.2603 ± 0.0012", 0.2603),
        ("23,489", 23489),
        ("7.064e-05", 7.064e-05),
        ("-0.01", -0.01),
        ("−0.01", -0.01),
        ("70K", 70_000),
        ("1M", 1_000_000),
        ("5/6/9", 5),
        ("", None),
        ("–", None),
        ("full: 10 epochs", None),
    ],
)
def test_numbers_are_read_from_their_cells(cell, wanted):
    assert number(cell) == wanted


def test_a_column_is_numeric_if_all_its_cells_are():
    frame = pd.DataFrame({"a": ["1", "–", ""], "b": ["1", "one", ""], "c": ["", "", ""], "d": [1, 2, 3]})
    assert Table("", frame).numeric == {"a", "d"}


def test_numbers_are_shortened_and_those_that_are_not_finite_are_null():
    assert [curves.short(value) for value in (0.123456, 1e-9, 3.0, float("nan"), float("inf"))] == [
        0.12346,
        1e-9,
        3,
        None,
        None,
    ]


def test_a_measure_that_is_the_loss_is_offered_once(tmp_path):
    run = finish(tmp_path, "jena/gru")
    (found,) = curves.data([Curves("", "mae", (("gru", (run,)),))])
    assert [measure["name"] for measure in found["measures"]] == ["mae"]


def test_strips_show_each_model_beside_the_baseline(tmp_path):
    for seed, error in enumerate((0.2, 0.3)):
        finish(tmp_path, "jena/gru", error, seed=seed)
    finish(tmp_path, "jena/common_sense", 0.4, curve=())
    (table,) = section("jena", "", loading.config_of, PRESENTATION, tmp_path).tables
    # from 0.2 to 0.4, and 6 % of that on either side: a value v is at (v - 0.188) / 0.224
    assert table.strips == (Strip(5.4, 27.7, 50.0, 94.6), Strip(94.6, 94.6, 94.6, 94.6))
    assert table.scale == "← better mean absolute error in °C"


def test_forecasts_stand_beside_the_truth_hour_by_hour(tmp_path):
    one, other = finish(tmp_path, "jena/gru", offset=1.26), finish(tmp_path, "jena/lstm", offset=-2.0)
    for run, rows in ((one, [1, 2, 5]), (other, [2, 4, 5])):
        file = run.folder / "forecasts.csv"
        pd.read_csv(file).iloc[rows].to_csv(file, index=False)
    (found,) = forecasts.data([Curves("", "mae", (("gru", (one,)), ("lstm", (other,))))], "°C")
    assert pd.Timestamp(found["start"], unit="ms") == pd.Timestamp("2014-09-19 03:20")
    assert found["truth"] == [1.0, 2.0, None, 4.0, 5.0]
    assert [model["values"] for model in found["models"]] == [
        [2.3, 3.3, None, None, 6.3],
        [None, 0.0, None, 2.0, 3.0],
    ]


@pytest.mark.parametrize(("scale", "digits"), [(1.0, 1), (100.0, 1), (0.001, 4), (0.0, 1)])
def test_forecasts_have_as_many_decimals_as_the_truth_needs(tmp_path, scale, digits):
    run = finish(tmp_path, "jena/gru", offset=1.26)
    file = run.folder / "forecasts.csv"
    table = pd.read_csv(file)
    table.assign(**{name: table[name] * scale for name in ("truth", "forecast")}).to_csv(file, index=False)
    (found,) = forecasts.data([Curves("", "mae", (("gru", (run,)),))], "")
    assert found["digits"] == digits
    assert found["truth"][:3] == [round(scale * hour, digits) for hour in range(3)]
    assert found["models"][0]["values"][:2] == [round(scale * 1.26, digits), round(scale * 2.26, digits)]


def test_pictures_are_small_and_of_each_experiment_once(tmp_path):
    simulated, measured, again = (finish(tmp_path, "jena/tcn", seed=seed, simulated=seed == 0) for seed in range(3))
    for run, colour in ((simulated, "blue"), (measured, "red"), (again, "blue")):
        Image.new("RGB", (2800, 700), colour).save(run.folder / "receptive_field.png")
        Image.new("RGB", (10, 10)).save(run.folder / "loss.png")
    (found,) = pictures.embedded(list(all_runs(root=tmp_path)), {})
    assert (found.caption, found.width, found.height) == ("Receptive field.", 1200, 300)
    (captioned,) = pictures.embedded(list(all_runs(root=tmp_path)), {"receptive_field": "What the output sees."})
    assert captioned.caption == "What the output sees."
    with Image.open(io.BytesIO(b64decode(found.uri.partition(",")[2]))) as image:
        assert (image.format, image.size) == ("WEBP", (1200, 300))
        red, green, blue = image.convert("RGB").getpixel((600, 100))
    assert red > 240 and max(green, blue) < 15


def test_sequences_have_the_paper_s_table():
    found = _table.section("sequences", "", loading.config_of, REFERENCE)
    cells = _table.cells("sequences", loading.config_of, REFERENCE)
    rows = [row for table in found.tables for row in table.frame.to_dict("records")]
    remarked = {cell.profiles for cell in cells if cell.remark}
    expected = [cell.row() for cell in cells]
    for cell, row in zip(cells, expected, strict=True):
        if cell.profiles not in remarked:
            del row["remark"]
    assert rows == expected
    assert {"ours", "paper's", "paper's ≈"} <= found.tables[0].numeric
    shown = [(label, runs) for curve in found.curves for label, runs in curve.models]
    assert shown == [(cell.label, cell.runs) for cell in cells]
    assert found.curves[0].title == "The sum of two marked numbers among many (sequences/adding)"

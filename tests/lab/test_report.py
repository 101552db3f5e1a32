"""The report's content: all that was run and nothing else, as text, with its conditions."""

import io
import json
import re
import shlex
import shutil
from base64 import b64decode
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from experiments import loading
from experiments.sequences import _table
from foundation.user_error import UserError
from lab import identity
from lab.report import claims, curves, forecasts, page, pictures
from lab.report.command import command
from lab.report.sections import Curves, Strip, Table, number, section
from lab.runs import Run, all_runs
from lab.settings import resolve
from tests.lab.finished_runs import PRESENTATION, finish, judge

REFERENCE = Path(__file__).parents[2] / "results/reference"
LEADS_OUT = ("src", "href", "srcset", "action", "poster", "data", "xlink:href")
VOID = ("meta", "img", "input", "br", "link", "wbr", "hr")


class Page(HTMLParser):
    """The page's elements, with their attributes and the text in each of them."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.text = [], [], text
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag, **attributes):
        found = [element for element in self.elements if element["tag"] == tag]
        return [element for element in found if attributes.items() <= element.items()]

    def one(self, tag, **attributes):
        (found,) = self.all(tag, **attributes)
        return found

    def data(self, kind):
        """The data of an explorer."""
        inside = self.one("div", **{"class": "explorer", "data-explorer": kind})
        return json.loads(inside["text"])


def written(root, about=None):
    sections = [section("jena", "The weather", loading.config_of, PRESENTATION, root)]
    return Page(page.write(sections, about or {}, loading.config_of, root).read_text(encoding="utf-8"))


def test_every_complete_run_is_there_and_no_other(tmp_path):
    runs = [finish(tmp_path, name, seed=seed) for name in ("jena/gru", "jena/lstm") for seed in (0, 1)]
    stopped = finish(tmp_path, "jena/dense")
    stopped.metrics_file.unlink()
    found = written(tmp_path)
    assert [run["id"] for run in found.all("details", **{"class": "run"})] == [
        f"{run.name.replace('/', '-')}-{run.folder.name}" for run in runs
    ]
    head = found.one("header")["text"]
    assert "4 runs of 2 experiments" in head
    assert "1 more is not shown" in head
    assert not found.open


def test_the_table_and_curves_hold_the_runs_figures(tmp_path):
    finish(tmp_path, "jena/gru", 0.26, seed=0, curve=(0.4, 0.26))
    finish(tmp_path, "jena/gru", 0.28, seed=1, curve=(0.5, 0.28123456))
    finish(tmp_path, "jena/dense", 0.30)
    found = written(tmp_path)
    assert [cell["text"] for cell in found.all("th", scope="row")] == ["jena/gru", "jena/dense"]
    assert "0.2700 ± 0.0141" in [cell["text"] for cell in found.all("td", **{"data-number": "0.27"})]
    (curve,) = found.data("curves")
    assert [model["label"] for model in curve["models"]] == ["gru", "dense"]
    assert [run["columns"]["val_mae"] for run in curve["models"][0]["runs"]] == [[0.4, 0.26], [0.5, 0.28123]]


def test_what_runs_wrote_stays_text(tmp_path):
    nasty = "</script><script>alert('&')</script>"
    run = finish(tmp_path, "jena/gru", conditions=nasty, units=nasty)
    (run.folder / "attention.html").write_text('<p class="x">"quoted"</p>')
    judge(tmp_path, {"claim": nasty, "notes": [nasty], "missing": [nasty]})
    found = written(tmp_path, {"jena/gru": nasty})
    assert nasty not in found.text
    assert len(found.all("script")) == 3  # one with data, BokehJS, ours
    (curve,) = found.data("curves")
    assert (curve["title"], curve["models"][0]["label"]) == (nasty, f"gru (units={nasty})")
    frame = found.one("iframe")
    assert frame["srcdoc"].startswith('<p class="x">"quoted"</p>')
    assert frame["sandbox"] is None


def test_simulated_data_are_said_in_the_head_and_at_the_run(tmp_path):
    finish(tmp_path, "jena/gru")
    assert "SIMULATED" not in written(tmp_path).text
    finish(tmp_path, "jena/lstm", conditions="SIMULATED weather", simulated=True)
    found = written(tmp_path)
    assert "1 of 2 runs were made on SIMULATED data" in " ".join(found.one("header")["text"].split())
    marked = ["SIMULATED" in run["text"].split("python")[0] for run in found.all("details", **{"class": "run"})]
    assert marked == [False, True]


def test_nothing_leads_out_of_the_page(tmp_path):
    run = finish(tmp_path, "jena/gru", offset=1.0)
    Image.new("RGB", (20, 10)).save(run.folder / "attention.png")
    found = written(tmp_path)
    for element in found.elements:
        for attribute in LEADS_OUT:
            assert re.match("#|data:", element.get(attribute, "#")), element
    assert not found.all("link")
    assert not re.search(r"url\(|@import", "".join(style["text"] for style in found.all("style")))
    assert "default-src 'none'" in found.one("meta", **{"http-equiv": "Content-Security-Policy"})["content"]


def test_the_same_results_make_the_same_page(tmp_path):
    finish(tmp_path, "jena/gru", offset=1.0)
    assert written(tmp_path).text == written(tmp_path).text


def test_no_complete_run_is_a_mistake(tmp_path):
    with pytest.raises(UserError, match="no run is complete"):
        page.write([], {}, loading.config_of, tmp_path)


def test_claims_are_one_line_that_opens_to_those_with_runs(tmp_path):
    finish(tmp_path, "jena/gru")
    assert "python -m experiments verify --judge" in written(tmp_path).one("section", id="claims")["text"]
    without_runs = {"verdict": "not decided", "values": [], "interval": [None, None], "seeds": []}
    judge(
        tmp_path,
        {"id": "a", "figure": "0.25"},
        {"id": "a", "figure": "0.35", "verdict": "does not hold", "simulated": True},
        {"id": "b", "claim": "Nobody ran this", **without_runs},
        {"id": "c", "verdict": "not decided", "seeds": [0], "missing": ["python -m experiments run x"]},
        {"id": "d", "verdict": "does not hold"},
    )
    found = written(tmp_path)
    assert [item["id"] for item in found.all("li", **{"class": "claim"})] == ["claim-a", "claim-d", "claim-c"]
    verdicts = [line["text"] for line in found.all("p", **{"class": "verdict"})]
    assert verdicts == ["holds", "does not hold", "does not hold", "not decided"]
    section = found.one("section", id="claims")["text"]
    assert "SIMULATED" in section and "python -m experiments run x" in section
    assert "Nobody ran this" not in found.text
    assert found.one("details", **{"class": "opens"})["text"].startswith("1 holds, 1 does not, 2 undecided")
    assert "open" not in found.one("details", **{"class": "opens"})
    assert "1 holds, 1 does not, 2 undecided" in found.one("header")["text"]


def test_models_come_before_claims(tmp_path):
    finish(tmp_path, "jena/gru")
    found = written(tmp_path)
    assert [section["id"] for section in found.all("section")] == ["jena", "claims"]
    headings = [heading["text"] for heading in found.all("h3")]
    assert headings == ["Learning curves", "Every model's figures", "Runs"]


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


def test_curves_come_in_the_unit_first_and_with_the_baseline(tmp_path):
    finish(tmp_path, "jena/gru", 0.25)
    finish(tmp_path, "jena/common_sense", 0.29, curve=())
    (found,) = written(tmp_path).data("curves")
    assert [(measure["name"], measure["column"]) for measure in found["measures"]] == [
        ("mean absolute error in °C", "mae"),
        ("mae, as trained", "mae"),
    ]
    assert found["measures"][0]["factor"] == pytest.approx(8)
    assert found["baseline"] == {"label": "common sense", "value": 0.29}
    assert "no better than common sense" in curves.look([found])


def test_conditions_are_a_sentence(tmp_path):
    finish(tmp_path, "jena/gru", conditions="weather.csv: 5 days back", profiles=("hourly",))
    found = written(tmp_path)
    (curve,) = found.data("curves")
    assert curve["title"] == "5 days back (data: weather.csv); settings: hourly.yaml"
    assert found.one("p", id="jena-table-1")["text"].startswith(curve["title"] + ". The best on validation")


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


@pytest.mark.parametrize("run", list(all_runs(root=REFERENCE)), ids=lambda run: f"{run.name}/{run.folder.name}")
def test_a_run_s_command_has_its_settings(run: Run):
    name, profiles, flags = parts(command(run, loading.config_of))
    config_class = loading.config_of(name)
    resolved = vars(resolve(name, config_class, profiles, flags))
    wanted = identity.current(run.settings()["settings"], config_class)
    working = {field.name for field in fields(config_class) if identity.part(field) == "working"}
    assert {key: resolved[key] for key in wanted.keys() - working} == {
        key: wanted[key] for key in wanted.keys() - working
    }


def parts(line):
    python, dash_m, package, run, name, *words = shlex.split(line)
    assert (python, dash_m, package, run) == ("python", "-m", "experiments", "run")
    profiles = []
    while words and words[0] == "--profile":
        profiles.append(words[1])
        words = words[2:]
    return name, profiles, words


def test_a_command_names_what_the_run_changed(tmp_path):
    run = finish(tmp_path, "jena/gru", seed=3, profiles=("hourly",), units=64, csv="my weather.csv", threads=2)
    assert command(run, loading.config_of) == (
        "python -m experiments run jena/gru --profile hourly --seed 3 --csv 'my weather.csv' --units 64"
    )
    run.folder.parent.rename(tmp_path / "jena/gone")
    assert command(Run(tmp_path / "jena/gone" / run.folder.name), loading.config_of) is None


def test_sequences_have_the_paper_s_table():
    found = _table.section("sequences", "", loading.config_of, REFERENCE)
    cells = _table.cells("sequences", loading.config_of, REFERENCE)
    assert found.tables[0].frame.to_dict("records") == [cell.row() for cell in cells]
    assert {"ours", "paper's", "paper's ≈"} <= found.tables[0].numeric
    shown = [(curve.title, label, runs) for curve in found.curves for label, runs in curve.models]
    assert shown == [(cell.name, cell.label, cell.runs) for cell in cells]


def test_the_reference_s_page_is_small(tmp_path):
    root = shutil.copytree(REFERENCE, tmp_path / "results")
    sections = [
        section(name, "", loading.config_of, loading.group(name).presentation, root)
        for name in ("imdb", "jena", "recurrence")
    ]
    sections.append(_table.section("sequences", "", loading.config_of, root))
    written = page.write(sections, {}, loading.config_of, root).stat().st_size
    # BokehJS grows from version to version; the rest is ours
    assert written - len(page.library().encode()) < 1.25e6

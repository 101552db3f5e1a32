"""The page shows all complete runs and nothing else, as text, with their conditions."""

import json
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from experiments import loading
from experiments.sequences import _table
from foundation.user_error import UserError
from lab.report import curves, page
from lab.report.sections import section
from tests.lab.finished_runs import finish, judge
from tests.lab.report.written_page import written

REFERENCE = Path(__file__).parents[3] / "results/reference"
LEADS_OUT = ("src", "href", "srcset", "action", "poster", "data", "xlink:href")


def test_every_complete_run_is_there_and_no_other(tmp_path):
    for name in ("jena/gru", "jena/lstm"):
        for seed in (0, 1):
            finish(tmp_path, name, seed=seed)
    stopped = finish(tmp_path, "jena/dense")
    stopped.metrics_file.unlink()
    found = written(tmp_path)
    together = found.all("details", **{"class": "runs"})
    commands = [re.findall(r"run (jena/\w+) --seed (\d)", runs["text"]) for runs in together]
    assert commands == [[("jena/gru", "0"), ("jena/gru", "1")], [("jena/lstm", "0"), ("jena/lstm", "1")]]
    head = found.one("header")["text"]
    assert "4 runs of 2 experiments" in head
    assert "1 more is not shown" in head
    assert not found.open


def test_runs_that_differ_in_their_seeds_or_machines_alone_are_together(tmp_path):
    finish(tmp_path, "jena/gru", seed=0, threads=1)
    finish(tmp_path, "jena/gru", seed=1, threads=2)
    finish(tmp_path, "jena/gru", seed=1, units=64)
    finish(tmp_path, "jena/gru", seed=2, profiles=("hourly",))
    titles = [" ".join(line["text"].split(":")[0].split()) for line in written(tmp_path).all("summary")]
    assert titles == ["jena/gru 4 runs", "hourly seed 2", "the usual settings 2 seeds", "units=64 seed 1"]


def test_a_run_that_was_continued_elsewhere_names_both_machines(tmp_path):
    path = finish(tmp_path, "jena/gru").folder / "environment.json"
    here = json.loads(path.read_text())
    path.write_text(json.dumps({**here, "earlier": [{**here, "device": "a gpu"}]}))
    quiet = [line["text"] for line in written(tmp_path).all("p", **{"class": "quiet"})]
    assert [line.count("tensorflow on ") for line in quiet if "; before on tensorflow on a gpu" in line] == [2]


def test_a_run_whose_settings_are_gone_is_not_called_usual(tmp_path):
    finish(tmp_path, "jena/gru", no_longer=1)
    *_, line = written(tmp_path).all("summary")
    assert line["text"].strip().startswith("settings of another version")


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
    marked = ["SIMULATED" in run["text"].split("python")[0] for run in found.all("details", **{"class": "runs"})]
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


def test_no_complete_run_is_an_error(tmp_path):
    with pytest.raises(UserError, match="no run is complete"):
        page.write([], {}, loading.config_of, tmp_path)


def test_claims_are_one_line_that_opens_to_those_with_runs(tmp_path):
    finish(tmp_path, "jena/gru")
    assert ".venv/bin/python -m experiments verify --judge" in written(tmp_path).one("section", id="claims")["text"]
    without_runs = {"verdict": "not decided", "values": [], "interval": [None, None], "seeds": []}
    judge(
        tmp_path,
        {"id": "a", "figure": "0.25"},
        {"id": "a", "figure": "0.35", "verdict": "does not hold", "simulated": True},
        {"id": "b", "claim": "Nobody ran this", **without_runs},
        {"id": "c", "verdict": "not decided", "seeds": [0], "missing": [".venv/bin/python -m experiments run x"]},
        {"id": "d", "verdict": "does not hold"},
    )
    found = written(tmp_path)
    assert [item["id"] for item in found.all("li", **{"class": "claim"})] == ["claim-a", "claim-d", "claim-c"]
    verdicts = [line["text"] for line in found.all("p", **{"class": "verdict"})]
    assert verdicts == ["holds", "does not hold", "does not hold", "not decided"]
    section = found.one("section", id="claims")["text"]
    assert "SIMULATED" in section and ".venv/bin/python -m experiments run x" in section
    assert "Nobody ran this" not in found.text
    assert found.one("details", **{"class": "opens"})["text"].startswith("1 holds, 1 does not, 2 undecided")
    assert "open" not in found.one("details", **{"class": "opens"})
    assert "1 holds, 1 does not, 2 undecided" in found.one("header")["text"]


def test_claims_of_a_smaller_size_are_counted_apart(tmp_path):
    finish(tmp_path, "jena/gru")
    small = {"under": ["laptop"]}
    judge(tmp_path, {"id": "a"}, {"id": "b", **small}, {"id": "c", "verdict": "does not hold", **small})
    counts = "1 holds, 0 do not, 0 undecided; in smaller sizes, 1 holds, 1 does not, 0 undecided"
    assert f"Of the lecture's claims, {counts}" in written(tmp_path).one("header")["text"]


def test_models_come_before_claims(tmp_path):
    finish(tmp_path, "jena/gru")
    found = written(tmp_path)
    assert [section["id"] for section in found.all("section")] == ["jena", "claims"]
    headings = [heading["text"] for heading in found.all("h3")]
    assert headings == ["Learning curves", "Every model's figures", "Runs"]


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


def test_the_reference_s_page_is_small(tmp_path):
    root = shutil.copytree(REFERENCE, tmp_path / "results")
    sections = [
        section(name, "", loading.config_of, loading.group(name).presentation, root)
        for name in ("imdb", "jena", "recurrence")
    ]
    sections.append(_table.section("sequences", "", loading.config_of, root))
    written = page.write(sections, {}, loading.config_of, root).stat().st_size
    # BokehJS grows from version to version; the rest is ours
    assert written - len(page.library().encode()) < 1.4e6

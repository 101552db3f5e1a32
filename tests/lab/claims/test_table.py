"""Verdicts as tables and as a picture: they show what was judged, and mark what was simulated."""

import json

import pytest

from lab.claims import picture as verdict_pictures
from lab.claims import table as verdict_table
from tests.lab.claims.finished_claims import claim, finished, judge

__all__ = ["finished"]

BETTER = claim("jena/gru validation.mae", "jena/dense validation.mae")
RATIO = claim("jena/gru seconds", "jena/dense seconds", measure="ratio")


def three_seeds(finished, better=0.1, **options):
    for seed in range(3):
        finished("jena/gru", 0.3 - better + seed / 1000, seed=seed, **options)
        finished("jena/dense", 0.3, seed=seed, **options)


@pytest.mark.parametrize(
    ("better", "summary"),
    [
        (0.1, "holds: 1; does not hold: 0; not decided: 0"),
        (-0.1, "holds: 0; does not hold: 1; not decided: 0"),
        (0.001, "holds: 0; does not hold: 0; not decided: 1"),
    ],
)
def test_the_table_has_verdict_figure_and_seeds(finished, tmp_path, better, summary):
    three_seeds(finished, better)
    (verdict,) = judge([BETTER], tmp_path)
    text = verdict_table.as_markdown([verdict])
    assert text.startswith(summary)
    (row,) = [line for line in text.splitlines() if "A Page" in line]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == [verdict.verdict, "A Page", "One is better", verdict.figure, "3", verdict.deciding]
    assert summary in verdict_table.for_terminal([verdict])


def test_the_terminal_s_table_is_as_wide_as_the_terminal(finished, tmp_path, monkeypatch):
    three_seeds(finished, data={"conditions": "weather " * 9})
    three_seeds(finished, profiles=["quick"])
    verdicts = judge([BETTER, BETTER, claim("imdb/lstm validation.accuracy", measure="figure")], tmp_path)
    for width in (110, 150, 180):
        monkeypatch.setenv("COLUMNS", str(width))
        assert max(map(len, verdict_table.for_terminal(verdicts).splitlines())) <= width


def test_the_heading_marks_simulated_data(finished, tmp_path):
    three_seeds(finished, data={"simulated": True})
    verdicts = judge([BETTER], tmp_path)
    assert "### jena: SIMULATED; weather" in verdict_table.as_markdown(verdicts)
    assert "SIMULATED" in verdict_pictures.forest(verdicts).axes[0].get_title(loc="left")


def test_rows_under_other_conditions_say_which(finished, tmp_path):
    finished("jena/gru", 0.2, profiles=["quick"])
    finished("jena/dense", 0.2, profiles=["quick"])
    finished("jena/lstm", 0.2, profiles=["hourly"])
    about = claim("jena/lstm validation.mae", measure="figure")
    object.__setattr__(about, "id", "another")
    text = verdict_table.for_terminal(judge([BETTER, about], tmp_path))
    assert text.startswith("jena\n")
    assert "quick.yaml" in text and "hourly.yaml" in text


def test_files_hold_every_verdict(finished, tmp_path):
    three_seeds(finished)
    three_seeds(finished, profiles=["quick"])
    written = verdict_table.write(judge([BETTER], tmp_path), tmp_path)
    assert [path.name for path in written] == ["verdicts.json", "table.md", "jena.png"]
    records = json.loads(written[0].read_text())
    assert [record["profiles"] for record in records] == [[], ["quick"]]
    first = records[0]
    assert (first["id"], first["verdict"], first["seeds"]) == ("a-claim", "holds", [0, 1, 2])
    assert first["values"] == pytest.approx([-0.1, -0.099, -0.098])
    assert first["interval"][0] < -0.099 < first["interval"][1]
    assert first["bounds"] == [None, pytest.approx(0)]
    assert first["experiments"] == ["jena/gru", "jena/dense"]
    assert written[2].read_bytes().startswith(b"\x89PNG")
    assert written[1].read_text().count("A Page") == 1


def test_without_runs_there_is_no_picture(tmp_path):
    written = verdict_table.write(judge([BETTER], tmp_path), tmp_path)
    assert [path.name for path in written] == ["verdicts.json", "table.md"]
    missing = json.loads(written[0].read_text())[0]["missing"]
    assert missing[0] == ".venv/bin/python -m experiments run jena/gru --seed 0"


def test_the_picture_shades_where_the_claim_holds(finished, tmp_path):
    three_seeds(finished)
    (axes,) = verdict_pictures.forest(judge([BETTER], tmp_path)).axes
    (band,) = [patch for patch in axes.patches if patch.get_width()]
    low, high = axes.get_xlim()
    assert low < -0.1 and high > 0
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((low, 0))
    seeds = [line for line in axes.lines if line.get_marker() == "|"]
    assert seeds[0].get_xdata() == pytest.approx([-0.1, -0.099, -0.098])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["One is better"]


def test_units_have_panels_of_their_own(finished, tmp_path):
    three_seeds(finished)
    figure = verdict_pictures.forest(judge([BETTER, RATIO], tmp_path))
    labels = [axes.get_xlabel() for axes in figure.axes]
    assert labels == ["difference in mae", "times the other"]


def test_a_wide_interval_does_not_squeeze_the_others(finished, tmp_path):
    for seed, error in enumerate((0.1, 0.3)):
        finished("jena/gru", error, seed=seed)
        finished("jena/dense", 0.3, seed=seed)
    (verdict,) = judge([BETTER], tmp_path)
    (axes,) = verdict_pictures.forest([verdict]).axes
    low, high = axes.get_xlim()
    # -0.2 and 0 are shown; the interval, -0.1 ± 12.7 · 0.1, is cut
    assert -0.45 < low < -0.2 and 0 < high < 0.25
    assert verdict.interval[0] < -1.3
    assert {"<", ">"} <= {line.get_marker() for line in axes.lines}

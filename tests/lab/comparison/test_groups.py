"""Models are compared with those that were run under the same conditions, and with no others."""

import dataclasses

import pandas as pd
import pytest

from experiments.loading import config_of
from foundation.user_error import UserError
from lab.comparison import groups, pictures
from lab.comparison.result import in_words
from lab.comparison.table import table
from tests.lab.finished_runs import PRESENTATION, finish


def tables(root):
    return {found.slug: table(found, PRESENTATION) for found in groups.comparisons("jena", config_of, root)}


def test_seeds_become_mean_and_standard_deviation(tmp_path):
    for seed, error in enumerate((0.26, 0.27, 0.28)):
        finish(tmp_path, "jena/gru", error, seed=seed)
    (row,) = tables(tmp_path)["deck"].to_dict("records")
    assert row["validation mae"] == "0.2700 ± 0.0100"
    assert row["test °C"] == "2.16 ± 0.08"
    assert (row["seeds"], row["published"], row["parameters"]) == (3, "0.2644", "1,234")


def test_a_figure_in_a_small_unit_has_more_decimals_in_all_rows_alike(tmp_path):
    finish(tmp_path, "jena/gru", 0.00012)
    finish(tmp_path, "jena/dense", 0.00345)
    (comparison,) = groups.comparisons("jena", config_of, tmp_path)
    small = dataclasses.replace(PRESENTATION, small=("mae_celsius",))
    assert table(comparison, small)["test °C"].tolist() == ["0.0010", "0.0276"]
    assert table(comparison, PRESENTATION)["test °C"].tolist() == ["0.00", "0.03"]
    (line, _) = in_words(comparison.entries[0].metrics[0], small).splitlines()
    assert line.startswith("validation  mae 0.0001200 = 0.000960 °C")
    axes, *_ = pictures.models(comparison, dataclasses.replace(small, baseline="jena/gru")).axes
    assert [text.get_text() for text in axes.texts] == ["gru 0.000960"]


def test_changed_settings_are_a_row_of_their_own_and_the_best_comes_first(tmp_path):
    finish(tmp_path, "jena/dense", 0.30)
    finish(tmp_path, "jena/gru", 0.27)
    finish(tmp_path, "jena/gru", 0.25, units=64)
    assert tables(tmp_path)["deck"]["experiment"].tolist() == ["jena/gru (units=64)", "jena/gru", "jena/dense"]


def test_settings_that_change_no_result_make_no_row(tmp_path):
    finish(tmp_path, "jena/gru", 0.26)
    finish(tmp_path, "jena/gru", 0.28, seed=1, threads=2, evaluation_batch=7, csv="mine.csv")
    assert tables(tmp_path)["deck"]["seeds"].tolist() == [2]


def test_other_conditions_are_another_table(tmp_path):
    finish(tmp_path, "jena/gru", 0.27)
    finish(tmp_path, "jena/gru", 0.26, conditions="three days ahead")
    finish(tmp_path, "jena/gru", 0.25, conditions="four days ahead")
    finish(tmp_path, "jena/gru", 0.24, profiles=("hourly",))
    finish(tmp_path, "jena/gru", 0.23, profiles=("hourly",), conditions="SIMULATED", simulated=True)
    found = tables(tmp_path)
    assert len(found) == 5
    assert all(len(rows) == 1 for rows in found.values())
    assert {"hourly", "hourly-simulated"} <= set(found)


def test_no_published_figure_stands_beside_simulated_data(tmp_path):
    finish(tmp_path, "jena/gru", 0.23, conditions="SIMULATED", simulated=True)
    assert tables(tmp_path)["simulated"]["published"].tolist() == [""]


def test_tables_and_pictures_are_written(tmp_path, capsys):
    finish(tmp_path, "jena/gru", 0.27, offset=1.0)
    (folder,) = groups.compare("jena", config_of, PRESENTATION, tmp_path)
    assert folder == tmp_path / "jena/comparison/deck"
    assert {path.name for path in folder.iterdir()} == {"table.md", "table.csv", "models.png", "curves.png"}
    printed = capsys.readouterr().out
    assert (folder / "table.md").read_text(encoding="utf-8") in printed
    assert str(folder / "models.png") in printed


def test_a_profile_from_anywhere_stays_in_results(tmp_path):
    own = tmp_path / "mine.yml"
    own.write_text("{jena: {epochs: 2}}")
    finish(tmp_path, "jena/gru", 0.27, profiles=(str(own),))
    (folder,) = groups.compare("jena", config_of, PRESENTATION, tmp_path)
    assert folder == tmp_path / "jena/comparison/mine"


def test_a_run_whose_experiment_is_gone_is_left_out_by_name(tmp_path, capsys):
    finish(tmp_path, "jena/gru", 0.27)
    gone = finish(tmp_path, "jena/dense", 0.3)
    gone.folder.parent.rename(tmp_path / "jena/gone")
    assert list(tables(tmp_path)["deck"]["experiment"]) == ["jena/gru"]
    assert f"left out: {tmp_path}/jena/gone/{gone.folder.name}" in capsys.readouterr().err


def test_nothing_to_compare_is_an_error(tmp_path):
    with pytest.raises(UserError, match="no run of jena is complete"):
        groups.compare("jena", config_of, PRESENTATION, tmp_path)


def test_the_reference_s_runs_stand_beside_one_s_own_where_conditions_are_the_same(tmp_path, capsys):
    own, reference = tmp_path / "own", tmp_path / "reference"
    finish(own, "jena/gru", 0.28)
    finish(own, "jena/gru", 0.29, profiles=("quick",))
    finish(reference, "jena/common_sense", 0.30, curve=())
    finish(reference, "jena/gru", 0.26)
    finish(reference, "jena/dense", 0.27, conditions="three days ahead")
    beside, alone = groups.compare("jena", config_of, PRESENTATION, own, reference)
    assert (beside.name, alone.name) == ("deck-with-reference", "quick")
    rows = pd.read_csv(beside / "table.csv")["experiment"].tolist()
    assert rows == ["jena/gru, reference", "jena/gru", "jena/common_sense, reference"]
    assert pd.read_csv(alone / "table.csv")["experiment"].tolist() == ["jena/gru"]
    printed = capsys.readouterr().out
    assert "comes with no runs under these conditions: weather; quick.yaml" in printed
    assert "three days ahead" not in printed


def test_one_s_own_models_are_bold_beside_the_reference_s_and_the_baseline_is_either_s(tmp_path):
    own, reference = tmp_path / "own", tmp_path / "reference"
    runs = [finish(own, "jena/gru", 0.28)]
    kept = [finish(reference, "jena/common_sense", 0.30, curve=()), finish(reference, "jena/gru", 0.26)]
    (comparison,) = groups._by_conditions(runs, config_of, kept)
    assert comparison.baseline("jena/common_sense").values("validation", "mae").tolist() == [0.30]
    (axes, _) = pictures.models(comparison, PRESENTATION).axes
    weights = {label.get_text(): label.get_fontweight() for label in axes.get_yticklabels()}
    assert weights == {"gru, reference": "normal", "gru": "bold", "common_sense, reference": "normal"}

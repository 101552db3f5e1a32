"""Comparing: what was run under the same conditions stands together, and nothing else does."""

import json

import pandas as pd
import pytest
import yaml

from foundation.user_error import UserError
from lab.comparison import groups as comparison
from lab.comparison import pictures as comparison_pictures
from lab.runs import Run
from lab.settings import defaults


@pytest.fixture
def finished(tmp_path):
    """Writes a finished run: `finished("jena/gru", 0.26, seed=1, delay=72)`."""

    def write(name, error, *, seed=0, profiles=(), conditions="weather", simulated=False, curve=(0.4, 0.3), **own):
        settings = {**defaults(name, profiles), "seed": seed, **own}
        folder = tmp_path / name / f"seed{seed}-{abs(hash((error, conditions, *own.items(), *profiles)))}"
        folder.mkdir(parents=True)
        record = {"profiles": list(profiles), "data": "abc", "backend": "tensorflow", "settings": settings}
        (folder / "settings.yaml").write_text(yaml.safe_dump(record))
        figures = {"mae": error, "mae_celsius": error * 8}
        metrics = {"name": name, "metric": "mae", "validation": figures, "test": figures, "best_epoch": 2, "epochs": 2}
        metrics |= {"parameters": 1234, "seconds": 60.0, "data": {"conditions": conditions, "simulated": simulated}}
        (folder / "metrics.json").write_text(json.dumps(metrics))
        if curve:
            pd.DataFrame({"epoch": [1, 2], "mae": curve, "val_mae": curve}).to_csv(folder / "history.csv", index=False)
        return Run(folder)

    return write


def tables(root):
    return {found.slug: found.table() for found in comparison.comparisons("jena", root)}


def test_seeds_become_mean_and_standard_deviation(finished, tmp_path):
    for seed, error in enumerate((0.26, 0.27, 0.28)):
        finished("jena/gru", error, seed=seed)
    (row,) = tables(tmp_path)["deck"].to_dict("records")
    assert row["validation mae"] == "0.2700 ± 0.0100"
    assert row["test °C"] == "2.16 ± 0.08"
    assert (row["seeds"], row["published"], row["parameters"]) == (3, 0.2644, "1,234")


def test_own_settings_are_a_row_of_their_own_and_best_comes_first(finished, tmp_path):
    finished("jena/dense", 0.30)
    finished("jena/gru", 0.27)
    finished("jena/gru", 0.25, units=64)
    assert tables(tmp_path)["deck"]["experiment"].tolist() == ["jena/gru (units=64)", "jena/gru", "jena/dense"]


def test_other_conditions_are_another_table(finished, tmp_path):
    finished("jena/gru", 0.27)
    finished("jena/gru", 0.26, conditions="three days ahead")
    finished("jena/gru", 0.25, conditions="four days ahead")
    finished("jena/gru", 0.24, profiles=["hourly"])
    finished("jena/gru", 0.23, profiles=["hourly"], conditions="SIMULATED", simulated=True)
    found = tables(tmp_path)
    assert len(found) == 5
    assert all(len(table) == 1 for table in found.values())
    assert {"hourly", "hourly-simulated"} <= set(found)


def test_a_profile_from_anywhere_stays_in_results(finished, tmp_path):
    own = tmp_path / "mine.yml"
    own.write_text("{jena: {epochs: 2}}")
    finished("jena/gru", 0.27, profiles=[str(own)])
    (folder,) = comparison.compare("jena", tmp_path)
    assert folder == tmp_path / "jena/comparison/mine"


def test_a_run_whose_settings_are_gone_is_left_out(finished, tmp_path, capsys):
    finished("jena/gru", 0.27)
    gone = finished("jena/dense", 0.3)
    gone.folder.parent.rename(tmp_path / "jena/gone")
    assert list(tables(tmp_path)["deck"]["experiment"]) == ["jena/gru"]
    assert "left out" in capsys.readouterr().out


@pytest.mark.parametrize(
    "models", [{"gru": 0.3}, {"gru": 0.4, "common_sense": 0.29}, {"gru": 0.25, "common_sense": 0.29}]
)
def test_curves_show_every_best_value(finished, tmp_path, models):
    for name, error in models.items():
        finished(f"jena/{name}", error, curve=None if name == "common_sense" else (error + 0.02, error))
    (found,) = comparison.comparisons("jena", tmp_path)
    low, high = comparison_pictures.curves(found).axes[0].get_ylim()
    assert low < models["gru"] < high


def test_nothing_to_compare_is_a_mistake(tmp_path):
    with pytest.raises(UserError, match="no run of jena is complete"):
        comparison.compare("jena", tmp_path)

"""A sweep's table, picture and best point: ranked on validation only, and never with a part of a point's seeds."""

from types import SimpleNamespace

import pandas as pd
import pytest
from PIL import Image

from foundation.user_error import UserError
from lab.sweep import best, table
from lab.sweep.trials import Trial


def ended(units, seed, value, state="trained", **other):
    end = {"metric": "mae", "value": value, "best_epoch": 2, "epochs": 4, "conditions": "weather", "data": "abc"}
    return Trial({"units": units}, seed, state, **(end | other))


TRIALS = [
    ended(4, 0, 0.30),
    ended(4, 1, 0.32),
    ended(8, 0, 0.26),
    ended(8, 1, 0.28, best_epoch=3),
    ended(16, 0, 0.20),
    ended(16, 1, None, "failed", reason="diverged"),
    ended(32, 0, 0.10, "stopped", epochs=1),
    ended(32, 1, 0.12, "stopped", epochs=1),
    ended(64, 0, None, "failed", reason="diverged"),
    ended(64, 1, None, "failed", reason="diverged"),
]


def test_complete_points_come_first_by_their_mean(tmp_path):
    paths = table.write("jena/gru", tmp_path, ["hourly"], TRIALS)
    assert [path.name for path in paths] == ["table.md", "table.csv", "effect.png"]
    with Image.open(paths[2]) as picture:
        assert min(picture.size) > 400
    rows = pd.read_csv(paths[1], dtype=str).fillna("").to_dict("records")
    assert [row["units"] for row in rows] == ["8", "4", "16", "32", "64"]
    # the mean of 0.26 and 0.28, and their deviation sqrt(2 * 0.01²)
    assert rows[0]["validation mae"] == "0.2700 ± 0.0141"
    assert (rows[0]["best epoch"], rows[0]["seeds"], rows[0]["left out"]) == ("2/3", "2", "")
    assert (rows[2]["validation mae"], rows[2]["seeds"], rows[2]["left out"]) == ("0.2000", "1", "1 failed")
    assert (rows[3]["epochs"], rows[3]["left out"]) == ("1", "2 stopped")
    assert (rows[4]["validation mae"], rows[4]["left out"]) == ("", "2 failed")
    assert paths[0].read_text().startswith("jena/gru: weather; hourly.yaml\n")


def test_the_highest_accuracy_comes_first(tmp_path):
    trials = [ended(units, 0, value, metric="accuracy") for units, value in ((4, 0.8), (8, 0.9), (16, 0.7))]
    table.write("imdb/gru", tmp_path, [], trials)
    assert pd.read_csv(tmp_path / "table.csv")["units"].tolist() == [8, 4, 16]


def test_a_sweep_without_values_has_no_table(tmp_path):
    assert table.write("jena/gru", tmp_path, [], TRIALS[-2:]) == []


def test_different_data_make_no_table(tmp_path):
    with pytest.raises(UserError, match="different data"):
        table.write("jena/gru", tmp_path, [], [*TRIALS, ended(5, 0, 0.1, data="other")])


def test_only_a_point_with_every_seed_trained_is_tested(monkeypatch):
    monkeypatch.setattr(best.environment, "prepare", lambda threads: None)
    started = []

    def start(point, seed, watch):
        started.append((point, seed))
        assert watch(None) is None, "the run isn't followed, so it goes on to its test"
        return SimpleNamespace(folder=f"seed{seed}", metrics=lambda: {"test": seed})

    lines = best.evaluate_best(TRIALS, 1, start, lambda metrics: f"test mae {metrics['test']}")
    assert started == [({"units": 8}, 0), ({"units": 8}, 1)]
    assert lines.splitlines() == [
        "the best on validation: units=8",
        *("units=8, seed 0:", "test mae 0", "seed0"),
        *("units=8, seed 1:", "test mae 1", "seed1"),
    ]
    with pytest.raises(UserError, match="none to test"):
        best.evaluate_best(TRIALS[4:], 1, start, str)

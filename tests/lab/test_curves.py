"""A run's learning curve shows training, validation, the best epoch, and what the run is measured against."""

import pandas as pd
import pytest

from lab.curves import draw, learning_curve

HISTORY = pd.DataFrame({"epoch": [1, 2, 3], "mae": [0.4, 0.3, 0.2], "val_mae": [0.35, 0.25, 0.3]})


def test_values_are_in_the_label_s_unit_beside_the_baseline():
    figure = learning_curve(
        HISTORY, metric="mae", label="error in °C", title="A GRU", factor=10, baseline=("common sense", 0.29)
    )
    (axes,) = figure.axes
    training, validation, best, baseline = axes.lines
    assert list(training.get_ydata()) == pytest.approx([4, 3, 2])
    assert list(validation.get_ydata()) == pytest.approx([3.5, 2.5, 3])
    assert (best.get_xdata()[0], best.get_ydata()[0]) == (2, pytest.approx(2.5))
    assert baseline.get_ydata()[0] == pytest.approx(2.9)
    assert [text.get_text() for text in axes.get_legend().texts] == [
        "training",
        "validation",
        "best 2.5 (epoch 2)",
        "common sense 2.9",
    ]
    assert axes.get_ylabel() == "← better  error in °C"


def test_the_best_accuracy_is_the_highest():
    history = HISTORY.rename(columns={"mae": "accuracy", "val_mae": "val_accuracy"})
    (axes,) = learning_curve(history, metric="accuracy", label="accuracy", title="").axes
    assert axes.lines[2].get_ydata()[0] == 0.35
    assert axes.get_ylabel() == "accuracy  better →"


def test_the_picture_is_written(tmp_path):
    draw(HISTORY, tmp_path / "loss.png", metric="mae", label="error", title="A GRU")
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")

"""What the terminal says after a run."""

import dataclasses

from lab.comparison.presentation import Presentation
from lab.comparison.result import in_words
from tests.lab.finished_runs import PRESENTATION

METRICS = {
    "metric": "mae",
    "validation": {"mae": 0.25, "mae_celsius": 2.1204},
    "test": {"mae": 0.3, "mae_celsius": 2.5},
    "best_epoch": 3,
}
BASELINE = {
    "name": "common sense",
    "validation": {"mae": 0.29, "mae_celsius": 2.57},
    "test": {"mae": 0.31, "mae_celsius": 2.7},
}


def test_the_error_is_in_degrees_beside_the_baseline():
    assert in_words(METRICS | {"baseline": BASELINE}, PRESENTATION).splitlines() == [
        "validation  mae 0.2500 = 2.12 °C in epoch 3; common sense: 2.57 °C",
        "test        mae 0.3000 = 2.50 °C; common sense: 2.70 °C",
    ]


def test_a_run_without_a_baseline_or_a_unit_has_its_metric_alone():
    assert in_words(METRICS | {"best_epoch": 0}, Presentation()).splitlines() == [
        "validation  mae 0.2500",
        "test        mae 0.3000",
    ]


def test_an_accuracy_is_in_percent():
    figures = {"accuracy": 0.8612}
    metrics = {"metric": "accuracy", "validation": figures, "test": figures, "best_epoch": 1}
    baseline = {"name": "chance", "validation": {"accuracy": 0.5}, "test": {"accuracy": 0.5}}
    presentation = dataclasses.replace(PRESENTATION, headings={})
    line = in_words(metrics | {"baseline": baseline}, presentation).splitlines()[0]
    assert line == "validation  accuracy 86.12% in epoch 1; chance: 50.00%"

"""Pictures show every model, and what they are measured against."""

import pytest

from experiments.loading import config_of
from lab.comparison import pictures
from lab.comparison.groups import comparisons
from tests.lab.finished_runs import PRESENTATION, finish


@pytest.mark.parametrize(
    "models", [{"gru": 0.3}, {"gru": 0.4, "common_sense": 0.29}, {"gru": 0.25, "common_sense": 0.29}]
)
def test_curves_show_every_best_value(tmp_path, models):
    for name, error in models.items():
        finish(tmp_path, f"jena/{name}", error, curve=() if name == "common_sense" else (error + 0.02, error))
    (comparison,) = comparisons("jena", config_of, tmp_path)
    low, high = pictures.curves(comparison, PRESENTATION).axes[0].get_ylim()
    assert low < models["gru"] < high

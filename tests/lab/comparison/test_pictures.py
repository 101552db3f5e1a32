"""Pictures show every model in a unit that readers know, and what the models are measured against."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from experiments.loading import config_of
from foundation.colours import COLOURS, look
from lab.comparison import pictures
from lab.comparison.groups import comparisons
from lab.report.page import HERE
from tests.colour_vision import closest, contrast
from tests.lab.finished_runs import PRESENTATION, finish


def compared(root):
    (comparison,) = comparisons("jena", config_of, root)
    return comparison


def test_models_are_dots_in_celsius_with_their_seeds_as_a_line(tmp_path):
    for seed, error in enumerate((0.2, 0.3)):
        finish(tmp_path, "jena/tcn", error, seed=seed)
    finish(tmp_path, "jena/common_sense", 0.4, curve=())
    figure = pictures.models(compared(tmp_path), PRESENTATION)
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == ["tcn", "common_sense"]
    for axes in figure.axes:
        assert axes.get_xlabel() == "← better  mean absolute error in °C"
        line, dot = (line for line in axes.lines if set(line.get_ydata()) == {0})
        assert list(line.get_xdata()) == pytest.approx([1.6, 2.4])
        assert list(dot.get_xdata()) == pytest.approx([2.0])
        (baseline,) = (line for line in axes.lines if line.get_ls() == "--")
        assert baseline.get_xdata()[0] == pytest.approx(3.2)


@pytest.mark.parametrize("simulated", [False, True])
def test_published_figures_stand_beside_measured_data_only(tmp_path, simulated):
    conditions = "SIMULATED weather" if simulated else "weather"
    finish(tmp_path, "jena/gru", 0.25, simulated=simulated, conditions=conditions)
    figure = pictures.models(compared(tmp_path), PRESENTATION)
    diamonds = [line.get_xdata()[0] for axes in figure.axes for line in axes.lines if line.get_marker() == "D"]
    assert diamonds == ([] if simulated else [pytest.approx(8 * 0.2644)])  # the first edition's, as °C
    texts = [text.get_text() for legend in figure.legends for text in legend.texts]
    assert ("published" in texts) is not simulated
    assert any("SIMULATED" in text.get_text() for text in figure.texts) is simulated


@pytest.mark.parametrize(
    "models", [{"gru": 0.3}, {"gru": 0.4, "common_sense": 0.29}, {"gru": 0.25, "common_sense": 0.29}]
)
def test_learning_curves_show_every_best_value_and_the_baseline(tmp_path, models):
    for name, error in models.items():
        finish(tmp_path, f"jena/{name}", error, curve=() if name == "common_sense" else (error + 0.02, error))
    figure = pictures.curves(compared(tmp_path), PRESENTATION)
    (panel,) = (axes for axes in figure.axes if axes.get_visible())
    assert panel.get_title() == "gru"
    low, high = panel.get_ylim()
    assert low < 8 * models["gru"] < high
    dashed = [line.get_ydata()[0] for line in panel.lines if line.get_ls() == "--"]
    assert dashed == ([pytest.approx(8 * 0.29)] if "common_sense" in models else [])
    assert all(low < level < high for level in dashed)


def test_one_bad_epoch_does_not_flatten_the_curves(tmp_path):
    finish(tmp_path, "jena/gru", 0.25, curve=(90.0, *np.linspace(0.4, 0.25, 20)))
    figure = pictures.curves(compared(tmp_path), PRESENTATION)
    assert figure.axes[0].get_ylim()[1] < 8


def test_groups_without_training_have_no_learning_curves(tmp_path):
    finish(tmp_path, "jena/common_sense", 0.3, curve=())
    assert pictures.curves(compared(tmp_path), PRESENTATION) is None


def test_lines_differ_in_colour_or_dashes():
    looks = [tuple(look(place).values()) for place in range(28)]
    assert len(set(looks)) == 28


def series(scheme):
    """The page's colours, light or dark, and its ground."""
    parts = (HERE / "page.css").read_text(encoding="utf-8").split("@media screen and (prefers-color-scheme: dark)")
    lines = parts[scheme == "dark"].split("}")[0].splitlines()
    values = dict(line.strip().rstrip(";").split(": ") for line in lines if line.strip().startswith("--"))
    return [value for key, value in values.items() if key.startswith("--series-")], values["--ground"]


@pytest.mark.parametrize("scheme", ["light", "dark", "picture"])
def test_readers_with_any_colour_vision_tell_the_colours_apart(scheme):
    colours, ground = (COLOURS, "#ffffff") if scheme == "picture" else series(scheme)
    assert len(colours) == 7
    assert all(contrast(colour, ground) >= 3 for colour in colours)
    distances = closest([to_rgb(colour) for colour in colours])
    assert set(distances) == {"normal", "protanopia", "deuteranopia", "tritanopia"}
    # Matplotlib's own ten colours reach 0.0065 here, those of Okabe and Ito 0.076
    assert min(distances.values()) > 0.08, distances

"""Convolutions, attention and results: what they show is right, by mouse, keyboard and touch."""

import json

import numpy as np
import pytest

from lecture import contents, page
from tests.lecture.hands import PHONE, middle, place, slide, told

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data():
    return contents.data(page.REFERENCE)


@pytest.mark.parametrize("size", [3, 7])
@pytest.mark.parametrize("pool", [1, 4])
def test_the_kernel_slides_as_conv1d_does(visit, data, size, pool):
    tab = visit()
    convolution = place(tab, "convolution")
    slide(convolution, "size", size)
    slide(convolution, "pool", pool)
    series = np.array(data["convolution"]["temperature"])
    output = np.convolve(series, np.full(size, 1 / size), "valid")
    np.testing.assert_allclose(json.loads(convolution.get_attribute("data-output")), output, atol=1e-9)
    whole = output[: len(output) // pool * pool].reshape(-1, pool).max(axis=1)
    np.testing.assert_allclose(json.loads(convolution.get_attribute("data-pooled")), whole, atol=1e-9)
    convolution.locator("[name=shape]").select_option("rise")
    slope = [np.polyfit(np.arange(size), series[at : at + size], 1)[0] for at in range(len(output))]
    np.testing.assert_allclose(json.loads(convolution.get_attribute("data-output")), slope, atol=1e-9)


@pytest.mark.parametrize(("k", "levels"), [(2, 4), (3, 3)])
def test_the_stack_sees_as_far_as_the_layers_do(visit, k, levels):
    from layers.causal_conv import CausalConv1D

    tab = visit()
    convolution = place(tab, "convolution")
    convolution.get_by_label("a dilated causal stack").check()
    slide(convolution, "k", k)
    slide(convolution, "levels", levels)
    expected = 1 + sum(CausalConv1D(1, k, dilation_rate=2**level).receptive_field - 1 for level in range(levels))
    assert int(convolution.get_attribute("data-field")) == expected
    surface = convolution.locator("[data-stage=dilated] rect.drag")
    tab.mouse.click(*middle(surface, 0.02))
    assert convolution.locator("[name=output]").input_value() == "1"
    assert "sees 2 inputs" in told(convolution, "dilated")


def test_own_sentences_are_read(visit):
    tab = visit(**PHONE)
    attention = place(tab, "attention")
    box = attention.get_by_label("Write your own review")
    box.fill("An awful, boring film. The worst of the year!")
    assert attention.locator("[data-sentences] li").count() == 2
    bad = float(attention.get_attribute("data-positive"))
    box.fill("A wonderful, moving film. The best of the year!")
    good = float(attention.get_attribute("data-positive"))
    assert bad < 0.2 and good > 0.8
    box.fill("")
    assert "Write a sentence" in told(attention, "reviews")
    box.fill("qwertyuiop zxcvbnm")
    assert attention.locator("mark").first.get_attribute("title") == "a word that the network doesn't know"


def test_sentences_are_split_as_the_project_splits_them(visit):
    from imdb.sentences import split

    tab = visit()
    texts = [
        'Mr. Smith didn\'t like it... But I did! "Great," she said. J. R. came (late). Then? 3 stars.',
        "One line<br />another one\nA third: it's well-made; isn't it?   Yes",
        "No end",
    ]
    for text in texts:
        assert tab.evaluate("text => splitSentences(text)", text) == split(text)


def test_the_weather_is_forecast_as_the_exported_network_does_in_keras(visit):
    from keras import ops

    from layers.hierarchical_attention_encoder import HierarchicalAttentionEncoder

    tab = visit()
    attention = place(tab, "attention")
    attention.get_by_label("five days of weather").check()
    weather = tab.evaluate("unpackAll(JSON.parse(document.querySelector('#to-attention script').textContent)).weather")
    encoder, series = weather["encoder"], np.column_stack(list(weather["columns"].values()))
    layer = HierarchicalAttentionEncoder(32, encoder["block"], 2)
    layer.build((None, 120, 14))
    for level, dense, attended in zip(encoder["levels"], layer.denses, layer.attentions, strict=True):
        dense.set_weights([np.array(level["dense"]).T, np.array(level["bias"])])
        own = level["attention"]
        attended.project.set_weights([np.array(own["project"]).T, np.array(own["bias"])])
        attended.context.assign(np.array(own["context"])[:, None])
    layer.places.assign(np.array([level["places"] for level in encoder["levels"]]))
    errors = []
    for hour in range(120, 640, 40):
        window = (series[hour - 120 : hour] - weather["mean"]) / weather["std"]
        vector = ops.convert_to_numpy(layer(window[None].astype("float32")))[0]
        normalised = vector @ encoder["answer"]["weights"] + encoder["answer"]["bias"]
        slide(attention, "hour", hour)
        found = float(attention.get_attribute("data-forecast"))
        assert found == pytest.approx(normalised * weather["std"][1] + weather["mean"][1], abs=1e-3)
        errors.append(abs(found - series[hour + 24, 1]))
    assert np.mean(errors) < 3.5  # °C; the runs' mean error on test is 2.5


def test_claims_lead_to_their_figures(visit):
    tab = visit()
    results = place(tab, "results")
    shown = results.locator("[data-claims] li:visible")
    assert "not decided" not in {item.get_attribute("data-verdict") for item in shown.all()}
    shown.locator("[href='#to-lstm']").first.click()
    tab.wait_for_url("**#to-lstm")
    results.get_by_label("not decided").check()
    assert {item.get_attribute("data-verdict") for item in shown.all()} == {"not decided"}


def test_the_paper_s_table_is_shown_without_and_with_our_runs(visit):
    tab = visit()
    results = place(tab, "results")
    marks = results.locator("[data-multiples] title")
    both = marks.count()
    results.get_by_label("ours (open)").uncheck()
    assert marks.count() == 11 * 4 - 3  # Wikitext-103 has no GRU and no RNN, LAMBADA no GRU
    assert both > marks.count()
    assert results.locator("svg[aria-label*='Copy memory']").get_attribute("aria-label").count("the paper's 0.02") == 2

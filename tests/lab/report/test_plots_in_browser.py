"""Plots answer to the reader: models are chosen, values shown, the window moved; they print and they scale."""

import re

import pandas as pd
import pytest

from experiments.loading import config_of
from lab.report import page
from lab.report.sections import section
from tests.lab.finished_runs import PRESENTATION, finish
from tests.lab.report.browsing import MODELS, colours, explorer, hovered, looks, plot

pytestmark = pytest.mark.slow


def test_choosing_models_changes_the_plot(visit):
    tab = visit()
    curves = explorer(tab, "curves")
    before = looks(tab, curves)
    assert curves.locator(".models input:checked").count() == 4
    curves.get_by_label("lstm").uncheck()
    after = looks(tab, curves)
    assert after != before
    curves.get_by_label("lstm").check()
    assert looks(tab, curves) == before
    curves.get_by_label("Validation (line)").uncheck()
    assert looks(tab, curves) != before


def test_hovering_shows_each_chosen_model_s_values(visit):
    tab = visit()
    curves = explorer(tab, "curves")
    curves.get_by_text("Choose none").click()
    looks(tab, curves)
    curves.get_by_label("gru", exact=True).check()
    looks(tab, curves)
    head, *rows = hovered(tab, curves, x=0.9)
    assert head.split() == ["epoch", "2", "training", "validation"]
    # in °C the GRU's seeds end at 8 times 0.219, 0.22 and 0.221; on training it is half of that
    assert [row.split()[1:] for row in rows] == [["gru", "0.8800", "±", "0.0040", "1.760", "±", "0.0080"]]


def test_values_are_there_as_a_table_too(visit):
    tab = visit()
    curves = explorer(tab, "curves")
    curves.get_by_text("Values as a table").click()
    rows = curves.locator("details tbody tr")
    rows.first.wait_for()
    assert rows.count() == 2
    assert "1.600 ± 0.0080" in rows.nth(1).inner_text()
    curves.get_by_label("Show the").select_option("mae, as trained")
    curves.get_by_text("0.2000 ± 0.0010").wait_for()


def test_the_window_of_forecasts_moves(visit):
    tab = visit()
    forecasts = explorer(tab, "forecasts")
    where = forecasts.locator("output")
    assert where.inner_text() == "19 Sept 2014 to 26 Sept 2014"
    assert "off by 4.0 °C" in forecasts.locator(".models label").filter(has_text="stacked").inner_text()
    before = looks(tab, forecasts)
    forecasts.get_by_label("A day later").click()
    assert where.inner_text() == "20 Sept 2014 to 27 Sept 2014"
    assert looks(tab, forecasts) != before
    forecasts.get_by_role("slider").press("ArrowRight")
    assert where.inner_text() == "21 Sept 2014 to 28 Sept 2014"
    forecasts.get_by_role("slider").press("End")
    assert where.inner_text().endswith("18 Nov 2014")
    rows = hovered(tab, forecasts)
    assert [row.split()[1] for row in rows[1:]] == ["truth", "conv1d", "dense", "gru", "lstm"]
    box = forecasts.locator(".plot").bounding_box()
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2, steps=4)
    tab.mouse.up()
    assert not where.inner_text().endswith("18 Nov 2014")


def test_small_forecasts_have_their_decimals(browser, tmp_path):
    run = finish(tmp_path, "jena/gru", offset=2.0)
    file = run.folder / "forecasts.csv"
    table = pd.read_csv(file)
    table.assign(truth=table["truth"] / 1000, forecast=table["forecast"] / 1000).to_csv(file, index=False)
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(page.write([section("jena", "", config_of, PRESENTATION, tmp_path)], {}, config_of, tmp_path).as_uri())
        forecasts = explorer(tab, "forecasts")
        assert "off by 0.0020 °C" in forecasts.locator(".models label").inner_text()
        assert re.fullmatch(r"gru\s+0\.\d{4} °C", hovered(tab, forecasts)[2].strip().removeprefix("●").strip())


def test_more_models_than_colours_still_look_different(visit):
    tab = visit()
    curves = explorer(tab, "curves")
    looks(tab, curves)
    assert tab.evaluate("new Set([...Array(28).keys()].map((slot) => JSON.stringify(look(slot)))).size") == 28
    curves.get_by_text("Choose all").click()
    looks(tab, curves)
    strokes = curves.locator(".models svg line").evaluate_all(
        "lines => lines.map((line) => getComputedStyle(line).stroke + line.getAttribute('stroke-dasharray'))"
    )
    assert len(set(strokes)) == len(strokes) == len(MODELS)


def test_the_legend_is_inside_the_plot_and_the_baseline_is_a_line(visit):
    tab = visit()
    curves = explorer(tab, "curves")
    looks(tab, curves)
    shown = tab.evaluate(
        """place => {
          const model = place.view.model;
          const legend = model.center.find((one) => one.type === "Legend");
          return { labels: legend.items.map((item) => item.label.value), location: legend.location };
        }""",
        plot(tab, "curves"),
    )
    assert shown["labels"] == [*MODELS[:4], "common sense: 2.40"]
    assert shown["location"] in ("top_left", "top_right", "bottom_left", "bottom_right")
    assert colours(tab, plot(tab, "curves")).get("#1f2328", 0) > 100  # the dashes and the legend's text


def test_plots_out_of_view_are_drawn_too_and_printed(visit):
    tab = visit(height=300)
    for _ in range(400):
        if tab.evaluate("Place.all.length === 2 && Place.all.every((place) => place.view)"):
            break
        tab.wait_for_timeout(50)
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")
    images = tab.locator(".printed")
    assert images.count() == 2
    for image in images.all():
        assert image.is_visible()
        image.evaluate("image => image.decode()")
        assert image.evaluate("image => image.naturalWidth") > 400
        assert len(image.get_attribute("src")) > 5000  # it isn't blank
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert images.count() == 0


def test_axes_follow_the_text_size(visit):
    tab = visit()
    curves = explorer(tab, "curves")
    looks(tab, curves)
    size = "place => parseFloat(place.view.model.left[0].axis_label_text_font_size)"
    before = tab.evaluate(size, plot(tab, "curves"))
    tab.evaluate("document.documentElement.style.fontSize = '200%'")
    tab.wait_for_timeout(300)
    looks(tab, curves)
    assert tab.evaluate(size, plot(tab, "curves")) == pytest.approx(before * 32 / 17)


def test_plots_follow_the_reader_s_colours(visit):
    tab = visit()
    curves = explorer(tab, "curves")
    before = looks(tab, curves)
    tab.emulate_media(color_scheme="dark")
    assert looks(tab, curves) != before

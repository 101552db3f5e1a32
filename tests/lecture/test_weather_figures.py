"""The generator, the guesses and the learning curves: what they show is right, by mouse, keyboard and touch."""

import json

import numpy as np
import pandas as pd
import pytest

from lecture import contents, page
from tests.lecture.hands import PHONE, finger, middle, mouse, place, slide, told

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data():
    return contents.data(page.REFERENCE)


def test_the_generator_cuts_what_the_project_s_windows_cut(visit, data):
    from tables.windows import Windows

    tab = visit()
    generator = place(tab, "generator")
    for name, value in (("lookback", 96), ("step", 5), ("delay", 30), ("row", 200), ("batch", 4)):
        slide(generator, name, value)
    temperature = np.array(data["generator"]["temperature"])
    series = np.column_stack([temperature, temperature])
    windows = Windows(series, 96, 30, step=5, batch_size=4)
    indices = json.loads(generator.get_attribute("data-indices"))
    assert indices == (200 + windows.offsets).tolist()
    assert json.loads(generator.get_attribute("data-rows")) == [200, 201, 202, 203]
    assert f"{windows.answers(np.array([200]))[0, 0]:.1f} °C" in generator.locator("[data-code]").inner_text()
    slide(generator, "row", 0)
    assert json.loads(generator.get_attribute("data-indices"))[0] == 0  # no window begins before the series
    slide(generator, "row", 335)
    assert json.loads(generator.get_attribute("data-rows"))[-1] <= 335 - 30


@pytest.mark.parametrize("hand", [mouse, finger])
def test_the_generator_s_window_and_target_are_dragged(visit, hand):
    tab = visit(**({} if hand is mouse else PHONE))
    generator = place(tab, "generator")
    row = lambda: int(generator.locator("[name=row]").input_value())  # noqa: E731
    window = generator.locator("[data-stage=series] rect.drag").first
    hour = (generator.locator("[data-stage=series] svg").bounding_box()["width"] - 48) / 335  # its width in pixels
    before = row()
    start = middle(window)
    hand(tab, start, (start[0] + 20 * hour, start[1]))
    assert row() == pytest.approx(before + 20, abs=1)
    delay = generator.locator("[name=delay]")
    far = middle(generator.locator("[data-stage=series] rect.drag").last)
    hand(tab, far, (far[0] + 36 * hour, far[1]))
    assert int(delay.input_value()) == pytest.approx(24 + 36, abs=1)


def test_ten_rounds_are_guessed_with_the_keyboard(visit, data):
    tab = visit("guess")
    guess = tab.locator("#to-guess")
    numbers, errors = data["guess"], []
    first = numbers["lookback"] + numbers["delay"]
    for played in range(10):
        slider = guess.locator("[name=guess]")
        slider.focus()
        tab.keyboard.press("ArrowRight")
        mine = float(slider.input_value())
        guess.locator("[name=guessed]").focus()
        tab.keyboard.press("Enter")
        target = first + (played * 53) % (len(numbers["temperature"]) - first)
        truth = numbers["temperature"][target]
        assert told(guess).startswith(f"It was {truth:.1f} °C".replace("-", "−"))
        errors.append([abs(mine - truth), *(abs(f[target - first] - truth) for f in numbers["forecasts"].values())])
        if played < 9:
            tab.keyboard.press("Enter")
    row = guess.locator("tbody tr").last.locator("td").all_inner_texts()
    assert [float(cell) for cell in row] == pytest.approx(np.mean(errors, axis=0), abs=0.011)
    assert "Over ten rounds" in told(guess)
    tab.keyboard.press("Enter")
    assert guess.locator("[data-round]").inner_text().startswith("Round 1 of 10")


@pytest.mark.parametrize("hand", [mouse, finger])
def test_the_guess_is_dragged(visit, hand):
    tab = visit(**({} if hand is mouse else PHONE))
    guess = place(tab, "guess")
    surface = guess.locator("[data-stage=days] rect.drag")
    value = lambda: float(guess.locator("[name=guess]").input_value())  # noqa: E731
    hand(tab, middle(surface, 0.5, 0.5), middle(surface, 0.5, 0.3))
    upper = value()
    hand(tab, middle(surface, 0.5, 0.5), middle(surface, 0.5, 0.7))
    lower = value()
    hand(tab, middle(surface, 0.5, 0.7), middle(surface, 0.5, 0.5))
    assert upper > lower + 3
    assert value() == pytest.approx((upper + lower) / 2, abs=0.3)


def test_learning_curves_tell_the_runs_errors(visit, data):
    tab = visit()
    overfitting = place(tab, "overfitting")
    overfitting.locator("[name=epoch]").focus()
    tab.keyboard.press("Home")
    folders = contents.runs(page.REFERENCE, "jena/gru", ["hourly"])
    first = np.mean([pd.read_csv(folder / "history.csv")["val_mae"][0] for folder in folders])
    degrees = data["overfitting"]["degrees"]
    assert f"GRU: {first * degrees:.2f} °C on validation" in told(overfitting, "curves")


def test_a_fixed_mask_keeps_what_a_changing_one_loses(visit):
    tab = visit()
    overfitting = place(tab, "overfitting")
    overfitting.get_by_label("dropout masks").check()
    for _ in range(3):
        fixed, changing = map(int, overfitting.get_attribute("data-kept").split(","))
        assert fixed > changing
        overfitting.get_by_role("button", name="new masks").click()
    slide(overfitting, "rate", 0)
    assert overfitting.get_attribute("data-kept") == "10,10"


def test_stacked_layers_need_sequences(visit):
    tab = visit()
    overfitting = place(tab, "overfitting")
    overfitting.get_by_label("stacking").check()
    assert "10,944 weights" in told(overfitting, "stack")  # 3 * (32 * (32 + 14) + 64) + 3 * (32 * (32 + 32) + 64)
    overfitting.locator("[name=sequences]").uncheck()
    assert "error" in told(overfitting, "stack")


def test_reading_orders_tell_their_results(visit):
    tab = visit()
    overfitting = place(tab, "overfitting")
    overfitting.get_by_role("radio", name="reading order").check()
    overfitting.get_by_label("backwards").check()
    found = [
        contents.metrics(folder)["validation"]["mae_celsius"]
        for folder in contents.runs(page.REFERENCE, "jena/reversed_gru", ["hourly"])
    ]
    assert f"{np.mean(found):.2f} °C" in told(overfitting, "order")

"""The loop, the gradients and the LSTM: what they show is right, by mouse, keyboard and touch."""

import re

import numpy as np
import pytest

from lecture import contents, page
from tests.lecture.hands import PHONE, middle, mouse, place, slide, told

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data():
    return contents.data(page.REFERENCE)


def test_the_loop_steps_through_time(visit, data):
    tab = visit()
    loop = place(tab, "loop")
    loop.get_by_role("button", name="Next").click()
    assert told(loop).startswith("Step 1: the cell reads x₁ = 0.09")
    for _ in range(11):
        loop.get_by_role("button", name="Next").click()
    assert "[0.21, 0.86]" in told(loop)
    slide(loop, "x1", -1)
    w = {name: np.array(values) for name, values in data["loop"]["weights"].items()}
    state = np.zeros(2)
    for x in [-1, *(x for (x,) in data["loop"]["inputs"][1:])]:
        state = np.tanh(w["W"][:, 0] * x + w["U"] @ state + w["b"])
    shown = [float(number.replace("−", "-")) for number in re.search(r"\[(.*?)\]", told(loop))[1].split(", ")]
    assert shown == pytest.approx(state, abs=0.006)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_loop_rolls_up(visit, motion):
    tab = visit(reduced_motion=motion)
    loop = place(tab, "loop")
    assert loop.locator("[data-stage=chain] rect").count() == 4
    loop.get_by_label("rolled up").check()
    if motion == "reduce":
        assert loop.locator("[data-stage=chain] rect").count() == 1
    loop.get_by_text("state [0.21, 0.86]").wait_for()
    tab.wait_for_timeout(900)  # the others fade
    assert loop.locator("[data-stage=chain] rect").count() == 1


def test_gradients_are_those_of_recurrence(visit, data):
    from recurrence.lstm import LSTM

    tab = visit()
    gradients = place(tab, "gradients")
    gradients.locator("[name=bias]").focus()
    for _ in range(8):
        tab.keyboard.press("ArrowRight")  # from 1 to 5
    slide(gradients, "scale", 0.5)
    slide(gradients, "steps", 50)
    numbers = data["gradients"]
    w = {name: np.array(values) for name, values in numbers["weights"]["lstm"].items()}
    w["b_f"][:] = 5
    for name in ("W_f", "W_i", "W_C", "W_o"):
        w[name][:, :16] *= 0.5
    sequences = np.array(numbers["sequences"])[:, :51]
    trace = LSTM(**w).forward(sequences)
    d_outputs = np.zeros_like(trace.h)
    d_outputs[:, -1] = numbers["head"]
    norms = LSTM(**w).backward(trace, d_outputs).norms
    power = round(float(np.log10(norms[:, 0] / norms[:, -1]).mean()))
    written = "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    gradients.get_by_text("After 50 steps").wait_for()
    assert re.search(r"LSTM: \w+ \((.*?)\)", told(gradients))[1] == written
    assert "SimpleRNN: vanishes" in told(gradients)


def test_the_lstm_lights_up_step_by_step(visit):
    tab = visit("lstm")
    lstm = tab.locator("#to-lstm")
    tab.keyboard.press("ArrowRight")  # alone, arrows step
    assert lstm.locator(".steps li[data-lit]").count() == 1
    for lit in (2, 3, 4):
        lstm.get_by_role("button", name="Next").click()
        assert lstm.locator(".steps li[data-lit]").count() == lit
    assert told(lstm).startswith("Timestep 3")
    lstm.get_by_role("button", name="Back").click()
    assert lstm.locator(".steps li[data-lit]").count() == 3


@pytest.mark.parametrize("kind", ["lstm", "coupled_lstm", "gru"])
def test_what_is_stored_is_recalled_after_an_input_is_changed(visit, kind):
    tab = visit()
    lstm = place(tab, "lstm")
    lstm.locator(f"[name=kind][value={kind}]").check()
    slide(lstm, "t", 2)
    slide(lstm, "number", -0.6)
    slide(lstm, "t", 4)
    answer, right = (
        float(n.replace("−", "-")) for n in re.search(r"Answer (.*), right is (.*)\.$", told(lstm)).groups()
    )
    assert right == -0.6 and answer == pytest.approx(right, abs=0.1)
    slide(lstm, "t", 2)
    lstm.get_by_label("store", exact=True).uncheck()
    slide(lstm, "t", 4)
    assert told(lstm).endswith("right is 0.00.")
    lstm.get_by_role("button", name="Reset").click()
    assert told(lstm).endswith("right is 0.80.")


def test_an_input_of_the_lstm_is_drawn_with_the_mouse(visit):
    tab = visit(height=1600)
    lstm = place(tab, "lstm")
    surface = lstm.locator("[data-stage=time] rect.drag")
    column = lambda t: (t - 0.5) / 12  # noqa: E731
    mouse(tab, middle(surface, column(3), 0.06), middle(surface, column(3), 0.12))
    assert told(lstm).startswith("Timestep 3: the number −")
    tab.mouse.click(*middle(surface, column(3), 0.19))  # the store row
    assert "store" in told(lstm)
    assert lstm.get_by_label("store", exact=True).is_checked()


def test_a_timestep_of_the_lstm_is_chosen_with_a_finger(visit):
    tab = visit(**PHONE)
    surface = place(tab, "lstm").locator("[data-stage=time] rect.drag")
    at = middle(surface, 8.5 / 12, 0.8)
    tab.touchscreen.tap(*at)
    assert told(place(tab, "lstm")).startswith("Timestep 9")

"""The newest window: what is wrong with it is refused, what is missing or unusual is said."""

import json

import numpy as np
import pandas as pd
import pytest

from foundation.user_error import UserError
from tables.description import Description
from tables.last_window import LEEWAY, Familiar, last_window, unchanged
from tables.normalise import Normaliser
from tables.treat import treat

ROWS = 1000
COLUMNS = ["T", "Tdew", "wv", "p"]


def weather(rows=ROWS, seed=0):
    rng = np.random.default_rng(seed)
    hour = np.arange(rows)
    temperature = 9 + 6 * np.sin(hour * 2 * np.pi / 24) + 4 * np.sin(hour / 90) + rng.normal(0, 1, rows)
    dew = temperature - 4 + rng.normal(0, 0.5, rows)
    wind = np.abs(2 + np.sin(hour / 30) + rng.normal(0, 0.7, rows))
    return np.stack([temperature, dew, wind, 990 + 5 * np.sin(hour / 50)], axis=1)


def table(values, keep=slice(None), **keys):
    index = pd.date_range("2024-01-20", periods=len(values), freq="1h")
    return treat(pd.DataFrame(values, index=index, columns=COLUMNS).iloc[keep], Description(**keys), source="new.csv")


def familiar():
    values = weather()
    return Familiar.fit(COLUMNS, values, Normaliser.fit(values), 48)


def test_the_newest_window_ends_in_the_newest_row():
    whole = table(weather())
    window = last_window(whole, 48)
    np.testing.assert_array_equal(whole.values[window.rows], whole.values[-48:])
    assert window.last == whole.times[-1]
    assert window.phrases() == []


def test_the_lectures_window_ends_one_row_before():
    window = last_window(table(weather()), 48, skip=1)
    assert window.rows == slice(ROWS - 49, ROWS - 1)


def test_what_is_missing_is_said():
    values = weather()
    values[-3:, 0] = np.nan
    window = last_window(table(values), 48)
    assert window.phrases() == ["6.2% of T in the window was missing and filled, all since 2024-03-01 12:00:00"]
    values[:, 0] = weather()[:, 0]
    values[-20:-15, 2] = -9999
    assert last_window(table(values), 48).phrases() == ["10.4% of wv in the window was missing and filled"]


def test_a_window_that_is_mostly_filled_is_refused():
    values = weather()
    values[-12:, 0] = -9999
    with pytest.raises(
        UserError, match=r"new.csv: 25% of T is missing within the 48 rows that the model looks back on"
    ):
        last_window(table(values), 48)


def test_a_window_with_values_missing_for_longer_is_refused():
    values = weather()
    values[-40:, 0] = np.nan
    with pytest.raises(UserError, match="T is missing for too long within the 48 rows"):
        last_window(table(values), 48)


def test_a_break_within_the_window_is_refused():
    keep = np.r_[0:930, 971:ROWS]
    with pytest.raises(
        UserError, match=r"new.csv has a break from 2024-02-27 17:00:00 to 2024-02-29 11:00:00, within the 48"
    ):
        last_window(table(weather(), keep), 48)
    assert last_window(table(weather(), keep), 28)


def test_a_table_that_is_too_short_is_refused():
    with pytest.raises(UserError, match=r"new.csv has 40 rows and the model needs 49: give a longer file"):
        last_window(table(weather(40)), 48, skip=1)


@pytest.mark.parametrize(
    ("column", "change", "words"),
    [
        (0, lambda x: x + 273.15, "T has 2.* standard deviations from the training data's mean of "),
        (0, lambda x: x * 1.8 + 32, "T does not fit the other columns|T has "),
        (3, lambda x: x * 100, "p has "),
        (0, lambda x: np.where(np.arange(len(x)) > 37, -999, x), "T has -999"),
    ],
    ids=["kelvin", "Fahrenheit", "pascal", "a mark"],
)
def test_inputs_in_another_unit_are_refused_by_column(column, change, words):
    window = weather(seed=1)[-48:]
    window[:, column] = change(window[:, column])
    refusals = familiar().refusals(window)
    assert len(refusals) == 1
    assert pd.Series(refusals).str.contains(words, regex=True).all()


def test_inputs_of_another_size_are_warned_of_by_column():
    window = weather(seed=1)[-48:]
    window[:, 2] += 2.5
    assert familiar().refusals(window) == []
    (warning,) = familiar().warnings(window)
    assert warning.startswith("wv averages ")
    assert warning.endswith("is its unit the same?")


@pytest.mark.parametrize("seed", range(1, 20))
def test_weather_like_that_of_training_is_neither(seed):
    values = weather(seed=seed)
    for start in range(0, ROWS - 48, 90):
        window = values[start : start + 48]
        assert familiar().refusals(window) == []
        assert familiar().warnings(window) == []


def test_where_training_saw_one_season_only_other_units_are_refused_and_other_seasons_are_not():
    values = weather()
    known = Familiar.fit(COLUMNS, values, Normaliser.fit(values), 48, LEEWAY)
    season = np.add(weather(seed=1)[-48:], [25, 15, 0, 0])
    assert familiar().refusals(season) != []
    assert known.refusals(season) == []
    assert known.refusals(season * [1, 1, 1, 100]) != []
    assert known.refusals(np.add(season, [273.15, 0, 0, 0])) != []
    again = Familiar.from_record(json.loads(json.dumps(known.record())), known.normaliser)
    assert again.refusals(season) == []


def test_what_is_familiar_survives_the_record():
    known = familiar()
    again = Familiar.from_record(json.loads(json.dumps(known.record())), known.normaliser)
    window = weather(seed=1)[-48:] * [1.8, 1, 3.6, 1]
    assert again.refusals(window) == known.refusals(window) != []
    assert again.warnings(window) == known.warnings(window) != []


def test_what_is_measured_no_more_is_said():
    window, values = slice(ROWS - 48, ROWS), weather()
    assert unchanged(table(values), window, ["T"]) == []
    values[-25:, 0] = 7.5
    assert unchanged(table(values), window, ["T"]) == ["T has been 7.5 in the last 25 rows: is it measured any more?"]
    assert unchanged(table(values), window, ["wv"]) == []
    values[-25:, 0] = 0  # as rain is
    assert unchanged(table(values), window, ["T"]) == []
    values[-6:] = values[-7]
    (phrase,) = unchanged(table(values), window, ["T"])
    assert phrase == "no column has changed in the last 7 rows: is anything measured any more?"

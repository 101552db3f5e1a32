"""What a sweep tries: values and ranges as they are written, and the points they give."""

import itertools

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from foundation.user_error import UserError
from lab.sweep import space as search_space
from lab.sweep.space import Choice, Range

TYPES = {"units": int, "learning_rate": float, "gaps": str}


def read(key, text):
    """As settings are read: an int where the setting is one, else what the text is."""
    if key not in TYPES:
        raise UserError(f"there is no setting {key}")
    try:
        return TYPES[key](text)
    except ValueError as error:
        raise UserError(f"{key}: {text} is none") from error


WHOLE = st.integers(1, 10**6)
RATES = st.floats(1e-9, 1e9, allow_nan=False)


@given(st.lists(WHOLE, min_size=1, max_size=5), st.lists(RATES, min_size=1, max_size=5))
def test_values_come_back_as_they_were_written_each_once(units, rates):
    words = [f"units={','.join(map(str, units))}", f"learning-rate={','.join(map(str, rates))}"]
    space = search_space.parse(words, "grid", read)
    assert space == {"units": Choice(tuple(dict.fromkeys(units))), "learning_rate": Choice(tuple(dict.fromkeys(rates)))}
    points = search_space.grid(space)
    expected = list(itertools.product(dict.fromkeys(units), dict.fromkeys(rates)))
    assert [(point["units"], point["learning_rate"]) for point in points] == expected


@given(st.tuples(WHOLE, WHOLE).filter(lambda ends: ends[0] < ends[1]), st.integers(0, 2**32))
def test_a_range_of_whole_numbers_gives_whole_numbers_within(ends, seed):
    space = search_space.parse([f"units={ends[0]}..{ends[1]}"], "random", read)
    drawn = space["units"].draw(np.random.default_rng(seed))
    assert isinstance(drawn, int)
    assert ends[0] <= drawn <= ends[1]


@given(st.tuples(RATES, RATES).filter(lambda ends: ends[0] < ends[1]), st.integers(0, 2**32))
def test_a_range_gives_numbers_within(ends, seed):
    space = search_space.parse([f"learning_rate={ends[0]}..{ends[1]}"], "tpe", read)
    assert ends[0] <= space["learning_rate"].draw(np.random.default_rng(seed)) <= ends[1]


def test_a_range_of_a_factor_of_ten_or_more_is_drawn_by_factors():
    generator = np.random.default_rng(0)
    low = [Range(1e-4, 1e-2).draw(generator) < 1e-3 for _ in range(2000)]
    assert np.mean(low) == pytest.approx(0.5, abs=0.05)
    low = [Range(1.0, 3.0).draw(generator) < 2.0 for _ in range(2000)]
    assert np.mean(low) == pytest.approx(0.5, abs=0.05)


def test_draws_are_different_always_the_same_and_grow_by_new_ones():
    space = {"units": Range(1, 1000), "learning_rate": Range(1e-4, 1e-2)}
    ten = search_space.draws(space, 10)
    assert len({tuple(point.values()) for point in ten}) == 10
    assert search_space.draws(space, 15)[:10] == ten


def test_draws_end_where_the_space_does():
    assert sorted(point["units"] for point in search_space.draws({"units": Choice((1, 2, 3))}, 10)) == [1, 2, 3]


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_flags_say_what_yaml_reads(value):
    (flag,) = search_space.flags({"steps_per_epoch": value})
    name, _, text = flag.partition("=")
    assert name == "--steps-per-epoch"
    assert yaml.safe_load(text) == value or float(text) == value


@pytest.mark.parametrize(
    ("words", "method", "told"),
    [
        (["units"], "grid", "not of the form"),
        (["=4"], "grid", "not of the form"),
        (["units="], "grid", "has no values"),
        (["units=,"], "random", "has no values"),
        (["units=1", "units=2"], "grid", "twice"),
        (["units=1..4"], "grid", "is a range"),
        (["units=4..1"], "random", "no range"),
        (["units=4..4"], "tpe", "no range"),
        (["learning_rate=1e-3..inf"], "random", "finite"),
        (["units=1.."], "tpe", "is none"),
        (["gaps=skip..keep"], "random", "no number"),
        (["colour=red"], "grid", "no setting"),
    ],
)
def test_a_wrong_word_is_a_mistake(words, method, told):
    with pytest.raises(UserError, match=told):
        search_space.parse(words, method, read)

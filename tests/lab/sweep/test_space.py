"""What a sweep tries: values and ranges as they are written, and the points that they give."""

import itertools
from dataclasses import dataclass, field
from typing import get_type_hints

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from foundation.user_error import UserError
from lab.identity import setting
from lab.sweep import space as search_space
from lab.sweep.space import Choice, Range


@dataclass(frozen=True)
class Config:
    units: int
    learning_rate: float
    gaps: str
    budget_steps: int = field(metadata=setting("length"))
    csv: str = field(metadata=setting("data"))
    seed: int = field(metadata=setting("repeat"))
    threads: int = field(metadata=setting("working"))
    evaluation_batch: int = field(metadata=setting("working"))


def read(key, text):
    """Returns a setting's value, as `lab.settings` does."""
    if key not in get_type_hints(Config):
        raise UserError(f"there is no setting {key}")
    try:
        return get_type_hints(Config)[key](text)
    except ValueError as error:
        raise UserError(f"{key}: {text!r} isn't valid") from error


def parse(words, method):
    return search_space.parse(words, method, Config, read)


WHOLE = st.integers(1, 10**6)
RATES = st.floats(1e-9, 1e9, allow_nan=False)


@given(st.lists(WHOLE, min_size=1, max_size=5), st.lists(RATES, min_size=1, max_size=5))
def test_values_come_back_as_they_were_written_each_once(units, rates):
    words = [f"units={','.join(map(str, units))}", f"learning-rate={','.join(map(str, rates))}"]
    space = parse(words, "grid")
    assert space == {"units": Choice(tuple(dict.fromkeys(units))), "learning_rate": Choice(tuple(dict.fromkeys(rates)))}
    points = search_space.grid(space)
    expected = list(itertools.product(dict.fromkeys(units), dict.fromkeys(rates)))
    assert [(point["units"], point["learning_rate"]) for point in points] == expected


@given(st.tuples(WHOLE, WHOLE).filter(lambda ends: ends[0] < ends[1]), st.integers(0, 2**32))
def test_a_range_of_whole_numbers_gives_whole_numbers_within(ends, seed):
    space = parse([f"units={ends[0]}..{ends[1]}"], "random")
    drawn = space["units"].draw(np.random.default_rng(seed))
    assert isinstance(drawn, int)
    assert ends[0] <= drawn <= ends[1]


@given(st.tuples(RATES, RATES).filter(lambda ends: ends[0] < ends[1]), st.integers(0, 2**32))
def test_a_range_gives_numbers_within(ends, seed):
    space = parse([f"learning_rate={ends[0]}..{ends[1]}"], "tpe")
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


@pytest.mark.parametrize("text", ["../a.csv", "a..b", "1..2..3", "4..", "..4", "v1..2"])
def test_two_dots_make_a_range_only_between_two_numbers(text):
    assert parse([f"gaps={text}"], "grid") == {"gaps": Choice((text,))}


def test_a_setting_that_says_how_long_to_train_can_be_swept():
    assert parse(["budget-steps=10..20"], "random") == {"budget_steps": Range(10, 20)}


@pytest.mark.parametrize(
    ("words", "method", "message"),
    [
        (["units"], "grid", "not of the form"),
        (["=4"], "grid", "not of the form"),
        (["units="], "grid", "has no values"),
        (["units=,"], "random", "has no values"),
        (["units=1", "units=2"], "grid", "twice"),
        (["units=1..4"], "grid", "units=1..4 is a range"),
        (["units=4..1"], "random", "units=4..1 must be finite, and the first less"),
        (["units=4..4"], "tpe", "the first less"),
        (["learning_rate=1e-3..inf"], "random", "must be finite"),
        (["units=1.."], "tpe", "units: '1..' isn't valid"),
        (["units=1..x"], "tpe", "units: '1..x' isn't valid"),
        (["gaps=1..2"], "random", "gaps isn't a number"),
        (["colour=red"], "grid", "no setting"),
        (["csv=../a.csv,../b.csv"], "grid", "csv can't be swept: trials on different data .* --csv"),
        (["seed=0,1"], "grid", "seed can't be swept: --seeds"),
        (["threads=1,2"], "grid", "threads can't be swept: --cpus-per-trial"),
        (["evaluation-batch=1,2"], "grid", "evaluation_batch can't be swept: .* --evaluation-batch"),
    ],
)
def test_a_wrong_word_is_named(words, method, message):
    with pytest.raises(UserError, match=message) as error:
        parse(words, method)
    assert "\n" not in str(error.value)


def test_a_setting_that_is_a_list_has_no_values_to_try():
    with pytest.raises(UserError, match="gaps is a list, which can't be swept"):
        search_space.parse(["gaps=[a]"], "grid", Config, lambda key, value: [value])

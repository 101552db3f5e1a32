"""The verdict by the rule: the whole interval decides."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.claims.spec import Rule
from lab.claims.statistics import interval
from lab.claims.verdict import FAILS, HOLDS, UNDECIDED, decide

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=6)
BOUNDS = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).map(sorted)


def verdict(low, high, values, ends=None):
    return decide(Rule(low, high, "in words"), values, ends or interval(values, 0.95))


@pytest.mark.parametrize(
    ("values", "low", "high", "expected"),
    [
        # -1.1 ± 0.1: the interval is -1.1 ± 0.2484
        ([-1.2, -1.1, -1.0], -math.inf, 0, HOLDS),
        ([-1.2, -1.1, -1.0], 0, math.inf, FAILS),
        ([-1.2, -1.1, -1.0], -1.3, 0, UNDECIDED),
        ([-1.2, -1.1, -1.0], -1.35, -0.85, HOLDS),
        ([-1.2, -1.1, -1.0], -0.85, -0.1, FAILS),
        # -0.1 ± 0.1: -0.1 ± 0.2484
        ([-0.2, -0.1, 0.0], -math.inf, 0, UNDECIDED),
        ([5.0, 5.0, 5.0], 5, 5, HOLDS),
        ([5.0, 5.0, 5.0], 6, 6, FAILS),
    ],
)
def test_the_whole_interval_decides(values, low, high, expected):
    assert verdict(low, high, values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [([-1.2, -1.1, 0.1], HOLDS), ([-1.2, -1.1, -1.0], FAILS), ([-0.3, -0.1, -0.001], UNDECIDED)],
)
def test_one_seed_is_enough_if_the_rule_says_so(values, expected):
    rule = Rule(0, math.inf, "not below 0 for every seed", one_is_enough=True)
    assert decide(rule, values, interval(values, 0.95)) == expected


@given(values=NUMBERS, bounds=BOUNDS)
def test_a_rule_and_its_mirror_image_judge_alike(values, bounds):
    low, high = bounds
    ends = interval(values, 0.95)
    mirrored = verdict(-high, -low, [-value for value in values], (-ends[1], -ends[0]))
    assert verdict(low, high, values, ends) == mirrored


@given(values=NUMBERS, bounds=BOUNDS, more=st.floats(0, 1e6))
def test_a_wider_rule_is_no_harder_to_meet(values, bounds, more):
    low, high = bounds
    narrow, wide = (verdict(low - by, high + by, values) for by in (0, more))
    order = [FAILS, UNDECIDED, HOLDS]
    assert order.index(wide) >= order.index(narrow)


@given(values=NUMBERS, bound=st.floats(-1e6, 1e6))
def test_the_mean_is_in_the_range_of_a_claim_that_holds_and_outside_if_it_does_not(values, bound):
    decided = verdict(-math.inf, bound, values)
    assert decided == UNDECIDED or (decided == HOLDS) == (statistics.fmean(values) <= bound)

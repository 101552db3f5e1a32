"""Decimals against what they are for: the first digits of a number are seen, and no more than asked for."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.decimals import MOST, decimals_of, two_digits

SIZES = st.floats(1e-90, 1e90)


@pytest.mark.parametrize(
    ("std", "values", "errors"), [(8.85, 1, 2), (1.0, 1, 2), (250.0, 1, 2), (0.5, 2, 3), (0.02, 3, 4), (5e-7, 8, 9)]
)
def test_values_and_errors_have_the_decimals_of_a_standard_deviation(std, values, errors):
    assert decimals_of(std) == values
    assert decimals_of(std, digits=3, least=2) == errors


@given(SIZES, st.integers(1, 5), st.integers(0, 4))
def test_the_digits_are_shown_and_no_more_unless_the_least_is(size, digits, least):
    decimals = decimals_of(size, digits, least)
    shown = f"{size:.{decimals}f}".replace(".", "").lstrip("0")
    assert decimals >= least
    assert len(shown) >= digits
    if decimals > least:
        assert len(shown) <= digits + 1  # 0.0999 rounds up to 0.100


@given(SIZES, SIZES)
def test_a_larger_number_never_has_more_decimals(one, other):
    smaller, larger = sorted((one, other))
    assert decimals_of(smaller) >= decimals_of(larger) == decimals_of(-larger)


@pytest.mark.parametrize("size", [0.0, -0.0, math.nan, math.inf, -math.inf])
def test_what_has_no_digits_has_the_fewest_decimals(size):
    assert decimals_of(size, least=3) == 3


@pytest.mark.parametrize("size", [5e-324, 1e-300])
def test_no_number_has_more_than_a_page_can_show(size):
    assert decimals_of(size) == MOST


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0.01234, "0.012"),
        (1.8e-5, "1.8e-05"),
        (99.4, "99"),
        (99.6, "100"),
        (183.4, "183"),
        (12345.6, "12,346"),
        (1e99, "1e+99"),
        (math.nan, "nan"),
    ],
)
def test_two_digits_need_no_power_of_ten_below_a_million(size, text):
    assert two_digits(size) == text

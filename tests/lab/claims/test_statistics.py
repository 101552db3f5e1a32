"""Means over seeds: intervals and numbers of seeds worked out by hand."""

import math

import pytest

from lab.claims.statistics import duration, interval, mean_and_deviation, power, seeds_needed


def test_the_interval_is_student_s():
    # mean 2, standard deviation 1; Student's t with 2 degrees of freedom exceeds 4.30265 with probability 2.5 %
    assert interval([1, 2, 3], 0.95) == pytest.approx((2 - 4.30265 / math.sqrt(3), 2 + 4.30265 / math.sqrt(3)), 1e-5)
    assert interval([1], 0.95) == (-math.inf, math.inf)


@pytest.mark.parametrize(
    ("mean", "seeds"),
    [
        (0.026, 4),  # half the interval of 4 seeds is 3.18245 · 0.01 / √4 = 0.0159; of 3 it is 0.0248
        (0.0150, 5),  # of 5: 2.77645 · 0.01 / √5 = 0.01242
        (0.0120, 6),  # of 6: 2.57058 · 0.01 / √6 = 0.01049
        (1e-5, None),
    ],
)
def test_the_number_of_seeds_is_the_smallest_whose_interval_decides(mean, seeds):
    values = [mean - 0.01, mean, mean + 0.01]  # standard deviation 0.01
    assert seeds_needed(values, 0.95, lambda ends: ends[0] > 0) == seeds


def test_numbers_in_words():
    assert mean_and_deviation([1, 2, 3]) == "2 ± 1"
    assert mean_and_deviation([0.5, 0.5], sign=True) == "+0.5"
    assert mean_and_deviation([328353]) == "328,353"
    assert (power(0.5), power(17.2), power(-6.1), power(math.nan)) == ("3.16", "1e+17", "1e-6", "–")
    assert [duration(seconds) for seconds in (1, 300, 5000, 40_000, 4e6)] == [
        "1 min",
        "5 min",
        "1.4 h",
        "11 h",
        "1,111 h",
    ]

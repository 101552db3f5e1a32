"""The block bootstrap against formulas, and against the interval that independent days would have."""

import itertools

import numpy as np
import pytest

from tables.bootstrap import interval, means


def test_of_few_days_every_series_can_be_listed():
    """Six days in blocks of one: the mean of six draws, whose exact distribution is that of a sum of dice."""
    values = np.arange(1.0, 7.0)
    exact = [np.mean(rolls) for rolls in itertools.product(values, repeat=6)]
    drawn = means(values, np.arange(6), block=1, draws=20_000)
    levels = [0.025, 0.25, 0.5, 0.75, 0.975]
    np.testing.assert_allclose(np.quantile(drawn, levels), np.quantile(exact, levels), atol=0.17)


def test_the_spread_is_that_of_means_of_blocks():
    """Blocks are drawn independently, so the variance is that of all circular blocks' means over the number of blocks.

    CircularBlockBootstrap of arch 8.0.0 has 0.2006 for these values.
    """
    values, block = np.sin(np.arange(70) / 5) + np.arange(70) % 3 / 4, 7
    blocks = [np.roll(values, -start)[:block].mean() for start in range(70)]
    drawn = means(values, np.arange(70), block, draws=40_000)
    assert np.std(blocks) / np.sqrt(10) == pytest.approx(0.2006, abs=0.001)
    assert drawn.std() == pytest.approx(0.2006, abs=0.002)
    assert drawn.mean() == pytest.approx(values.mean(), abs=0.003)


def test_a_day_of_more_values_counts_more():
    values, days = np.array([0.0] * 40 + [1.0] * 120), np.repeat(np.arange(80), [1] * 40 + [3] * 40)
    assert means(values, days, block=1, draws=10_000).mean() == pytest.approx(0.75, abs=0.01)


def test_the_mean_is_in_95_of_100_intervals_though_hours_and_days_are_not_independent():
    """Days follow each other with a correlation of 0.6, the hours of a day are alike: as errors of forecasts are."""
    rng = np.random.default_rng(0)
    days = np.repeat(np.arange(200), 24)
    held = {1: 0, 10: 0}
    as_if_independent, repeats = 0, 200
    for _ in range(repeats):
        noise = rng.normal(size=250)
        day = np.zeros(250)
        for n in range(1, 250):
            day[n] = 0.6 * day[n - 1] + noise[n]
        values = np.repeat(day[50:], 24) + rng.normal(size=4800)
        for block in held:
            low, high = interval(values, days, block=block)
            held[block] += low <= 0 <= high
        as_if_independent += abs(values.mean()) <= 1.96 * values.std() / np.sqrt(len(values))
    assert 0.86 < held[10] / repeats < 0.97  # blocks end somewhere, so they see a little too little
    assert held[1] / repeats < 0.75
    assert as_if_independent / repeats < 0.3


def test_few_days_have_no_interval():
    assert np.isnan(interval(np.arange(27.0), np.arange(27))).all()
    assert np.isnan(interval(np.empty(0), np.empty(0, int))).all()
    assert np.isfinite(interval(np.arange(28.0), np.arange(28))).all()

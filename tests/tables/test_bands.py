"""Bands and scores against MAPIE and scoringrules, and against their promise."""

import json

import numpy as np
import pytest

from foundation.user_error import UserError
from tables.bands import Bands, conformalised, symmetric
from tables.scores import coverage, crps, pinball, width, winkler

ERRORS = np.array(
    [
        "0",
        "-2.53",
        "0.08",
        "-1.14",
        "0.4",
        "3.52",
        "-9.23",
        "-1.12",
        "0.39",
        "-1.25",
        "-4.41",
        "-1.2",
        "-0.05",
        "-0.24",
        "-2.68",
        "-2.47",
        "-0.71",
        "-2.63",
        "-0.32",
        "0.87",
        "0.58",
        "-3.62",
        "1.29",
        "-1.37",
        "-1.1",
    ],
    float,
)


@pytest.mark.parametrize(("share", "half"), [(0.8, 2.68), (0.9, 4.41)])
def test_the_symmetric_band_is_that_of_mapie(share, half):
    """MAPIE 1.6.0, SplitConformalRegressor, prefit, on these errors of a forecast of 0."""
    assert symmetric(ERRORS, np.zeros(25), share) == half


def test_the_band_with_two_tails_is_that_of_mapie():
    """MAPIE 1.6.0, with AbsoluteConformityScore(sym=False)."""
    low, high = Bands.fit(ERRORS, np.zeros(25), [0.1, 0.5, 0.9]).band(np.zeros(1), 0.1, 0.9)
    assert (low[0], high[0]) == (-4.41, 1.29)


def test_the_scores_are_those_of_scoringrules():
    """scoringrules 0.10.0: crps_quantile, quantile_score and interval_score."""
    truth, levels = np.array([0.3, -1.2, 2.5]), [0.1, 0.3, 0.5, 0.9]
    quantiles = np.array([[-1, -0.2, 0.4, 1.5], [-2, -1.5, -1, 0], [0, 1, 1.5, 2]])
    assert crps(truth, quantiles, levels) == pytest.approx(0.415)
    for n, expected in enumerate([0.15333333, 0.23, 0.21666667, 0.23]):
        assert pinball(truth, quantiles[:, [n]], [levels[n]]) == pytest.approx(expected)
    assert winkler(truth, quantiles[:, 0], quantiles[:, 3], 0.8) == pytest.approx(3.8333333)


def test_coverage_and_width():
    truth = np.array([0.0, 1.0, 2.0, 3.0])
    assert coverage(truth, np.full(4, 1.0), np.full(4, 2.0)) == 0.5
    assert width(np.full(4, 1.0), np.full(4, 2.5)) == 1.5


@pytest.mark.parametrize("count", [19, 50, 101])
def test_new_values_are_covered_as_promised(count):
    rng = np.random.default_rng(0)
    held = {"two tails": 0, "one size": 0, "widened": 0}
    draws = 4000
    for _ in range(draws):
        errors = rng.gamma(1, 1, count + 1)
        old, new = errors[:-1], errors[-1:]
        low, high = Bands.fit(old, np.zeros(count), [0.1, 0.9]).band(np.zeros(1), 0.1, 0.9)
        held["two tails"] += coverage(new, low, high)
        held["one size"] += abs(new[0]) <= symmetric(old, np.zeros(count), 0.8)
        more = conformalised(old, np.full(count, 0.3), np.full(count, 0.9), 0.8)
        held["widened"] += 0.3 - more <= new[0] <= 0.9 + more
    for name, number in held.items():
        assert 0.78 < number / draws < 0.8 + 2.5 / (count + 1) + 0.02, name


def test_each_lead_time_and_target_has_its_own_band():
    rng = np.random.default_rng(0)
    spread = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    truth, forecast = rng.normal(size=(2000, 3, 2)) * spread, np.zeros((2000, 3, 2))
    bands = Bands.fit(truth, forecast, [0.9, 0.1])
    assert bands.levels == (0.1, 0.9)
    assert bands(forecast).shape == (2000, 3, 2, 2)
    low, high = bands.band(forecast[:1], 0.1, 0.9)
    np.testing.assert_allclose((high - low)[0], 2 * 1.2816 * spread, rtol=0.1)


def test_bands_survive_the_record():
    bands = Bands.fit(ERRORS[:, None], np.zeros((25, 1)), [0.1, 0.5, 0.9])
    again = Bands.from_record(json.loads(json.dumps(bands.record())))
    np.testing.assert_array_equal(again(ERRORS[:, None]), bands(ERRORS[:, None]))
    assert again.levels == bands.levels


@pytest.mark.parametrize("levels", [[0, 0.5], [0.5, 1], [-0.1], []])
def test_levels_must_be_between_0_and_1(levels):
    with pytest.raises(UserError, match="must be between 0 and 1"):
        Bands.fit(ERRORS, np.zeros(25), levels)


def test_too_few_windows_are_refused():
    with pytest.raises(UserError, match=r"8 validation windows are too few for a quantile of 0.1: give at least 9"):
        Bands.fit(ERRORS[:8], np.zeros(8), [0.1, 0.9])
    assert Bands.fit(ERRORS[:9], np.zeros(9), [0.1, 0.9])
    with pytest.raises(UserError, match="too few for a band of 80%"):
        symmetric(ERRORS[:3], np.zeros(3), 0.8)

"""Bands and scores against MAPIE and scoringrules, and against their promise."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.user_error import UserError
from tables.bands import Bands
from tables.levels import check_levels, parse_levels
from tables.scores import coverage, pinball, width

ERRORS, TRUTH, CENTRE = np.loadtxt(
    [
        "0 -2.53 .08 -1.14 .4 3.52 -9.23 -1.12 .39 -1.25 -4.41 -1.2 -.05 -.24 -2.68 -2.47 -.71 -2.63 -.32 .87 .58 "
        "-3.62 1.29 -1.37 -1.1",
        "1.83 2.64 1.07 3.98 .91 .98 .11 .52 1.06 2.26 1.51 .95 3.13 .88 1.14 .67 1.47 1.96 .96 2.9 .51 4.08 2.03 4.35 "
        "5.24",
        ".11 -.36 0 .2 -.39 .12 .13 .21 -.36 -.2 -.13 -.35 .52 -.15 .1 -.08 .48 .4 .19 -.66 .02 .21 .3 -.19 .55",
    ]
)
LEVELS = [0.1, 0.5, 0.9]


def test_the_band_with_two_tails_is_that_of_mapie():
    """MAPIE 1.6.0, SplitConformalRegressor, prefit, AbsoluteConformityScore(sym=False), forecasting 0."""
    low, _, high = Bands.fit(ERRORS, np.zeros(25), LEVELS)(np.zeros(1))[0]
    assert (low, high) == (-4.41, 1.29)


@pytest.mark.parametrize(("levels", "expected"), [((0.1, 0.9), (0.31, 4.54)), ((0.05, 0.95), (-0.02, 4.69))])
def test_a_model_s_own_quantiles_are_moved_as_mapie_moves_them(levels, expected):
    """MAPIE 1.6.0, ConformalizedQuantileRegressor, prefit, symmetric_correction=False: quantiles centre + 1 and + 3."""
    bands = Bands.fit(TRUTH, CENTRE[:, None] + [1, 3], levels)
    np.testing.assert_allclose(bands(np.array([[1.0, 3.0]]))[0], expected)


def test_the_pinball_loss_is_that_of_scoringrules():
    """scoringrules 0.10.0: crps_quantile, which is twice the mean, and quantile_score."""
    truth, levels = np.array([0.3, -1.2, 2.5]), [0.1, 0.3, 0.5, 0.9]
    quantiles = np.array([[-1, -0.2, 0.4, 1.5], [-2, -1.5, -1, 0], [0, 1, 1.5, 2]])
    assert 2 * pinball(truth, quantiles, levels) == pytest.approx(0.415)
    for n, expected in enumerate([0.15333333, 0.23, 0.21666667, 0.23]):
        assert pinball(truth, quantiles[:, [n]], [levels[n]]) == pytest.approx(expected)


def test_coverage_and_width():
    truth, quantiles = np.array([0.0, 1.0, 2.0, 3.0]), np.tile([1.0, 1.7, 2.5], (4, 1))
    assert coverage(truth, quantiles) == 0.5
    assert width(quantiles) == 1.5


@pytest.mark.parametrize("count", [19, 50, 101])
def test_new_values_are_covered_as_promised(count):
    rng = np.random.default_rng(0)
    held = {"forecasts": 0.0, "quantiles": 0.0}
    draws = 4000
    own = np.array([0.3, 0.9])
    for _ in range(draws):
        errors = rng.gamma(1, 1, count + 1)
        old, new = errors[:-1], errors[-1:]
        held["forecasts"] += coverage(new, Bands.fit(old, np.zeros(count), [0.1, 0.9])(np.zeros(1)))
        held["quantiles"] += coverage(new, Bands.fit(old, np.tile(own, (count, 1)), [0.1, 0.9])(own[None]))
    for name, number in held.items():
        assert 0.78 < number / draws < 0.8 + 2.5 / (count + 1) + 0.02, name


def test_each_lead_time_and_target_has_its_own_band():
    rng = np.random.default_rng(0)
    spread = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    truth, forecast = rng.normal(size=(2000, 3, 2)) * spread, np.zeros((2000, 3, 2))
    bands = Bands.fit(truth, forecast, [0.1, 0.9])
    quantiles = bands(forecast)
    assert quantiles.shape == (2000, 3, 2, 2)
    np.testing.assert_allclose((quantiles[..., 1] - quantiles[..., 0])[0], 2 * 1.2816 * spread, rtol=0.1)
    wider = Bands.fit(truth, forecast[..., None] + [-1.0, 1.0], [0.1, 0.9])
    np.testing.assert_allclose(wider(forecast[..., None] + [-1.0, 1.0]), quantiles)


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.lists(st.floats(-5, 5), min_size=3, max_size=3))
def test_no_quantiles_cross(forecast, offsets):
    quantiles = Bands((0.1, 0.5, 0.9), np.array(offsets))(np.array([forecast]))
    assert (np.diff(quantiles) >= 0).all()
    assert sorted(np.add(forecast, offsets)) == quantiles[0].tolist()


def test_bands_survive_the_record():
    bands = Bands.fit(ERRORS[:, None], np.zeros((25, 1)), LEVELS)
    again = Bands.from_record(json.loads(json.dumps(bands.record())))
    np.testing.assert_array_equal(again(ERRORS[:, None]), bands(ERRORS[:, None]))
    assert again.levels == bands.levels


@pytest.mark.parametrize("levels", [[0, 0.5], [0.5, 1], [-0.1], [], [0.9, 0.1], [0.5, 0.5], [float("nan")]])
def test_levels_must_ascend_between_0_and_1(levels):
    with pytest.raises(UserError, match="must ascend between 0 and 1"):
        check_levels(levels)


def test_levels_are_read_from_text():
    assert parse_levels("0.1, 0.50,.9") == (0.1, 0.5, 0.9)
    for text in ("", "a", "0.1;0.9", "0.1,,0.9", "nan"):
        with pytest.raises(UserError, match="quantiles"):
            parse_levels(text)


def test_too_few_windows_are_refused():
    with pytest.raises(UserError, match=r"8 validation windows are too few for a quantile of 0.1: give at least 9"):
        Bands.fit(ERRORS[:8], np.zeros(8), [0.1, 0.9])
    assert Bands.fit(ERRORS[:9], np.zeros(9), [0.1, 0.9])

"""A line through the cells reaches the small ones at its ends, and noise makes no line."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.risk.age_trend import fit_age_trend
from riskkit.risk.credibility import CellRatios

AGE = np.tile([35.0, 45.0, 55.0, 65.0, 75.0, 85.0], 2)
FEMALE = np.repeat([0.0, 1.0], 6)
VOLUME = np.tile([1.0, 6.0, 18.0, 24.0, 14.0, 4.0], 2)


def fit(ratio: np.ndarray, error: float, *, rising: bool = False) -> np.ndarray:
    """Fit the trend of cells whose noise falls with their volume."""
    found = CellRatios(ratio, error / np.sqrt(VOLUME), np.zeros(12), np.ones(12))
    return fit_age_trend(found, VOLUME, AGE, FEMALE, rising=rising)


def test_slopes_without_noise_are_recovered_in_both_directions() -> None:
    # 4% more a decade of age, women 5% less
    ratio = np.exp(0.04 * (AGE - 60) / 10 - 0.05 * FEMALE)
    np.testing.assert_allclose(fit(ratio, 1e-6), ratio / (VOLUME @ ratio / VOLUME.sum()), rtol=1e-6)


def test_a_slope_that_chance_would_make_is_none() -> None:
    # the same ratios, each with a standard error of 60% over the root of its volume: the slope is not twice its error
    ratio = np.exp(0.01 * (AGE - 60) / 10)
    np.testing.assert_allclose(fit(ratio, 0.6), 1.0, atol=1e-9)


@pytest.mark.parametrize("error", [0.05, 0.2, 0.4])
def test_a_slope_is_shrunk_by_its_own_noise(error: float) -> None:
    # slope .04 a decade; its variance is error^2 over the volume's spread of age, sum v (decades from the mean)^2,
    # so that 1 - variance / slope^2 of it stays (to the second order of the slope)
    ratio = np.exp(0.04 * (AGE - 60) / 10)
    decades = (AGE - VOLUME @ AGE / VOLUME.sum()) / 10
    variance = error**2 / (VOLUME @ decades**2)
    kept = max(1 - variance / 0.04**2, 0.0)
    trend = fit(ratio, error)
    assert np.log(trend[5] / trend[0]) == pytest.approx(kept * 0.04 * 5, rel=0.05, abs=1e-9)


def test_a_falling_trend_is_refused_where_cost_must_not_fall_with_age() -> None:
    trend = fit(np.exp(-0.04 * (AGE - 60) / 10), 1e-3, rising=True)
    np.testing.assert_allclose(trend, 1.0, atol=1e-3)


def test_factors_keep_the_expected_total_and_two_cells_make_no_line() -> None:
    assert VOLUME @ fit(np.exp(0.1 * (AGE - 60) / 10), 0.1) == pytest.approx(VOLUME.sum())
    two = CellRatios(np.array([0.8, 1.2]), np.full(2, 0.01), np.ones(2), np.ones(2))
    assert fit_age_trend(two, np.ones(2), np.array([40.0, 60.0]), np.array([0.0, 1.0]), rising=True).tolist() == [1, 1]

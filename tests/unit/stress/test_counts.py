"""Counts from normals have the distribution they claim, whole numbers within bounds, increasing in the normal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from riskkit.stress.counts import EXACT_BELOW, binomial_from_normal, poisson_from_normal, standard_skewed

# The midpoints of 200,001 equal slices of probability: means over them are integrals over the normal distribution.
SLICES = (np.arange(200_001) + 0.5) / 200_001
NORMALS = stats.norm.ppf(SLICES)


@pytest.mark.parametrize(("number", "chance"), [(1, 0.3), (20, 0.05), (60, 0.04), (8, 0.9), (20, 0.5)])
def test_a_small_binomial_is_the_exact_quantile(number: int, chance: float) -> None:
    trials = np.full(len(NORMALS), float(number))
    counted = binomial_from_normal(trials, np.array(chance), NORMALS)
    assert number * chance * (1 - chance) < EXACT_BELOW
    shares = [(counted == k).mean() for k in range(number + 1)]
    assert shares == pytest.approx(stats.binom.pmf(range(number + 1), number, chance), abs=2e-5)


@pytest.mark.parametrize("mean", [0.01, 0.8, 5.9])
def test_a_small_poisson_is_the_exact_quantile(mean: float) -> None:
    counted = poisson_from_normal(np.full(len(NORMALS), mean), NORMALS)
    shares = [(counted == k).mean() for k in range(25)]
    assert shares == pytest.approx(stats.poisson.pmf(range(25), mean), abs=2e-5)


@pytest.mark.parametrize("mean", [6.0, 12.0, 80.0, 5000.0])
def test_a_large_poisson_has_mean_and_variance_within_a_fifth_of_a_percent(mean: float) -> None:
    counted = poisson_from_normal(np.full(len(NORMALS), mean), NORMALS)
    assert counted.mean() == pytest.approx(mean, rel=2e-3)
    assert counted.var() == pytest.approx(mean, rel=5e-3)
    assert stats.skew(counted) == pytest.approx(mean**-0.5, abs=0.015)


@pytest.mark.parametrize(("number", "chance"), [(400, 0.02), (400, 0.98), (1000, 0.3), (200_000, 0.5)])
def test_a_large_binomial_has_mean_and_variance_within_a_fifth_of_a_percent(number: int, chance: float) -> None:
    counted = binomial_from_normal(np.full(len(NORMALS), float(number)), np.array(chance), NORMALS)
    assert counted.mean() == pytest.approx(number * chance, rel=2e-3)
    assert counted.var() == pytest.approx(number * chance * (1 - chance), rel=5e-3)


def test_counts_are_whole_within_bounds_and_never_fall_with_the_normal() -> None:
    normals = np.linspace(-8, 8, 401)
    for number, chance in ((0, 0.3), (3, 0.5), (30, 0.1), (500, 0.7)):
        counted = binomial_from_normal(np.full(401, float(number)), np.array(chance), normals)
        assert (counted == np.round(counted)).all()
        assert counted.min() >= 0
        assert counted.max() <= number
        assert (np.diff(counted) >= 0).all()
    for mean in (0.2, 5.0, 30.0):
        assert (np.diff(poisson_from_normal(np.full(401, mean), normals)) >= 0).all()


def test_no_chance_and_no_mean_give_nothing() -> None:
    assert not binomial_from_normal(np.array([5.0]), np.array([0.0]), np.array([3.0])).any()
    assert not poisson_from_normal(np.array([0.0]), np.array([3.0])).any()


@pytest.mark.parametrize("skewness", [0.0, 0.2, 1.0, 2.5, 9.0])
def test_a_skewed_sum_has_mean_nought_and_variance_one_at_any_skewness(skewness: float) -> None:
    values = standard_skewed(NORMALS, np.full(len(NORMALS), skewness))
    assert values.mean() == pytest.approx(0, abs=1e-3)
    assert values.var() == pytest.approx(1, rel=3e-3)
    assert (np.diff(values) >= 0).all()
    if skewness <= 1:
        assert stats.skew(values) == pytest.approx(skewness, abs=0.012)

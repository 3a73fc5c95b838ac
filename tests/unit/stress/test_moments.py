"""Moments of body and large claims agree with closed forms and with quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from riskkit.stress.moments import compute_body_cumulants, compute_claim_moments, compute_large_claim_moment
from tests.stress_policies import make_policy, number, small_values, tier


def test_a_lognormal_claim_has_the_moments_of_its_logarithm() -> None:
    # With mean 1 and cv 1: s2 = ln 2, E[X**k] = exp(k (k - 1) s2 / 2) = 1, 2, 8.
    assert compute_claim_moments("lognormal", 1.0, 1.0) == (1.0, 2.0, 8.0)


@pytest.mark.parametrize("index", [1.0, 1.6, 2.0, 2.5, 3.0])
@pytest.mark.parametrize("order", [1, 2])
def test_large_claims_have_the_moments_of_a_cut_pareto(index: float, order: int) -> None:
    below, _ = integrate.quad(lambda x: x**order * index * 60.0**index * x ** (-index - 1), 60.0, 500.0)
    expected = below + 500.0**order * (60.0 / 500.0) ** index
    assert compute_large_claim_moment(60.0, index, 500.0, order) == pytest.approx(expected, rel=1e-9)


def test_a_compound_poisson_year_has_the_raw_moments_of_its_claims_as_cumulants() -> None:
    policy = make_policy(small_values(tiers=[tier(frequency=2, claim_mean=10, claim_cv=1)]))
    body = compute_body_cumulants(policy.tiers, policy.claims)
    mean, sd, skewness = body.scaled(np.array([1.0]))
    # Exponential claims of mean 10: m = 10, 200, 6000; cumulants 2 m = 20, 400, 12000.
    assert mean == pytest.approx([20.0])
    assert sd == pytest.approx([20.0])
    assert skewness == pytest.approx([12000 / 400**1.5])


def test_the_mixture_over_members_adds_its_part() -> None:
    values = small_values(tiers=[tier(frequency=2, claim_mean=10, claim_cv=0)])
    values["claims"]["dispersion"] = number(0.5)
    policy = make_policy(values)
    _, sd, skewness = compute_body_cumulants(policy.tiers, policy.claims).scaled(np.array([1.0]))
    # Claims of exactly 10: variance 100 (2 + 4 / 0.5) = 1000; negative binomial with p = 0.5 / 2.5 = 0.2:
    # skewness (2 - p) / sqrt(0.5 (1 - p)) = 1.8 / sqrt(0.4).
    assert sd == pytest.approx([np.sqrt(1000)])
    assert skewness == pytest.approx([1.8 / np.sqrt(0.4)])


def test_twice_the_claims_is_twice_the_poisson_part() -> None:
    policy = make_policy()
    body = compute_body_cumulants(policy.tiers, policy.claims)
    one, two = body.scaled(np.array([1.0])), body.scaled(np.array([2.0]))
    assert two[0] == pytest.approx(2 * one[0])
    assert two[1] == pytest.approx(np.sqrt(2) * one[1])


def test_nothing_that_scatters_has_no_skewness() -> None:
    policy = make_policy(small_values(tiers=[tier(frequency=0)]))
    assert compute_body_cumulants(policy.tiers, policy.claims).scaled(np.array([1.0]))[2] == [0.0]

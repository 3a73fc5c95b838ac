"""The cost of a year has the moments of its members' claims, in body and tail, team by team."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.stress.costs import compute_body, compute_large_claims
from riskkit.stress.draws import Draws
from riskkit.stress.model import StressModel, make_model
from tests.stress_policies import make_policy, number, small_values, tier

PATHS = 20_000


def model_of(*, teams: list[list[int]], **changes: float) -> StressModel:
    values = small_values(tiers=[tier(**changes)], teams=teams)
    values["claims"]["dispersion"] = number(1.5)
    return make_model(make_policy(values))


def members_of(model: StressModel, paths: int = PATHS) -> np.ndarray:
    return np.broadcast_to(model.members, (paths, *model.members.shape))


def test_the_body_of_a_team_has_mean_variance_and_skewness_of_its_sum() -> None:
    model = model_of(teams=[[400], [25]], frequency=4, claim_cv=2)
    normals = np.random.default_rng(1).standard_normal((PATHS, 2, 1))
    factor = np.full((PATHS, 1), 1.2)
    cost = compute_body(model, members_of(model), factor, np.array([1.0]), normals)
    # Frequency 4.8; claims of mean 100, E[X**2] = 50,000: mean 480 a member, variance 4.8 x 50,000 + 480**2 / 1.5.
    mean, variance = 480, 4.8 * 50_000 + 480**2 / 1.5
    for team, n in enumerate((400, 25)):
        error = np.sqrt(n * variance / PATHS)
        assert cost[:, team].mean() == pytest.approx(n * mean, abs=4 * error)
        assert cost[:, team].var() == pytest.approx(n * variance, rel=4 * np.sqrt(2.2 / PATHS))


def test_a_price_scales_the_body() -> None:
    model = model_of(teams=[[400]])
    normals = np.zeros((1, 1, 1))
    full, half = (
        compute_body(model, members_of(model, 1), np.ones((1, 1)), np.array([price]), normals) for price in (1.0, 0.5)
    )
    assert half == pytest.approx(full / 2)


def test_a_team_without_members_costs_nothing() -> None:
    model = model_of(teams=[[0], [10]], large_claims=0.5)
    draws = Draws(model.shape, 0, range(500))
    cells = draws.cells(0)
    body = compute_body(model, members_of(model, 500), np.ones((500, 1)), np.array([1.0]), cells[-1])
    large = compute_large_claims(model, members_of(model, 500), np.ones((500, 1)), draws, 0)
    assert not body[:, 0].any()
    assert not large[:, 0].any()
    assert large[:, 1].any()


def test_large_claims_have_the_moments_of_a_compound_poisson_sum_in_each_team() -> None:
    model = model_of(teams=[[300], [100]], large_claims=0.01)
    draws = Draws(model.shape, 5, range(PATHS))
    large = compute_large_claims(model, members_of(model), np.full((PATHS, 1), 2.0), draws, 1)
    # E[min(X, 4000)] = 1750 (test_model); E[min**2] = 2 x 1000**2 x ln 4 + 4000**2 / 16 = 3,772,589.
    second = 2 * 1000**2 * np.log(4) + 4000**2 / 16
    for team, expected in enumerate((6.0, 2.0)):
        variance = expected * second
        assert large[:, team].mean() == pytest.approx(expected * 1750, abs=4 * np.sqrt(variance / PATHS))
        assert large[:, team].var() == pytest.approx(variance, rel=4 * np.sqrt(3 / PATHS))
    # Poisson splits are independent.
    assert abs(np.corrcoef(large.T)[0, 1]) < 4 / np.sqrt(PATHS)


def test_every_large_claim_is_between_threshold_and_ceiling() -> None:
    model = model_of(teams=[[1]], large_claims=0.05)
    draws = Draws(model.shape, 5, range(PATHS))
    large = compute_large_claims(model, members_of(model), np.ones((PATHS, 1)), draws, 0)[:, 0]
    assert large[large > 0].min() >= 1000
    single = large[(large > 0) & (large <= 4000)]
    # P(X >= 4000) = (1000 / 4000)**2 = 1 / 16 of single claims stand at the ceiling.
    assert (single == 4000).mean() == pytest.approx(1 / 16, abs=4 * np.sqrt(1 / 16 / len(single)))

"""The stress test meets its closed form, and a brute-force simulation of every member and claim."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.stress.model import make_model
from riskkit.stress.projection import compute_fund_flows
from riskkit.stress.simulation import simulate
from tests.stress_policies import make_policy, number, small_values, tier


@pytest.mark.parametrize(("trend_sd", "expected"), [(0.0, 0.191), (0.02, 0.258)])
@pytest.mark.parametrize("body", ["gamma", "lognormal"])
def test_the_chance_of_a_breach_is_that_of_the_closed_form(trend_sd: float, expected: float, body: str) -> None:
    # METHODS 8 [V]: 12,700 lives of CV 2.5, mean trend 3%, line 5%. One claim a year (Poisson) of cv v has a member's
    # CV**2 of 1 + v**2, so v**2 = 5.25. 20 teams of 635 lives.
    values = small_values(tiers=[tier(claim_cv=5.25**0.5)], teams=[[635]] * 20) | {"years": 1}
    values["claims"]["body"] = body
    model = make_model(make_policy(values, trend__mean=0.03, trend__sd=trend_sd))
    growth = compute_fund_flows(model, simulate({"a": model}, 10_000, 11)["a"]).growth[:, 0]
    error = np.sqrt(expected * (1 - expected) / 10_000)
    assert (growth > 0.05).mean() == pytest.approx(expected, abs=4 * error)


def brute_force(members: int, paths: int, seed: int) -> np.ndarray:
    """Every member's claims, one by one: negative binomial number, lognormal size, and cut Pareto claims."""
    rng = np.random.default_rng(seed)
    number_of_claims = rng.negative_binomial(1.5, 1.5 / (1.5 + 3.0), size=(paths, members)).sum(axis=1)
    log_variance = np.log(1 + 2.0**2)
    costs = np.empty(paths)
    for path, claims in enumerate(number_of_claims):
        body = rng.lognormal(np.log(100) - log_variance / 2, log_variance**0.5, size=claims).sum()
        large = np.minimum(1000 * (1 + rng.pareto(2.0, size=rng.poisson(0.02 * members))), 4000).sum()
        costs[path] = body + large
    return costs


@pytest.mark.parametrize("members", [15, 120, 635])
def test_a_team_scatters_like_its_members_one_by_one(members: int) -> None:
    paths = 6000
    values = small_values(tiers=[tier(frequency=3, claim_cv=2, large_claims=0.02)], teams=[[members]])
    values["claims"] |= {"body": "lognormal", "dispersion": number(1.5)}
    values["years"] = 1
    model = make_model(make_policy(values))
    mine = simulate({"a": model}, paths, 5)["a"].cost[:, 0, 0]
    brute = brute_force(members, paths, 6)
    error = np.hypot(mine.std(), brute.std()) / np.sqrt(paths)
    assert abs(mine.mean() - brute.mean()) < 4 * error
    # Standard error of a variance: var x sqrt((kurtosis - 1) / n), taken from the brute-force paths.
    centred = (brute - brute.mean()) / brute.std()
    spread = np.sqrt(2 * ((centred**4).mean() - 1) / paths)
    assert abs(mine.var() / brute.var() - 1) < 4 * spread
    # The tail too: the share above the brute-force 95% and 99% points, counted on both sides.
    for level in (0.95, 0.99):
        above = (mine > np.quantile(brute, level)).mean()
        assert abs(above - (1 - level)) < 4 * np.sqrt(2 * level * (1 - level) / paths)


def test_process_risk_vanishes_with_members_and_trend_risk_does_not() -> None:
    spread = {}
    for lives in (100, 10_000):
        for trend_sd in (0.0, 0.02):
            values = small_values(teams=[[lives]]) | {"years": 1}
            model = make_model(make_policy(values, trend__sd=trend_sd))
            cost = simulate({"a": model}, 4000, 1)["a"].cost.ravel()
            spread[lives, trend_sd] = cost.std() / cost.mean()
    # CV of a member sqrt(2): .1414 at 100, .01414 at 10,000; with the trend sqrt(.01414**2 + .02**2) = .0245.
    assert spread[100, 0.0] == pytest.approx(0.1414, rel=0.05)
    assert spread[10_000, 0.0] == pytest.approx(0.01414, rel=0.05)
    assert spread[10_000, 0.02] == pytest.approx(0.0245, rel=0.05)

"""Paths of the fund tie: payout, reserve and growth follow from cost and contract to the last digit."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.stress.draws import Draws
from riskkit.stress.model import StressModel, make_model
from riskkit.stress.projection import FundFlows, Projection, compute_fund_flows, project
from riskkit.stress.reading import read_stress_policy
from tests.stress_policies import BASE, MODELS, make_policy, number, small_values, tier


def run(model: StressModel, paths: int = 50) -> tuple[Projection, FundFlows]:
    projection = project(model, Draws(model.shape, 1, range(paths)))
    return projection, compute_fund_flows(model, projection)


CERTAIN = [tier(frequency=1e6, claim_mean=1e-4, claim_cv=0)]


def test_without_scatter_the_paths_are_the_arithmetic() -> None:
    values = small_values(tiers=CERTAIN, teams=[[100], [50]])
    model = make_model(make_policy(values, trend__mean=0.1, fund__reserve=1000, contract__retention=0.5))
    projection, flows = run(model)
    # Cost 100 a member: 110, 121; prepaid 100; nobody shares the overspend, so the fund pays the cost.
    assert flows.cost == pytest.approx(np.tile([150 * 110, 150 * 121], (50, 1)), rel=2e-2)
    assert projection.prepaid[:, 0] == pytest.approx(np.tile([10000.0, 5000.0], (50, 1)))
    assert flows.growth.mean(axis=0) == pytest.approx([0.1, 0.1], abs=1e-4)
    assert flows.payout == pytest.approx(flows.cost)
    assert flows.reserve[:, 1] == pytest.approx(1000 + 2 * 15000 - flows.cost.sum(axis=1))


def test_what_the_fund_pays_is_cost_plus_what_the_teams_gain() -> None:
    model = make_model(read_stress_policy(BASE))
    projection, flows = run(model)
    assert flows.payout == pytest.approx(flows.cost + flows.team_result.sum(axis=-1))
    assert flows.members == pytest.approx(projection.members.sum(axis=-1))
    assert flows.reserve[:, 0] == pytest.approx(8_000_000 + flows.income[:, 0] - flows.payout[:, 0])
    assert np.diff(flows.reserve, axis=1) == pytest.approx((flows.income - flows.payout)[:, 1:])
    surplus = projection.prepaid - projection.cost
    assert (np.sign(flows.team_result) == np.sign(surplus)).all()


def test_at_full_risk_the_fund_pays_the_prepaid_sum() -> None:
    model = make_model(make_policy(contract__retention=1, contract__overspend_share=1))
    projection, flows = run(model)
    assert flows.payout == pytest.approx(projection.prepaid.sum(axis=-1))


def test_growth_may_be_of_the_payout_and_per_member() -> None:
    values = small_values(tiers=CERTAIN)
    values["redline"] |= {"measure": "payout", "per": "member"}
    numbers = {"contract__retention": 1, "contract__overspend_share": 1, "contract__rate_growth": 0.04}
    _, flows = run(make_model(make_policy(values, **numbers, enrolment__enter=0.3)))
    # Payout is prepaid: 4% per member, however many enter.
    assert flows.growth == pytest.approx(np.full((50, 2), 0.04))


def test_the_trend_is_shared_and_has_its_mean_and_sd() -> None:
    model = make_model(make_policy(trend__mean=0.03, trend__sd=0.02))
    trend = run(model, 20_000)[0].trend
    # (1.03)(1 + .02 z): mean 1.03, sd .0206.
    assert trend.mean() == pytest.approx(1.03, abs=4 * 0.0206 / np.sqrt(trend.size))
    assert trend.std() == pytest.approx(0.0206, rel=4 / np.sqrt(2 * trend.size))


def test_a_shock_comes_as_often_and_as_large_as_said() -> None:
    values = small_values()
    values["shock"] = {"probability": number(0.2), "size": number(0.25), "size_sd": number(0.05)}
    shock = run(make_model(make_policy(values)), 10_000)[0].shock
    came = shock > 0
    assert came.mean() == pytest.approx(0.2, abs=4 * np.sqrt(0.16 / shock.size))
    assert shock[came].mean() == pytest.approx(0.25, abs=4 * 0.05 / np.sqrt(came.sum()))


def test_a_shock_raises_the_claims_of_all_teams() -> None:
    values = small_values(tiers=CERTAIN, teams=[[100], [50]])
    values["shock"] = {"probability": number(1), "size": number(0.25), "size_sd": number(0)}
    projection, _ = run(make_model(make_policy(values)))
    assert projection.cost.mean(axis=(0, 1)) == pytest.approx([12500, 6250], rel=1e-3)


def test_the_fund_of_luohu_swings_from_a_deficit_of_5_percent_to_a_surplus_of_8() -> None:
    model = make_model(read_stress_policy(MODELS / "luohu.toml"))
    before = (model.members @ model.expected_cost).sum()
    income = model.members.sum() * model.policy.fund.income.value
    assert (income - before) / income == pytest.approx(-0.05, abs=5e-4)
    # In the last year claims are down by 29.268% of 42.302% = 12.381%, so cost over income is 1.05 x .87619 = .92.
    after = 1 - 1.05 * model.frequency[-1, 0]
    assert after == pytest.approx(0.08, abs=5e-4)
    _, flows = run(model, 4000)
    balance = 1 - flows.cost[:, -1] / flows.income[:, -1]
    assert balance.mean() == pytest.approx(0.08, abs=4 * balance.std() / np.sqrt(4000))

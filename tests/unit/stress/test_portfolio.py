"""A rate table brings its teams, tiers, rates and costs, within the scope of its rates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.stress.model import make_model
from riskkit.stress.portfolio import take_rate_table
from riskkit.stress.reading import read_stress_policy
from tests.stress_policies import BASE

POLICY = read_stress_policy(BASE)


def table(**columns: list[object]) -> pd.DataFrame:
    rows = {
        "exposure_months": [12.0] * 40 + [6.0] * 40 + [12.0] * 20,
        "expected_cost": [4000.0] * 40 + [9000.0] * 40 + [20000.0] * 20,
        "rate_amount": [2000.0] * 40 + [4000.0] * 40 + [9000.0] * 20,
        "risk_tier": ["low"] * 40 + ["medium"] * 40 + ["high"] * 20,
        "team_id": (["north"] * 3 + ["south"]) * 25,
    }
    return pd.DataFrame(rows | columns)


def test_members_are_member_years_by_team_and_tier() -> None:
    policy = take_rate_table(POLICY, table())
    assert {team.name: team.members for team in policy.portfolio.teams} == {
        "north": (30, 15, 15),
        "south": (10, 5, 5),
    }
    assert POLICY.portfolio.teams[0].name == "team_01"


def test_cost_is_that_within_the_scope_of_the_rates() -> None:
    policy = take_rate_table(POLICY, table())
    # Member years 40, 20, 20: rates 80,000 + 80,000 + 180,000 = 340,000; cost 160,000 + 180,000 + 400,000 = 740,000.
    expected = np.array([4000, 9000, 20000]) * 340 / 740
    assert make_model(policy).expected_cost == pytest.approx(expected)
    assert [tier.rate.value for tier in policy.tiers] == [2000, 4000, 9000]


def test_income_and_reserve_keep_their_proportion_to_cost() -> None:
    before, after = make_model(POLICY), make_model(take_rate_table(POLICY, table()))
    cost = [(model.members @ model.expected_cost).sum() for model in (before, after)]
    income = [model.members.sum() * model.policy.fund.income.value for model in (before, after)]
    reserve = [model.policy.fund.reserve.value for model in (before, after)]
    assert income[1] / cost[1] == pytest.approx(income[0] / cost[0])
    assert reserve[1] / cost[1] == pytest.approx(reserve[0] / cost[0])


def test_without_teams_members_are_dealt_in_proportion_and_none_is_lost() -> None:
    policy = take_rate_table(POLICY, table().drop(columns="team_id"))
    members = make_model(policy).members
    assert members.shape == (20, 3)
    assert members.sum(axis=0).tolist() == [40, 20, 20]


def test_a_tier_that_nobody_is_in_keeps_a_scaled_rate() -> None:
    rows = table()
    policy = take_rate_table(POLICY, rows[rows["risk_tier"] != "high"])
    assert make_model(policy).members[:, 2].sum() == 0
    assert policy.tiers[2].rate.value > policy.tiers[1].rate.value


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (table().drop(columns="risk_tier"), "no column 'risk_tier'"),
        (table(risk_tier=["unassessed"] * 100), "found tier 'unassessed'"),
        (table().head(0), "found no members"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(rows: pd.DataFrame, found: str) -> None:
    with pytest.raises(DataContractError, match=found):
        take_rate_table(POLICY, rows)

"""A team that cannot be scored counts as the pool and is told so, or nothing is settled."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.statement import settle
from riskkit.settlement.unscored import fill_unscored
from tests.unit.settlement.conftest import make_policy

NAN = float("nan")
TEAMS = pd.DataFrame(
    {
        "team_id": ["A", "B", "C"],
        "lives": [300, 100, 5],
        "quality": [90.0, 50.0, NAN],
        "prepaid_minor": 100000,
        "actual_minor": 90000,
    }
)


def test_the_mean_of_the_pool_by_lives_is_given_and_told(seed_policy: SettlementPolicy) -> None:
    # (300 x 90 + 100 x 50) / 400 = 80: .5 + .2 x 20 / 30 = .6333 of 100.00
    settlement = settle(seed_policy, fill_unscored(seed_policy, TEAMS))
    assert settlement.totals["retained_minor"].tolist() == [7000, 0, 6333]
    told = settlement.lines[settlement.lines["item"] == "pool_quality"]
    assert told[["team_id", "detail", "amount_minor"]].to_numpy().tolist() == [["C", "80", 0]]


def test_a_rate_of_the_scorecard_is_filled_like_the_score(seed_policy: SettlementPolicy) -> None:
    teams = TEAMS.assign(first_contact_rate=[0.6, 0.2, NAN])
    # (300 x .6 + 100 x .2) / 400 = .5
    assert fill_unscored(seed_policy, teams, ["first_contact_rate"])["first_contact_rate"].tolist() == [0.6, 0.2, 0.5]
    with pytest.raises(DataContractError, match="expected a first_contact_rate for each"):
        fill_unscored(make_policy(unscored="refuse"), teams.assign(quality=90.0), ["first_contact_rate"])


def test_a_policy_that_refuses_names_the_team() -> None:
    with pytest.raises(DataContractError, match=r"1 teams have too small denominators to be scored \(C\)"):
        fill_unscored(make_policy(unscored="refuse"), TEAMS)


def test_a_pool_without_any_score_is_refused(seed_policy: SettlementPolicy) -> None:
    with pytest.raises(DataContractError, match="3 teams have too small denominators"):
        fill_unscored(seed_policy, TEAMS.assign(quality=NAN))

"""Budgets of teams: experience, corridor, withhold; whatever they do, the whole stays the whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError, PolicyError
from riskkit.rates.allocation import allocate_budget
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.policy import RatePolicy
from riskkit.rates.team_budget import compute_team_budgets

Number = Callable[[float], dict[str, Any]]
# teams with ratios (1.1, 1.3) and (.7, .9), weight 1 each: means 1.2 and .8, s2 = (4 x .01) / 2 = .02;
# a = (2 x .04 x 2 - .02) / (4 - 8 / 4) = .07 and Z = 2 / (2 + .02 / .07) = .875, m = 1: premiums 1.175 and .825
EXPERIENCE = pd.DataFrame({"team_id": ["T1", "T1", "T2", "T2"], "ratio": [1.1, 1.3, 0.7, 0.9], "weight": 1.0})


@pytest.fixture
def rated(values: dict[str, Any]) -> Callable[..., tuple[FrozenRates, pd.DataFrame]]:
    """Two members of one year at 1,000 each, one in each team, under a policy with further blocks."""

    def rate(**blocks: Any) -> tuple[FrozenRates, pd.DataFrame]:
        kept = {name: block for name, block in values.items() if name not in {"region", "floor_cap"}}
        policy = RatePolicy.model_validate({**kept, **blocks})
        frame = pd.DataFrame(
            {
                "person_id": ["A", "B"],
                "index_date": pd.Timestamp("2025-01-01"),
                "exposure_months": 12.0,
                "expected_cost": 2500.0,
                "team_id": ["T1", "T2"],
            }
        )
        frozen = fit_rates(policy, frame, reference_population="two members")
        table = allocate_budget(frozen, compute_rates(frozen, frame)[0])
        return frozen, table.assign(team_id=frame["team_id"])

    return rate


def test_credible_experience_moves_money_between_teams_and_adds_none(rated: Callable[..., Any]) -> None:
    frozen, table = rated(credibility={"level": "team"})
    found = compute_team_budgets(frozen, table, experience=EXPERIENCE)
    assert found.budgets["credibility"].tolist() == pytest.approx([0.875, 0.875])
    assert found.budgets["budget_minor"].tolist() == [117_500, 82_500]
    assert int(found.budgets["budget_minor"].sum()) == frozen.budget_minor == 200_000


def test_experience_below_zero_is_refused(rated: Callable[..., Any]) -> None:
    frozen, table = rated(credibility={"level": "team"})
    wrong = EXPERIENCE.assign(ratio=[-0.1, *EXPERIENCE["ratio"].iloc[1:]])
    with pytest.raises(DataContractError, match=r"has a ratio below 0 \(1 of 4 rows\)"):
        compute_team_budgets(frozen, table, experience=wrong)


def test_the_corridor_holds_each_team_and_the_whole_budget(rated: Callable[..., Any], number: Number) -> None:
    # 1,000 a head against 800 and 1,150 last year: T1 may have 880 at most, so T2 takes 1,120 of its 1,035 to 1,265
    corridor = {"level": "team", "down": number(0.1), "up": number(0.1)}
    frozen, table = rated(corridor=corridor)
    prior = pd.DataFrame({"team_id": ["T1", "T2"], "amount": [800.0, 1150.0]})
    assert compute_team_budgets(frozen, table, prior=prior).budgets["budget_minor"].tolist() == [88_000, 112_000]


def test_a_new_team_is_not_held(rated: Callable[..., Any], number: Number) -> None:
    corridor = {"level": "team", "down": number(0.1), "up": number(0.1)}
    frozen, table = rated(corridor=corridor)
    prior = pd.DataFrame({"team_id": ["T1"], "amount": [800.0]})
    assert compute_team_budgets(frozen, table, prior=prior).budgets["budget_minor"].tolist() == [88_000, 112_000]


@pytest.mark.parametrize(
    ("prior", "text"),
    [
        ({"T1": -800.0, "T2": 1150.0}, r"team 'T1' has an amount that is not above 0 \(1 of 2 rows, amount -800.0\)"),
        ({"T1": 800.0, "T2": 0.0}, "team 'T2' has an amount that is not above 0"),
        ({"T1": 800.0, "T2": np.nan}, "team 'T2' has an amount that is not above 0"),
        ({"T1": 800.0, "T2": np.inf}, "team 'T2' has an amount that is not above 0"),
        ({"T1": "eight hundred", "T2": 1150.0}, "team 'T1' has an amount that is not above 0"),
        ({None: 800.0}, "no team_id"),
    ],
)
def test_last_years_amounts_are_above_zero(
    prior: dict[str | None, object], text: str, rated: Callable[..., Any], number: Number
) -> None:
    frozen, table = rated(corridor={"level": "team", "down": number(0.1), "up": number(0.1)})
    frame = pd.DataFrame({"team_id": list(prior), "amount": list(prior.values())})
    with pytest.raises(DataContractError, match=text):
        compute_team_budgets(frozen, table, prior=frame)


def test_last_years_amounts_are_one_per_team(rated: Callable[..., Any], number: Number) -> None:
    frozen, table = rated(corridor={"level": "team", "down": number(0.1), "up": number(0.1)})
    twice = pd.DataFrame({"team_id": ["T1", "T2", "T1"], "amount": [800.0, 1150.0, 900.0]})
    with pytest.raises(DataContractError, match=r"team 'T1' has more than one row \(2 of 3 rows"):
        compute_team_budgets(frozen, table, prior=twice)


def test_corridors_that_cannot_spend_the_budget_are_refused(rated: Callable[..., Any], number: Number) -> None:
    frozen, table = rated(corridor={"level": "team", "down": number(0.1), "up": number(0.1)})
    prior = pd.DataFrame({"team_id": ["T1", "T2"], "amount": [500.0, 600.0]})
    # (500 + 600) x .9 = 990 to 1,210; the budget is 2,000
    with pytest.raises(PolicyError, match=r"2,000\.00 lies outside .* 990\.00 to 1,210\.00"):
        compute_team_budgets(frozen, table, prior=prior)


def test_withheld_and_paid_sum_to_the_budget_and_the_ledger_to_what_is_paid(
    rated: Callable[..., Any], number: Number
) -> None:
    frozen, table = rated(withhold={"share": number(0.2), "released_by": "scorecard"}, credibility={"level": "team"})
    found = compute_team_budgets(frozen, table, experience=EXPERIENCE)
    assert found.budgets["withheld_minor"].tolist() == [23_500, 16_500]
    assert (found.budgets["paid_minor"] + found.budgets["withheld_minor"]).tolist() == [117_500, 82_500]
    sums = found.ledger.groupby("team_id")["amount"].sum().to_numpy()
    assert np.abs(sums - found.budgets["paid_minor"] / 100).max() < 1e-9
    assert found.ledger["step"].drop_duplicates().tolist() == [0, 4, 10, 12, 13]


@pytest.mark.parametrize(
    ("block", "text"),
    [("credibility", "needs the experience of the teams, got none"), ("corridor", "needs last year's team_id")],
)
def test_a_block_without_its_history_is_refused(
    block: str, text: str, rated: Callable[..., Any], number: Number
) -> None:
    blocks = {
        "credibility": {"level": "team"},
        "corridor": {"level": "team", "down": number(0.1), "up": number(0.1)},
    }
    frozen, table = rated(**{block: blocks[block]})
    with pytest.raises(DataContractError, match=text):
        compute_team_budgets(frozen, table)


def test_members_without_a_team_are_one_of_their_own(rated: Callable[..., Any]) -> None:
    frozen, table = rated()
    found = compute_team_budgets(frozen, table.assign(team_id=["T1", None]))
    assert found.budgets["team_id"].tolist() == ["T1", "no team"]
    with pytest.raises(DataContractError, match="lacks column 'team_id'"):
        compute_team_budgets(frozen, table.drop(columns="team_id"))

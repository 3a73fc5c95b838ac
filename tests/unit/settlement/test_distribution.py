"""What a team retains is handed on to the cent, and each part stands on its statement."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.settlement.distribution import add_parts, distribute
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.statement import Settlement, settle
from tests.unit.settlement.conftest import bands, make_policy, number

CONTRACTS = pd.DataFrame(
    # A retains 1.00, B overspends
    {"team_id": ["A", "B"], "prepaid_minor": [1000, 1000], "actual_minor": [900, 1100]}
)
INSTITUTIONS = pd.DataFrame(
    {"team_id": ["A", "A", "A", "B"], "institution_id": ["x", "y", "z", "w"], "volume": [1.0, 1.0, 1.0, 1.0]}
)


def make() -> tuple[SettlementPolicy, Settlement]:
    policy = make_policy(
        terms={"surplus": {"bands": bands((None, 1.0))}},
        distribution={"weights": {"volume": number(1.0)}, "uses": {"doctors": number(0.6)}},
    )
    return policy, settle(policy, CONTRACTS)


def test_the_parts_stand_on_the_statement_and_sum_to_what_is_retained() -> None:
    policy, settlement = make()
    assert policy.distribution is not None
    told = add_parts(settlement, distribute(policy.distribution, settlement.totals, INSTITUTIONS))
    parts = told.lines[told.lines["section"] == "distribution"]
    # 100 by thirds: 34, 33, 33
    assert parts[["team_id", "detail", "basis_minor", "amount_minor"]].to_numpy().tolist() == [
        ["A", "x", 100, 34],
        ["A", "y", 100, 33],
        ["A", "z", 100, 33],
    ]
    uses = told.lines[told.lines["section"] == "uses"]
    # 60% of 34 is 20.4, of 33 19.8: 20 and 20
    assert uses[["detail", "amount_minor"]].to_numpy().tolist() == [
        ["x: doctors", 20],
        ["y: doctors", 20],
        ["z: doctors", 20],
    ]
    # the other lines stay as they are, and a team that retains nothing has no part
    assert (
        told.lines[~told.lines["section"].isin(["distribution", "uses"])]
        .reset_index(drop=True)
        .equals(settlement.lines)
    )
    numbers = told.lines.loc[told.lines["team_id"] == "A", "line"].tolist()
    assert numbers == list(range(1, len(numbers) + 1))
    assert told.totals.equals(settlement.totals)


def test_parts_that_are_not_the_whole_are_refused() -> None:
    policy, settlement = make()
    assert policy.distribution is not None
    parts = distribute(policy.distribution, settlement.totals, INSTITUTIONS)
    with pytest.raises(DataContractError, match="the parts of team 'A' come to 67 minor units, what it retains to 100"):
        add_parts(settlement, parts[parts["institution_id"] != "y"])


def test_a_team_that_retains_money_and_has_no_institution_is_named() -> None:
    policy, settlement = make()
    assert policy.distribution is not None
    with pytest.raises(DataContractError, match="team 'A' retains money and has no institution"):
        distribute(policy.distribution, settlement.totals, INSTITUTIONS[INSTITUTIONS["team_id"] == "B"])


@pytest.mark.parametrize(
    "change",
    [
        {"team_id": ["A", "A", "A", "Z"]},
        {"institution_id": ["x", "x", "z", "w"]},
        {"institution_id": ["x", None, "z", "w"]},
    ],
    ids=["stranger", "twice", "nameless"],
)
def test_an_institution_that_cannot_be_paid_is_named(change: dict[str, list[str | None]]) -> None:
    policy, settlement = make()
    assert policy.distribution is not None
    with pytest.raises(
        DataContractError, match="expected each institution once, with a name, of a team that is settled"
    ):
        distribute(policy.distribution, settlement.totals, INSTITUTIONS.assign(**change))

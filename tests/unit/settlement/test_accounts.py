"""Accounts: rates prorated to days, claims to the team of their day, stop-loss and completion before the teams."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from riskkit.errors import DataContractError, PolicyError
from riskkit.settlement.accounts import build_accounts, prorate
from riskkit.settlement.completion import complete_claims
from riskkit.settlement.cost_blocks import Completion, StopLoss
from riskkit.settlement.outside import sum_outside
from riskkit.settlement.spans import choose_members
from riskkit.settlement.statement import settle
from riskkit.settlement.stop_loss import cede_above
from tests.unit.settlement.conftest import make_policy, number

START, END = pd.Timestamp("2023-01-01"), pd.Timestamp("2024-01-01")
FOREVER = "2100-01-01"


def make_spans(*rows: tuple[str, str | None, str, str]) -> pd.DataFrame:
    spans = pd.DataFrame(rows, columns=["person_id", "team_id", "start_date", "end_date"])
    return spans.assign(start_date=pd.to_datetime(spans["start_date"]), end_date=pd.to_datetime(spans["end_date"]))


def make_claims(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    claims = pd.DataFrame(rows, columns=["person_id", "date", "setting", "amount"])
    return claims.assign(date=pd.to_datetime(claims["date"]))


RATES = pd.DataFrame({"person_id": ["a", "b"], "rate_minor": [36500, 73000]})
SPANS = make_spans(
    # a: 73 of 365 days in T1, 292 in T2; b: joined T2 in the year before, left after 100 days
    ("a", "T1", "2022-06-01", "2023-03-15"),
    ("a", "T2", "2023-03-15", FOREVER),
    ("b", "T2", "2022-01-01", "2023-04-11"),
)


def test_a_rate_is_prorated_to_the_days_in_each_team() -> None:
    parts = prorate(RATES, SPANS, START, END)
    # 100 minor units a day for a, 200 for b
    found = parts.set_index(["person_id", "team_id"])["prepaid_minor"].to_dict()
    assert found == {("a", "T1"): 7300, ("a", "T2"): 29200, ("b", "T2"): 20000}


def test_the_parts_of_a_member_sum_to_the_rate() -> None:
    rates = pd.DataFrame({"person_id": ["a"], "rate_minor": [10001]})
    assert prorate(rates, SPANS, START, END)["prepaid_minor"].sum() == 10001


def test_a_claim_is_the_teams_of_its_first_day_and_the_rest_is_said() -> None:
    claims = make_claims(
        ("a", "2023-03-14", "outpatient", 10.0),
        ("a", "2023-03-15", "inpatient", 20.0),
        ("b", "2023-04-11", "outpatient", 40.0),  # the day after leaving
        ("z", "2023-05-01", "outpatient", 80.0),  # nobody of ours
        ("b", "2023-02-01", "outpatient", -5.0),  # a reversal
    )
    accounts = build_accounts(make_policy(), RATES, claims, SPANS, start=START, end=END)
    teams = accounts.contracts.set_index("team_id")
    assert teams["actual_minor"].to_dict() == {"T1": 1000, "T2": 1500}
    assert teams["prepaid_minor"].to_dict() == {"T1": 7300, "T2": 49200}
    assert teams["lives"].to_dict() == {"T1": 1, "T2": 2}
    assert sum_outside(accounts.outside) == {
        "joined_without_a_rate_minor": 0,
        "without_a_rate_minor": 8000,
        "without_a_team_minor": 4000,
    }


def test_the_pool_answers_for_its_share_of_a_claim() -> None:
    policy = make_policy(actual={"amount": "allowed_amount", "pool_share": number(0.4)})
    claims = make_claims(("a", "2023-02-01", "outpatient", 10.0))
    contracts = build_accounts(policy, RATES, claims, SPANS, start=START, end=END).contracts
    assert contracts.set_index("team_id")["actual_minor"].to_dict() == {"T1": 400, "T2": 0}


def test_rates_of_strangers_are_refused() -> None:
    with pytest.raises(DataContractError, match="none of 2 rated members was enrolled"):
        build_accounts(make_policy(), RATES, make_claims(), SPANS.assign(person_id="z"), start=START, end=END)


@pytest.mark.parametrize(
    ("basis", "ceded"),
    # METHODS 6 [V]: cost 90,000, payment 70,000, threshold 60,000, the fund takes over 80% of what is above
    [("spend", 2400000), ("residual", 0)],
)
def test_stop_loss_on_spend_pays_where_the_residual_is_small(basis: str, ceded: int) -> None:
    block = {"basis": basis, "threshold": number(60000, "CNY"), "fund_share": number(0.8)}
    members = pd.DataFrame({"person_id": ["a", "b"], "cost_minor": [9000000, 100], "prepaid_minor": [7000000, 100]})
    assert cede_above(StopLoss.model_validate(block), members, 100).tolist() == [ceded, 0]


def make_completion(**factors: float) -> Completion:
    numbers = {setting: number(value) for setting, value in factors.items()}
    block: dict[str, Any] = {"run_out_months": number(3), "factors": numbers, "blend_below": number(0.5)}
    return Completion.model_validate(block)


YEAR_LONG = make_spans(("a", "T1", "2022-01-01", FOREVER), ("b", "T1", "2022-01-01", FOREVER))


def test_what_the_fund_takes_over_is_not_completed_at_the_teams_cost() -> None:
    # 1,000,000 at .9 come to 1,111,111.11; all above 100,000 is the fund's, so the team bears 100,000
    policy = make_policy(
        stop_loss={"basis": "spend", "threshold": number(100000, "CNY"), "fund_share": number(1.0)},
        completion=make_completion(inpatient=0.9).model_dump(),
    )
    claims = make_claims(("a", "2023-02-01", "inpatient", 1000000.0))
    contracts = build_accounts(policy, RATES, claims, YEAR_LONG, start=START, end=END).contracts
    names = ["paid_minor", "completion_minor", "ceded_minor", "actual_minor"]
    assert contracts[names].iloc[0].tolist() == [100000000, 11111111, 101111111, 10000000]


def test_open_claims_come_to_members_by_their_claims_or_by_what_was_expected() -> None:
    claims = make_claims(("a", "2023-02-01", "inpatient", 900.0), ("b", "2023-02-01", "inpatient", 0.0))
    for factor, added in ((0.9, [10000, 0]), (0.4, [21900, 43800])):
        # 900 / .9 is 100 more, all a's; at .4 it is .6 of 1,095.00 prepaid, 1 to 2 as a and b were prepaid
        policy = make_policy(completion=make_completion(inpatient=factor).model_dump())
        members = build_accounts(policy, RATES, claims, YEAR_LONG, start=START, end=END).members
        assert members.sort_values("person_id")["completion_minor"].tolist() == added


def test_a_threshold_is_a_members_across_teams_and_shared_by_cost() -> None:
    # 30,000 in T1 and 90,000 in T2: 60,000 above the threshold, 1 to 3
    policy = make_policy(stop_loss={"basis": "spend", "threshold": number(60000, "CNY"), "fund_share": number(1.0)})
    claims = make_claims(("a", "2023-02-01", "inpatient", 30000.0), ("a", "2023-06-01", "inpatient", 90000.0))
    accounts = build_accounts(policy, RATES, claims, SPANS, start=START, end=END)
    assert accounts.contracts.set_index("team_id")["ceded_minor"].to_dict() == {"T1": 1500000, "T2": 4500000}
    # the fund's total ties: what is known is what the teams bear and what is taken over
    totals = settle(policy, accounts.contracts).totals[["paid_minor", "actual_minor", "ceded_minor"]].sum()
    assert totals["paid_minor"] == totals["actual_minor"] + totals["ceded_minor"] == 12000000


def test_claims_are_completed_by_setting_and_a_low_factor_looks_at_what_was_expected() -> None:
    # METHODS 1 [V]: 900 / .92 = 978.3. Below .5: 100 + .6 x 10% of what was prepaid (10% of all paid is inpatient)
    paid = pd.DataFrame({"team_id": ["T1", "T1"], "setting": ["outpatient", "inpatient"], "paid_minor": [90000, 10000]})
    done = complete_claims(make_completion(outpatient=0.92, inpatient=0.4), paid, {"T1": 120000})
    # 10,000 + .6 x 12,000 = 17,200; 90,000 / .92 = 97,826.09
    assert done.set_index("setting")["completed_minor"].to_dict() == {"inpatient": 17200, "outpatient": 97826}


@pytest.mark.parametrize(
    ("factors", "found"), [({"inpatient": 1.0}, "setting 'outpatient'"), ({"outpatient": 1.5}, "at most 1")]
)
def test_a_factor_that_is_absent_or_too_large_is_named(factors: dict[str, float], found: str) -> None:
    paid = pd.DataFrame({"team_id": ["T1"], "setting": ["outpatient"], "paid_minor": [1]})
    with pytest.raises(PolicyError, match=found):
        complete_claims(make_completion(**factors), paid, {})


def test_a_member_is_counted_in_the_team_of_most_days() -> None:
    persons = pd.DataFrame({"person_id": ["a", "b"], "birth_date": pd.to_datetime(["1963-01-01", "1973-01-01"])})
    members = choose_members(SPANS, persons, (START, END), 180)
    # b was enrolled for 100 days only
    assert members[["person_id", "team_id"]].to_numpy().tolist() == [["a", "T2"]]
    assert members["age"].round(1).tolist() == [60.0]

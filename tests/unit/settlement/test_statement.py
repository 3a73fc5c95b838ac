"""Statements reconcile, follow their lines, and refuse what they cannot settle."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from riskkit.errors import DataContractError, PolicyError
from riskkit.settlement.contract import Contract
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.statement import settle, settle_contract, sum_lines
from riskkit.settlement.totals import check_identities
from tests.unit.settlement.conftest import bands, make_policy, number


def frame(**row: Any) -> pd.DataFrame:
    return pd.DataFrame([{"team_id": "T1", "prepaid_minor": 100000, "actual_minor": 90000, **row}])


def test_the_lines_of_a_section_sum_to_what_is_retained(seed_policy: SettlementPolicy) -> None:
    # 1,000.01 left over at quality 70: .5 + .2 / 3 of it = 566.672..., 566.67
    contract = Contract("T1", 1000000, 899999, measures={"quality": 70.0})
    _, lines, totals = settle_contract(seed_policy, contract)
    assert totals["retained_minor"] == 56667
    assert sum_lines(lines, "surplus") == 56667


def test_a_deductible_is_a_first_band_without_a_share() -> None:
    policy = make_policy(terms={"surplus": {"bands": bands((0.02, 0.0), (None, 0.5))}})
    # 10% left over: 2 points stay with the fund, half of 8 go to the team
    assert settle(policy, frame()).totals["retained_minor"].tolist() == [4000]


def test_a_cliff_shares_from_the_first_unit_and_equality_reaches_it() -> None:
    policy = make_policy(terms={"surplus": {"bands": bands((None, 0.5)), "minimum": {"rate": number(0.1)}}})
    assert settle(policy, frame()).totals["retained_minor"].tolist() == [5000]
    assert settle(policy, frame(actual_minor=90001)).totals["retained_minor"].tolist() == [0]
    # the contract's own rate goes before the policy's
    assert settle(policy, frame(actual_minor=99000, minimum_rate=0.01)).totals["retained_minor"].tolist() == [500]


def test_bands_in_currency_count_amounts() -> None:
    policy = make_policy(terms={"surplus": {"measure": "currency", "bands": bands((60, 1.0), (None, 0.5))}})
    # 100.00 left over: all of the first 60.00, half of 40.00
    assert settle(policy, frame()).totals["retained_minor"].tolist() == [8000]


def test_the_lower_of_two_caps_holds_and_revenue_counts_where_it_is_known() -> None:
    caps = [{"of": "prepaid", "limit": number(0.05)}, {"of": "revenue", "limit": number(0.08)}]
    policy = make_policy(terms={"surplus": {"bands": bands((None, 1.0)), "caps": caps}})
    assert settle(policy, frame()).totals["retained_minor"].tolist() == [5000]
    assert settle(policy, frame(revenue_minor=50000)).totals["retained_minor"].tolist() == [4000]


def test_without_terms_the_fund_keeps_and_bears_everything() -> None:
    totals = settle(make_policy(), frame()).totals
    assert totals[["retained_minor", "returned_minor"]].iloc[0].tolist() == [0, 10000]
    totals = settle(make_policy(), frame(actual_minor=110000)).totals
    assert totals[["borne_team_minor", "borne_fund_minor"]].iloc[0].tolist() == [0, 10000]


def test_the_cost_is_followed_from_claims_to_the_account() -> None:
    lines = settle(make_policy(), frame(paid_minor=95000, completion_minor=5000, ceded_minor=10000)).lines
    account = lines[lines["section"] == "account"].set_index("item")["amount_minor"]
    assert account[["paid", "completion", "ceded"]].sum() == account["actual"] == -90000


def test_results_are_sorted_by_team_and_leave_the_input_alone(seed_policy: SettlementPolicy) -> None:
    rows = pd.concat([frame(team_id="T2", quality=80.0), frame(quality=80.0)], ignore_index=True)
    before = rows.copy()
    settlement = settle(seed_policy, rows)
    pd.testing.assert_frame_equal(rows, before)
    assert settlement.totals["team_id"].tolist() == ["T1", "T2"]
    assert settlement.lines["team_id"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"quality": None}, "team 'T1' has no 'quality'"),
        (
            {"actual_minor": 110000, "cause": "weather"},
            "cause must be one of force_majeure, quality, or none, found weather",
        ),
        ({"prepaid_minor": 0}, "prepaid_minor must be more than 0, found 0"),
        ({"prepaid_minor": 10.5}, "prepaid_minor must be a whole number"),
        ({"actual_minor": None}, "actual_minor must be a whole number"),
        ({"team_id": None}, "team_id must be a name"),
    ],
)
def test_a_contract_that_cannot_be_settled_is_named(
    seed_policy: SettlementPolicy, row: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataContractError, match=message):
        settle(seed_policy, frame(**row))


def test_a_repeated_team_or_an_absent_column_is_named(seed_policy: SettlementPolicy) -> None:
    with pytest.raises(DataContractError, match="one row per team"):
        settle(seed_policy, pd.concat([frame(), frame()]))
    with pytest.raises(DataContractError, match="lack column 'actual_minor'"):
        settle(seed_policy, frame().drop(columns="actual_minor"))


def test_an_unknown_track_is_an_error_of_policy() -> None:
    with pytest.raises(PolicyError, match="is in track '9', expected one of 1"):
        settle(make_policy(tracks={"1": {}}), frame(track="9"))


def test_totals_that_do_not_reconcile_are_refused(seed_policy: SettlementPolicy) -> None:
    totals = settle(seed_policy, frame(quality=80.0)).totals
    with pytest.raises(DataContractError, match="team 'T1' does not reconcile"):
        check_identities(totals.assign(returned_minor=totals["returned_minor"] + 1))


@pytest.mark.parametrize(
    ("funds", "actual", "net"),
    # half of 100.00 left over is retained, 30% of 100.00 too much is borne: the team sends back 50.00 of what it holds
    # and gets 70.00, or, where the fund pays the claims, gets 50.00 and owes 30.00
    [
        ("prepaid", 90000, -5000),
        ("prepaid", 110000, 7000),
        ("fee_for_service", 90000, 5000),
        ("fee_for_service", 110000, -3000),
    ],
)
def test_what_moves_depends_on_who_holds_the_money(funds: str, actual: int, net: int) -> None:
    terms = {"surplus": {"bands": bands((None, 0.5))}, "overspend": {"bands": bands((None, 0.3))}}
    settlement = settle(make_policy(contract={"funds": funds}, terms=terms), frame(actual_minor=actual))
    assert settlement.totals["net_minor"].tolist() == [net]
    assert settlement.lines[["item", "amount_minor", "detail"]].iloc[-1].tolist() == ["net", net, funds]

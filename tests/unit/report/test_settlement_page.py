"""The summary of a settlement shows a row per team and the sums that they tie to."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from riskkit.data.presets import find_presets
from riskkit.policy import read_policy, read_toml
from riskkit.report.settlement_page import make_claims_table, make_settlement_page, write_settlement_pages
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.statement import Settlement, settle


def settle_two(funds: str = "prepaid") -> Settlement:
    values = read_toml(find_presets() / "models" / "settlement" / "full_retention.toml")
    policy = SettlementPolicy.model_validate({**values, "contract": {"funds": funds}})
    rows = {"team_id": ["a/b", "c"], "prepaid_minor": [100000, 200000], "actual_minor": [90000, 230050]}
    return settle(policy, pd.DataFrame(rows))


def test_the_sums_are_those_of_the_rows() -> None:
    page = make_settlement_page(settle_two("fee_for_service"), "en")
    # prepaid 3,000.00, cost 3,200.50; retained 100.00, borne 300.50; 100.00 - 300.50 = -200.50
    heads = dict(zip(page["heads"][1:], page["sums"], strict=True))
    assert heads["Prepaid"] == "3,000.00"
    assert heads["Cost"] == "3,200.50"
    assert heads["Paid to the team (below 0: owed)"] == "-200.50"
    # nothing was withheld, and no treasury pays: those columns are left out
    assert "Withhold released" not in heads
    assert "Borne by the treasury" not in heads


def test_nothing_moves_where_teams_hold_what_they_retain_and_bear_all() -> None:
    page = make_settlement_page(settle_two(), "en")
    assert "Paid to the team (below 0: owed)" not in page["heads"]
    assert "Topped up (below 0: returned)" not in page["heads"]


def test_each_row_leads_to_its_statement(tmp_path: Path) -> None:
    write_settlement_pages(settle_two(), tmp_path)
    english = (tmp_path / "settlement.en.html").read_text(encoding="utf-8")
    assert '<a href="statements/a_b.en.html">a/b</a>' in english
    assert "年度结算汇总" in (tmp_path / "settlement.zh.html").read_text(encoding="utf-8")


def test_the_claims_of_the_year_are_those_of_the_teams_and_of_the_accounts_outside(tmp_path: Path) -> None:
    settlement = settle_two()
    outside = pd.DataFrame(
        {"account": ["without_a_rate", "without_a_rate", "without_a_team"], "paid_minor": [100, 250, 5]}
    )
    rows = dict(make_claims_table(settlement, "en", outside))
    paid = int(settlement.totals["paid_minor"].sum())
    assert rows["Of persons without a rate: the fund"] == ["3.50"]
    assert rows["Of members who joined and have no rate: the fund"] == ["0.00"]
    assert rows["All claims known at the run-out date"] == [f"{(paid + 355) / 100:,.2f}"]
    write_settlement_pages(settlement, tmp_path, outside=outside)
    assert "年度费用去向" in (tmp_path / "settlement.zh.html").read_text(encoding="utf-8")
    write_settlement_pages(settlement, tmp_path)
    assert "年度费用去向" not in (tmp_path / "settlement.zh.html").read_text(encoding="utf-8")


def test_claims_stand_in_full_beside_the_share_that_counts(tmp_path: Path) -> None:
    policy = read_policy(find_presets() / "models" / "settlement" / "seed_50_70.toml", SettlementPolicy)
    # 1,000.00 in full, 40% of it is 400.00; outside 10.00 and 4.00
    team = {"team_id": "T1", "prepaid_minor": 50000, "actual_minor": 40000, "quality": 90.0}
    settlement = settle(policy, pd.DataFrame([{**team, "full_minor": 100000, "paid_minor": 40000}]))
    outside = pd.DataFrame({"account": ["without_a_rate"], "full_minor": [1000], "paid_minor": [400]})
    rows = dict(make_claims_table(settlement, "en", outside))
    assert rows["In the accounts of the teams"] == ["1,000.00", "400.00"]
    assert rows["All claims known at the run-out date"] == ["1,010.00", "404.00"]
    write_settlement_pages(settlement, tmp_path, outside=outside, year="2024-01-01 - 2024-12-31")
    page = (tmp_path / "settlement.en.html").read_text(encoding="utf-8")
    assert "Counted: 40%" in page
    # the policy holds from 2025 on
    assert "2025-01-01 (after the year began)" in page
    line = settlement.lines[settlement.lines["item"] == "counted"].iloc[0]
    assert (line["basis_minor"], line["rate"], line["amount_minor"]) == (100000, 0.4, -40000)

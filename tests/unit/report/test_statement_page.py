"""A statement can be followed line by line, in both languages, and its ledger file sums to the page."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.presets import find_presets
from riskkit.policy import read_policy
from riskkit.report.panel import Panel
from riskkit.report.statement_page import name_files, write_statements
from riskkit.report.statement_wording import ITEMS, TITLES, say_item
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.statement import Settlement, settle


def settle_one(preset: str, **row: object) -> Settlement:
    policy = read_policy(find_presets() / "models" / "settlement" / f"{preset}.toml", SettlementPolicy)
    contract = {"team_id": "T1", "prepaid_minor": 1000000, "actual_minor": 900000, **row}
    return settle(policy, pd.DataFrame([contract]))


def test_a_page_shows_every_line_its_source_and_that_it_adds_up(tmp_path: Path) -> None:
    write_statements(
        settle_one("seed_50_70", quality=70.0), tmp_path, panels={"T1": Panel(1234, 0.391, "2025-04-01", 5000)}
    )
    page = (tmp_path / "T1.en.html").read_text(encoding="utf-8")
    # 1,000.00 left over at quality 70: 566.67 retained, 433.33 returned
    for text in (
        "566.67 CNY",
        "433.33 CNY",
        "56.6667%",
        "POLICY_RULES N1",
        "2025-01-01",
        "39%",
        "2025-04-01",
        "1,234",
        "fewer than 5,000 members",
    ):
        assert text in page
    assert "Prepaid 10,000.00 CNY = Cost 9,000.00 CNY + Surplus 1,000.00 CNY" in page
    assert "Surplus 1,000.00 CNY = Retained 566.67 CNY + Returned 433.33 CNY" in page


def test_the_chinese_page_says_the_same(tmp_path: Path) -> None:
    write_statements(settle_one("seed_50_70", actual_minor=1050000, cause="force_majeure"), tmp_path)
    page = (tmp_path / "T1.zh.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert "超支 500.00 CNY = 承担方：团队 0.00 CNY + 承担方：医保基金 300.00 CNY + 承担方：财政 200.00 CNY" in page
    assert "不可抗力" in page


def test_the_ledger_file_holds_the_lines_in_minor_units(tmp_path: Path) -> None:
    settlement = settle_one("seed_50_70", quality=70.0)
    write_statements(settlement, tmp_path)
    with (tmp_path / "T1.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["amount_minor"]) for row in rows] == settlement.lines["amount_minor"].tolist()
    assert {row["currency"] for row in rows} == {"CNY"}
    assert all(row["text_en"] and row["text_zh"] for row in rows)


def test_a_name_that_is_markup_is_escaped_and_no_path(tmp_path: Path) -> None:
    write_statements(settle_one("full_retention", team_id="../<b>x"), tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["_b_x.csv", "_b_x.en.html", "_b_x.zh.html"]
    page = (tmp_path / "_b_x.en.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;x" in page
    assert "<b>x" not in page


def test_teams_whose_names_fall_together_keep_files_of_their_own() -> None:
    assert len(set(name_files(["a b", "a_b", "A B", "", ".."]).values())) == 5


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_item_and_title_has_its_words(language: str) -> None:
    at = ["en", "zh"].index(language)
    assert all(texts[at] for texts in [*ITEMS.values(), *TITLES.values()])


def test_a_cause_without_words_stands_as_it_is() -> None:
    assert say_item("overspend", "cause", "flood_2025", "en") == "Team's part of an overspend with cause: flood_2025"


def test_the_bottom_line_says_who_pays_whom() -> None:
    assert say_item("net", "net", "prepaid", "en").endswith("(below 0: returned by the team)")
    assert say_item("net", "net", "fee_for_service", "en").endswith("(below 0: owed by the team)")
    assert say_item("net", "net", "prepaid", "zh") == "在预付之外补付团队（负数为团队退回）"

"""The page of an audit: what must be answered stands first, and small groups stand nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from riskkit.report.audit_page import make_audit_document
from riskkit.report.render import render


def make_group(grouping: str, group: str, gap: float, *, suppressed: bool = False) -> dict[str, Any]:
    figures = {
        "n_persons": 120,
        "share": 0.5,
        "observed": 3000.0,
        "paid": 3000.0 + gap,
        "net_compensation": gap,
        "low": gap - 50,
        "high": gap + 50,
        "ratio": (3000 + gap) / 3000,
        "residual_sd": 900.0,
        "contribution": gap / 2,
    }
    shown = dict.fromkeys(figures) if suppressed else figures
    return {"grouping": grouping, "group": group, **shown, "suppressed": suppressed}


@pytest.fixture
def summary() -> dict[str, Any]:
    audit = {
        "policy": "package_1200",
        "title": "A package",
        "title_zh": "服务包",
        "currency": "CNY",
        "scope": "diabetes_package",
        "scheme": "synthetic",
        "index_date": "2024-01-01",
        "members": 240,
        "member_years": 230.5,
        "overall": {"cost": 3000.0, "paid": 3050.0, "net_compensation": 50.0, "actual_over_expected": 0.984},
        "adequacy": {"level": "team_id", "band": 0.1, "asked_share": 0.9, "share": 0.95, "verdict": "met"},
        "monotone_trees": {"verdict": "no split steps the wrong way", "trees": 80},
        "affordability": {
            "asked_minor": 12_000_00,
            "affordable_minor": 10_080_00,
            "budget_minor": 12_000_00,
            "shortfall_minor": 1_920_00,
            "scaled": False,
        },
        "certificate": {"minor_units_per_currency_unit": 100},
        "groups": [
            make_group("risk_tier", "high", -400),
            make_group("risk_tier", "low", 400),
            make_group("region", "tiny-county", 0, suppressed=True),
        ],
        "mapl": [{"partition": name, "value": 400.0, "low": 350.0, "high": 450.0} for name in ("risk_tier", "region")],
        "price": [
            {
                "group": "risk_tier: high",
                "theta": 1.0,
                "keeps_total": True,
                "group_net_compensation": 0.0,
                "rest_net_compensation": 0.0,
                "overall_net_compensation": 0.0,
                "r2": 0.164,
            }
        ],
        "gaming": [{"family": "code", "feature": "dx_copd_730d", "members": 99, "gain": 764.9, "largest": 3275.8}],
    }
    part = {"population": 10_00, "model": 0, "coding": -4_00, "normalisation": 0, "policy": 1_00, "change_minor": 7_00}
    rows = [{"group": "T1", "members": 120, **part}, {"group": "T2-of-few", "members": 4, **part}]
    return {"audits": [audit], "comparison": None, "dislocation": {"team_id": rows}}


def test_what_must_be_answered_stands_first(summary: dict[str, Any]) -> None:
    document = make_audit_document(summary)
    assert document["verdict"]["tone"] == "warn"
    said = " ".join(document["verdict"]["sentences"])
    assert "Under-compensated tiers, per member year: high (−400)" in said or "high (-400)" in said
    assert "The fund lacks 1,920.00 CNY" in said.replace("CNY 1,920.00", "1,920.00 CNY")


def test_the_page_shows_price_gaming_and_what_moved_and_no_small_group(summary: dict[str, Any]) -> None:
    page = render(make_audit_document(summary))
    for text in ("risk_tier: high", "dx_copd_730d", "0.164", "T1", "fewer than 11", "shown, not cut"):
        assert text in page, text
    assert "T2-of-few" not in page


def test_nothing_against_signing_is_said_where_nothing_is(summary: dict[str, Any]) -> None:
    audit = summary["audits"][0]
    audit |= {"groups": [make_group("risk_tier", "high", 0)], "price": [], "affordability": None}
    document = make_audit_document({**summary, "dislocation": None})
    assert document["verdict"]["headline"] == "Nothing stands against signing."
    assert "does not say what the fund can pay" in render(document)


def test_two_policies_stand_side_by_side(summary: dict[str, Any]) -> None:
    estimate = {"value": 10.0, "low": 5.0, "high": 15.0}
    comparison = {
        "members_up": 3,
        "members_down": 2,
        "members_same": 1,
        "mean_change": 1.0,
        "mean_absolute_change": 2.0,
        "quantiles": {"p5": -1.0, "p50": 0.0, "p95": 4.0},
        "mapl": [{"partition": "region", "first": estimate, "second": estimate, "difference": estimate}],
    }
    second = {**summary["audits"][0], "policy": "flat_uplift", "title": "With uplift"}
    page = render(make_audit_document({**summary, "audits": [summary["audits"][0], second], "comparison": comparison}))
    assert "3 members are paid more, 2 less, 1 the same" in page
    assert "With uplift" in page

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


def make_gain(family: str, gain: float | None, members: int) -> dict[str, Any]:
    largest = None if gain is None else 4 * gain
    record = "J44.900 (conditions:copd)"
    return {
        "family": family,
        "record": record,
        "members": members,
        "features": 3,
        "gain": gain,
        "largest": largest,
    }


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
        "share_of_expected_cost": 0.312,
        "cost_share": 0.4,
        "level_judged": True,
        "level_reason": "the policy states 40.0% of the cost as its budget",
        "overall": {"cost": 3000.0, "paid": 3050.0, "net_compensation": 50.0, "actual_over_expected": 0.984},
        "adequacy": {"level": "team_id", "band": 0.1, "asked_share": 0.9, "share": 0.95, "verdict": "met"},
        "order": [
            {"part": "model", "step": "trees", "claim": "no wrong step", "verdict": "holds", "found": "80 trees"},
            {"part": "model", "step": "age", "claim": "never falls", "verdict": "not claimed", "found": "no direction"},
        ],
        "groups_not_known": ["urban"],
        "affordability": {
            "asked_minor": 12_000_00,
            "affordable_minor": 10_080_00,
            "budget_minor": 12_000_00,
            "shortfall_minor": 1_920_00,
            "scaled": False,
            "over_line_minor": 720_00,
            "asked": 52.1,
            "paid": 52.1,
            "last": 46.7,
            "line": 49.0,
            "funding": 43.7,
            "growth": 0.1156,
            "growth_line": 0.05,
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
                "theta": theta,
                "keeps_total": held,
                "group_net_compensation": 400.0 * (theta - 1),
                "rest_net_compensation": 0.0,
                "overall_net_compensation": 0.0,
                "mapl": 77.0,
                "r2": 0.164,
            }
            for theta in (0.0, 1.0)
            for held in (True, False)
        ],
        "gaming": [make_gain("code", 0.0, 99), make_gain("code_twice", 764.9, 99), make_gain("code_stay", None, 4)],
    }
    part = {"population": 10_00, "model": 0, "coding": -4_00, "normalisation": 0, "policy": 1_00, "change_minor": 7_00}
    part |= {"last_minor": 50_00, "refit": 0}
    rows = [{"group": "T1", "members": 120, **part}, {"group": "T2-of-few", "members": 4, **part}]
    moved = {
        "team_id": rows,
        "status": [{"group": "stayed", "members": 100, **part}],
        "stayed": {
            "risk_tier": [{"group": "high", "members": 100, **part}, {"group": "tier-of-few", "members": 4, **part}]
        },
    }
    return {"audits": [audit], "comparison": None, "dislocation": moved}


def test_what_must_be_answered_stands_first(summary: dict[str, Any]) -> None:
    document = make_audit_document(summary)
    assert document["verdict"]["tone"] == "warn"
    said = " ".join(document["verdict"]["sentences"])
    assert "Under-compensated tiers, per member year: high (−400)" in said or "high (-400)" in said
    assert "The fund lacks 1,920.00 CNY" in said.replace("CNY 1,920.00", "1,920.00 CNY")


def test_the_page_shows_price_gaming_and_what_moved_and_no_small_group(summary: dict[str, Any]) -> None:
    page = render(make_audit_document(summary))
    for text in ("Tier: high", "J44.900", "0.164", "T1", "fewer than 11", "shown, not cut", "by: urban or rural"):
        assert text in page, text
    assert "T2-of-few" not in page
    assert "tier-of-few" not in page


def test_nothing_against_signing_is_said_where_nothing_is(summary: dict[str, Any]) -> None:
    audit = summary["audits"][0]
    audit |= {"groups": [make_group("risk_tier", "high", 0)], "price": [], "affordability": None, "gaming": []}
    document = make_audit_document({**summary, "dislocation": None})
    assert document["verdict"]["headline"] == "Nothing stands against signing."
    assert "Neither last year&#39;s rates nor what the fund has is known" in render(document)


def test_teams_and_groups_that_lack_are_counted_and_the_worst_three_named(summary: dict[str, Any]) -> None:
    audit = summary["audits"][0]
    audit["groups"] += [make_group("team_id", f"T{number}", -100.0 * number) for number in range(6)]
    audit["groups"].append(make_group("region", "west", -60))
    audit["groups"].append(make_group("region", "east", -40))
    audit["mapl"].append({"partition": "team_id", "value": 400.0, "low": 350.0, "high": 450.0})
    said = make_audit_document(summary)["verdict"]["sentences"]
    # an interval is 50 to each side: T0 and the east reach over zero
    assert "Under-compensated tiers, per member year: high (−400)." in said
    assert "Under-compensated teams, per member year: 5 of 6, the worst T5 (−500), T4 (−400), T3 (−300)." in said
    assert "Under-compensated groups, per member year: region west (−60)." in said
    assert any("“Who is under-paid”" in sentence for sentence in said)


def test_a_level_that_is_not_judged_stands_at_the_top_and_is_never_called_adequate_alone(
    summary: dict[str, Any],
) -> None:
    audit = summary["audits"][0]
    audit |= {"level_judged": False, "level_reason": "the policy does not state it"}
    audit |= {"groups": [make_group("risk_tier", "high", 0)], "price": [], "affordability": None, "gaming": []}
    document = make_audit_document({**summary, "dislocation": None})
    verdict = document["verdict"]
    assert (verdict["tone"], "the level is not judged" in verdict["headline"]) == ("warn", True)
    assert "pays 31.2% of the expected cost; whether that is enough for its services" in verdict["sentences"][0]
    (adequate,) = [row for row in document["key_figures"]["rows"] if "Adequate" in str(row[0])]
    assert "level not judged" in adequate[1]["sub"]


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
    # the figure of pairs names both policies, and so do the bars of gaming
    assert page.count("With uplift") > 3
    assert "Payment less cost by group, under both policies" in page


def test_a_broken_order_stands_before_everything_else(summary: dict[str, Any]) -> None:
    summary["audits"][0]["order"].append(
        {"part": "rate", "step": "3 relativity", "claim": "rises", "verdict": "fails", "found": "high 1 after medium 2"}
    )
    verdict = make_audit_document(summary)["verdict"]
    assert (verdict["tone"], verdict["headline"]) == ("bad", "Do not sign: a sicker member can be cheaper.")
    assert "rate, 3 relativity: high 1 after medium 2" in verdict["sentences"][0]


def test_what_lies_beyond_the_line_of_growth_is_an_amount(summary: dict[str, Any]) -> None:
    document = make_audit_document(summary)
    said = " ".join(document["verdict"]["sentences"])
    assert "The rates grow by 11.6%: CNY 720.00 lie beyond the line of 5%." in said
    # of both, the larger one is the key figure
    assert document["key_figures"]["rows"][-1][1]["text"] == "CNY 1,920.00"


def test_every_section_that_can_be_drawn_has_its_figure(summary: dict[str, Any]) -> None:
    sections = {section["id"]: section for section in make_audit_document(summary)["sections"]}
    drawn = {
        name: [block["title"] for block in section["blocks"] if block["kind"] == "figure"]
        for name, section in sections.items()
    }
    assert drawn == {
        "groups-package-1200": ["Payment less cost by group"],
        "price-package-1200": ["What closing a gap does"],
        "gaming": ["Gain of one more code"],
        "dislocation": ["From last year's rate to this year's", "Who moved, and by what"],
        "affordability": ["Asked for and affordable"],
        "order-package-1200": [],
    }

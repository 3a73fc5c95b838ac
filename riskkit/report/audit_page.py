"""The page of a rate audit: verdict and key figures first, then what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskkit.report.audit_gaming_sections import make_gaming_section, make_order_section
from riskkit.report.audit_money_sections import make_affordability_section, make_dislocation_section
from riskkit.report.audit_sections import make_comparison_section, make_group_section, make_price_section
from riskkit.report.audit_tier_section import make_tier_section
from riskkit.report.audit_titles import write_money
from riskkit.report.blocks import Block, Cell, make_table
from riskkit.report.wording import SMALLEST_CELL, format_minor, format_number, format_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Audits = Sequence[Mapping[str, Any]]


def make_audit_document(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Put an audit into the sections of a page.

    Parameters
    ----------
    summary : mapping
        The content of ``audit.json``.

    Returns
    -------
    dict
        What `riskkit.report.render.render` sets in HTML.
    """
    audits: Audits = summary["audits"]
    first = audits[0]
    sections = [
        make_tier_section(first),
        make_comparison_section(audits, summary["comparison"]),
        *(make_group_section(audit, audits) for audit in audits),
        *(make_price_section(audit, audits) for audit in audits),
        make_gaming_section(audits),
        make_dislocation_section(summary["dislocation"], first),
        make_affordability_section(audits),
        *(make_order_section(audit, audits) for audit in audits),
    ]
    return {
        "kicker": "Audit of a rate table 费率表审计",
        "footer": f"Groups of fewer than {SMALLEST_CELL} members are not shown. Cost is within the scope of the rate.",
        "title": " / ".join(f"{audit['title']} {audit['title_zh']}" for audit in audits),
        "facts": [
            ("Scheme 方案", str(first["scheme"])),
            ("Index date 基准日", str(first["index_date"])),
            ("Members 参保人", f"{first['members']:,}"),
            ("Member years 人年", f"{first['member_years']:,.0f}"),
            ("Tiers 分层", str((first.get("tiers") or {}).get("used", "none"))),
            ("Scope 范围", str(first["scope"])),
            ("Currency 币种", str(first["currency"])),
        ],
        "verdict": _make_verdict(audits),
        "key_figures": _make_key_figures(audits),
        "sections": [section for section in sections if section],
    }


def _make_verdict(audits: Audits) -> dict[str, Any]:
    """Say what stands against signing; of two policies each under its name."""
    said: list[str] = []
    answers, broken = False, False
    for audit in audits:
        sentences, asks, fails = _judge(audit)
        before = "" if len(audits) == 1 else f"{audit['title']}: "
        said += [f"{before}{sentence}" for sentence in sentences]
        answers, broken = answers or asks, broken or fails
    headline = "Answer these points before signing." if answers else "Nothing stands against signing."
    return {
        "tone": "bad" if broken else "warn" if answers else "good",
        "headline": "Do not sign: a sicker member can be cheaper." if broken else headline,
        "sentences": said,
    }


def _judge(audit: Mapping[str, Any]) -> tuple[list[str], bool, bool]:
    """Return what is to be said of one policy, whether it asks for an answer, and whether the order is broken."""
    adequacy = audit["adequacy"]
    tiers = [row for row in audit["groups"] if row["grouping"] == "risk_tier" and not row["suppressed"]]
    under = [row for row in tiers if row["high"] is not None and row["high"] < 0]
    wrong = [row for row in audit["order"] if row["verdict"] == "fails"]
    sentences = [
        f"A/E lies within {adequacy['band']:.0%} for {adequacy['share']:.1%} of the member years by "
        f"{'team' if adequacy['level'] == 'team_id' else 'decile'}; asked are {adequacy['asked_share']:.0%}."
    ]
    if wrong:
        found = "; ".join(f"{row['part']}, {row['step']}: {row['found']}" for row in wrong)
        sentences.insert(0, f"The order of the sicker and the cheaper is broken at {found}.")
    else:
        proved = sum(row["verdict"] == "holds" for row in audit["order"])
        sentences.append(f"Sicker is never cheaper: {proved} steps checked exactly, none breaks the order.")
    if under:
        named = ", ".join(f"{row['group']} ({write_money(row['net_compensation'])})" for row in under)
        sentences.append(f"Under-compensated tiers, per member year: {named}.")
    lacking = _say_lack(audit)
    return sentences + lacking, bool(adequacy["verdict"] != "met" or under or lacking or wrong), bool(wrong)


def _say_lack(audit: Mapping[str, Any]) -> list[str]:
    """Say what is asked for beyond what the fund has, and beyond the line of growth."""
    found = audit["affordability"]
    if found is None:
        return []
    per_unit, said = audit["certificate"]["minor_units_per_currency_unit"], []
    if found["shortfall_minor"]:
        lack = format_minor(found["shortfall_minor"], per_unit, audit["currency"])
        said.append(f"The fund lacks {lack} for what the policy asks.")
    if found["over_line_minor"]:
        beyond = format_minor(found["over_line_minor"], per_unit, audit["currency"])
        said.append(
            f"The rates grow by {format_percent(found['growth'])}: {beyond} lie beyond the line of "
            f"{format_percent(found['growth_line'], 0)}."
        )
    return said


def _make_key_figures(audits: Audits) -> Block:
    def row(title: str, key: str, write: Any) -> list[Cell]:
        return [title, *(write(audit["overall"][key]) for audit in audits)]

    rows: list[list[Cell]] = [
        row("Paid per member year 人均支付", "paid", write_money),
        row("Cost within the scope 范围内费用", "cost", write_money),
        row("Net compensation 净补偿", "net_compensation", write_money),
        row("Actual over expected 实际/预期", "actual_over_expected", lambda value: format_number(value, 3)),
        [
            "Adequate member years 费率充足占比",
            *({"text": format_percent(one["adequacy"]["share"]), "sub": one["adequacy"]["verdict"]} for one in audits),
        ],
        ["Shortfall 缺口", *(_write_shortfall(one) for one in audits)],
    ]
    return make_table(["Figure 指标", *(str(audit["title"]) for audit in audits)], rows)


def _write_shortfall(audit: Mapping[str, Any]) -> Cell:
    """Write the larger of what the fund lacks and what lies beyond the line; a dash where neither is known."""
    found = audit["affordability"]
    if found is None:
        return {"text": "–", "sub": "the policy does not say what there is"}
    lack = max(found["shortfall_minor"], found["over_line_minor"] or 0)
    per_unit = audit["certificate"]["minor_units_per_currency_unit"]
    said = "nothing is missing" if not lack else "cut, in the open" if found["scaled"] else "shown, not cut"
    return {"text": format_minor(lack, per_unit, audit["currency"]), "sub": said, "tone": "bad" if lack else ""}

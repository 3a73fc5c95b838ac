"""The page of a rate audit: verdict and key figures first, then what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskkit.report.audit_gaming_sections import make_gaming_section, make_order_section
from riskkit.report.audit_money_sections import make_affordability_section, make_dislocation_section
from riskkit.report.audit_sections import make_comparison_section, make_group_section, make_price_section
from riskkit.report.audit_tier_section import make_tier_section
from riskkit.report.audit_titles import write_money
from riskkit.report.audit_verdict import make_verdict
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
            ("Cost in scope 范围内占比", format_percent(first["cost_share"])),
            ("Currency 币种", str(first["currency"])),
        ],
        "verdict": make_verdict(audits),
        "key_figures": _make_key_figures(audits),
        "sections": [section for section in sections if section],
    }


def _make_key_figures(audits: Audits) -> Block:
    def row(title: str, key: str, write: Any) -> list[Cell]:
        return [title, *(write(audit["overall"][key]) for audit in audits)]

    rows: list[list[Cell]] = [
        row("Paid per member year 人均支付", "paid", write_money),
        ["Paid over expected cost 占预期费用", *(format_percent(one["share_of_expected_cost"]) for one in audits)],
        row("Cost within the scope 范围内费用", "cost", write_money),
        row("Net compensation 净补偿", "net_compensation", write_money),
        row("Actual over expected 实际/预期", "actual_over_expected", lambda value: format_number(value, 3)),
        [
            "Adequate member years 费率充足占比",
            *({"text": format_percent(one["adequacy"]["share"]), "sub": _say_adequacy(one)} for one in audits),
        ],
        ["Shortfall 缺口", *(_write_shortfall(one) for one in audits)],
    ]
    return make_table(["Figure 指标", *(str(audit["title"]) for audit in audits)], rows)


def _say_adequacy(audit: Mapping[str, Any]) -> str:
    """Say whether the share is met, and of what where the level is not judged."""
    verdict = str(audit["adequacy"]["verdict"])
    return verdict if audit["level_judged"] else f"{verdict}; level not judged 水平未判断"


def _write_shortfall(audit: Mapping[str, Any]) -> Cell:
    """Write the larger of what the fund lacks and what lies beyond the line; a dash where neither is known."""
    found = audit["affordability"]
    if found is None:
        return {"text": "–", "sub": "the policy does not say what there is"}
    lack = max(found["shortfall_minor"], found["over_line_minor"] or 0)
    per_unit = audit["certificate"]["minor_units_per_currency_unit"]
    said = "nothing is missing" if not lack else "cut, in the open" if found["scaled"] else "shown, not cut"
    return {"text": format_minor(lack, per_unit, audit["currency"]), "sub": said, "tone": "bad" if lack else ""}

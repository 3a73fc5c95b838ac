"""Sections of the audit page on what gaming would gain, and on the proof that sicker is never cheaper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.audit_figures import draw_gaming
from riskkit.report.audit_titles import FAMILIES, make_anchor, name_audit, shorten
from riskkit.report.blocks import Block, Cell, make_figure, make_section, make_table
from riskkit.report.wording import format_count, format_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Audits = Sequence[Mapping[str, Any]]

DRAWN_CODES: Final = 8
ORDER_TONES: Final = {"holds": "good", "fails": "bad"}


def make_gaming_section(audits: Audits) -> Block:
    """Make the section on what one more record gains, of all policies in one figure.

    Parameters
    ----------
    audits : sequence of mapping
        One audit or two.

    Returns
    -------
    dict
        The section.
    """
    currency = str(audits[0]["currency"])
    blocks: list[Block | None] = [_draw_gaming(audits, currency)]
    columns = ["Change", "Record", "Gain", "Largest", "Members", "Features moved"]
    for audit in audits:
        rows = [_make_gaming_row(row) for family in FAMILIES for row in _first(audit, family, 10)]
        blocks.append(make_table(columns, rows, words=2, caption=str(audit["title"]) if len(audits) > 1 else ""))
    lead = (
        f"What a provider would gain a member year by one change, {currency}, by the frozen figures; spend per unit "
        "of last year's. The record is added to the claims and every feature that it moves is built again. Of the "
        "codes the ten dearest are shown, on members who have none of their group."
    )
    return make_section("gaming", "What gaming would gain 博弈审计", blocks, lead=lead)


def _first(audit: Mapping[str, Any], family: str, most: int) -> list[Mapping[str, Any]]:
    return [row for row in audit["gaming"] if row["family"] == family][:most]


def _draw_gaming(audits: Audits, currency: str) -> Block | None:
    """Draw the dearest codes by the three ways to write them, and visit, stay and spend."""
    table = {
        str(audit["title"]): {(row["family"], row["record"]): float(row["gain"]) for row in audit["gaming"]}
        for audit in audits
    }
    best: dict[str, float] = {}
    for gains in table.values():
        for (family, record), gain in gains.items():
            if family.startswith("code"):
                best[record] = max(best.get(record, gain), gain)
    codes = sorted(best, key=lambda record: (-best[record], record))[:DRAWN_CODES]
    if not best and not any(table.values()):
        return None
    panels = {"code": "One visit", "code_twice": "Two dates", "code_stay": "A stay"}
    units = {f"A code: {title.lower()}": currency for title in panels.values()}
    units["Activity"] = f"{currency}; spend per {currency}"
    gains = {}
    for policy, found in table.items():
        bars = {
            f"A code: {title.lower()}: {_name_code(record)}": found.get((family, record), 0.0)
            for family, title in panels.items()
            for record in codes
        }
        activity = {"visit": "one more visit", "stay": "one more stay", "spend": "1 more spent"}
        bars |= {
            f"Activity: {title}": next((gain for (one, _), gain in found.items() if one == family), 0.0)
            for family, title in activity.items()
        }
        gains[policy] = bars
    caption = "Mean gain a member year of those who could get the record. Codes: the dearest of each group of codes."
    return make_figure(draw_gaming(gains, units, "figure-gaming"), "Gain of one more record", caption)


def _name_code(record: str) -> str:
    """Write a code with the first of its groups."""
    code, _, groups = record.partition(" (")
    first = groups.rstrip(")").split(", ")[0].rpartition(":")[2].replace("_", " ")
    return f"{code} {shorten(first, 18)}"


def _make_gaming_row(row: Mapping[str, Any]) -> list[Cell]:
    return [
        FAMILIES[row["family"]],
        {"text": str(row["record"]), "tone": "code"},
        format_number(row["gain"], 2),
        format_number(row["largest"], 2),
        format_count(row["members"]),
        str(row["features"]),
    ]


def make_order_section(audit: Mapping[str, Any], audits: Audits) -> Block:
    """Make the section on what proves that sicker is never cheaper.

    Parameters
    ----------
    audit : mapping
        One audit.
    audits : sequence of mapping
        All of them.

    Returns
    -------
    dict
        The section.
    """
    rows: list[list[Cell]] = [
        [
            str(row["part"]),
            str(row["step"]),
            str(row["claim"]),
            {"text": str(row["verdict"]), "tone": ORDER_TONES.get(str(row["verdict"]), "")},
            {"text": "", "sub": str(row["found"])},
        ]
        for row in audit["order"]
    ]
    lead = (
        "Of two members of one region who are alike but for constrained features, the one whose features are no better "
        "is never paid less. Checked on the stored trees and figures, not on a sample; missing values have no order."
    )
    title = f"Sicker is never cheaper 病情越重费率不降{name_audit(audit, audits)}"
    table = make_table(["Part", "Step", "Claim", "Verdict", "Found"], rows, words=5)
    return make_section(make_anchor("order", audit), title, [table], lead=lead)

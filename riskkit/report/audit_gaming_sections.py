"""Sections of the audit page on what gaming would gain, and on the proof that sicker is never cheaper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.audit_figures import draw_activity_gains, draw_code_gains
from riskkit.report.audit_titles import FAMILIES, make_anchor, name_audit, shorten, to_english
from riskkit.report.blocks import Block, Cell, make_figure, make_section, make_table
from riskkit.report.wording import SMALLEST_CELL, format_count, format_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Audits = Sequence[Mapping[str, Any]]

DRAWN_CODES: Final = 8
WAYS: Final = {"code": "On one visit", "code_twice": "On visits of two dates", "code_stay": "On a stay"}
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
    blocks: list[Block | None] = [_draw_codes(audits, currency), _draw_activity(audits, currency)]
    for audit in audits:
        caption = str(audit["title"]) if len(audits) > 1 else ""
        rows = [_make_family_row(family, audit) for family in FAMILIES]
        columns = ["Change", "Records tried", "That raise a rate", "Mean gain of the dearest", "Largest of a member"]
        blocks.append(make_table(columns, [row for row in rows if row], caption=caption))
        dear = [_make_record_row(row) for family in FAMILIES for row in _find_dear(audit, family)]
        columns = ["Change", "Record", "Gain", "Largest", "Members", "Features moved"]
        blocks.append(make_table(columns, dear, words=2, dense=True) if dear else None)
    lead = (
        f"What a provider would gain a member year by one change, {currency}, by the frozen figures; spend per unit "
        "of last year's. The record is added to the claims and every feature that it moves is built again. A code is "
        "tried on members who have none of its group."
    )
    return make_section("gaming", "What gaming would gain 博弈审计", blocks, lead=lead)


def _known(audit: Mapping[str, Any], family: str) -> list[Mapping[str, Any]]:
    """List the records of a family that enough members could get."""
    return [row for row in audit["gaming"] if row["family"] == family and row["gain"] is not None]


def _find_dear(audit: Mapping[str, Any], family: str) -> list[Mapping[str, Any]]:
    """Find the records that raise a rate most."""
    rising = [row for row in _known(audit, family) if row["largest"] > 0]
    return sorted(rising, key=lambda row: -float(row["gain"]))[:DRAWN_CODES]


def _draw_codes(audits: Audits, currency: str) -> Block | None:
    """Draw the dearest codes by the three ways to write them."""
    best: dict[str, float] = {}
    for row in [row for audit in audits for family in WAYS for row in _known(audit, family)]:
        record = str(row["record"])
        best[record] = max(best.get(record, row["gain"]), row["gain"])
    dear = sorted(best, key=lambda record: (-best[record], record))[:DRAWN_CODES]
    if not dear:
        return None
    gains = {
        title: {
            str(audit["title"]): {
                _name_code(str(row["record"])): float(row["gain"])
                for record in dear
                for row in _known(audit, family)
                if row["record"] == record
            }
            for audit in audits
        }
        for family, title in WAYS.items()
    }
    caption = (
        "Mean gain a member year of those who could get the code, the gravest of its group. A dash: fewer than "
        f"{SMALLEST_CELL} of them."
    )
    return make_figure(draw_code_gains(gains, currency, "figure-codes"), "Gain of one more code", caption)


def _draw_activity(audits: Audits, currency: str) -> Block | None:
    titles = {"visit": "One more visit", "stay": "One more stay", "spend": f"{currency} 1 more of last year's spend"}
    gains = {
        str(audit["title"]): {titles[family]: float(row["gain"]) for family in titles for row in _known(audit, family)}
        for audit in audits
    }
    if not any(gains.values()):
        return None
    svg = draw_activity_gains(gains, currency, "figure-activity")
    caption = "A visit or stay is the member's latest one once more, with its diagnoses, which it may confirm."
    return make_figure(svg, "Gain of one more visit, stay, or unit of spend", caption)


def _name_code(record: str) -> str:
    """Write a code with the first of its groups."""
    code, _, groups = record.partition(" (")
    first = groups.rstrip(")").split(", ")[0].rpartition(":")[2].replace("_", " ")
    return f"{shorten(first, 22)} {shorten(code, 12)}"


def _make_family_row(family: str, audit: Mapping[str, Any]) -> list[Cell] | None:
    rows = _known(audit, family)
    if not rows:
        return None
    return [
        FAMILIES[family],
        str(len(rows)),
        str(sum(row["largest"] > 0 for row in rows)),
        format_number(max(row["gain"] for row in rows), 2),
        format_number(max(row["largest"] for row in rows), 2),
    ]


def _make_record_row(row: Mapping[str, Any]) -> list[Cell]:
    return [
        to_english(FAMILIES[row["family"]]),
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

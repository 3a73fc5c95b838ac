"""Sections of the audit page on money over time: what moved since last year, and what the fund can pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.audit_money_figures import draw_affordability, draw_group_moves, draw_waterfall
from riskkit.report.audit_titles import GROUPINGS, PARTS, name_audit, to_english, write_money
from riskkit.report.blocks import Block, Cell, make_figure, make_note, make_section, make_table
from riskkit.report.wording import SMALLEST_CELL, format_count, format_minor, format_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Audits = Sequence[Mapping[str, Any]]

MOVED: Final = ("risk_tier", "age_band", "region")


def make_dislocation_section(dislocation: Mapping[str, Any] | None, audit: Mapping[str, Any]) -> Block | None:
    """Make the section on what moved since last year.

    Parameters
    ----------
    dislocation : mapping or None
        Sums of the parts by group, minor units; None where no year is set against this one.
    audit : mapping
        The audit.

    Returns
    -------
    dict or None
        The section: a waterfall of those who stayed, the parts by group, and the tables of everybody.
    """
    if dislocation is None:
        return None
    per_unit, currency = audit["certificate"]["minor_units_per_currency_unit"], str(audit["currency"])
    blocks: list[Block | None] = [
        _draw_waterfall(dislocation, per_unit, currency),
        _draw_groups(dislocation, per_unit, currency),
    ]
    for key, title in {"status": "Status", **GROUPINGS, "all": "All"}.items():
        rows: list[list[Cell]] = [
            [
                str(row["group"]),
                format_count(row["members"]),
                *(write_money(row[part] / per_unit) for part in PARTS),
                write_money(row["change_minor"] / per_unit),
            ]
            for row in dislocation.get(key, [])
            if row["members"] >= SMALLEST_CELL
        ]
        if rows:
            blocks.append(make_table([title, "Members", *PARTS.values(), "Change"], rows, dense=True))
    lead = (
        f"What moved since last year, in {currency} of the rates per member year; the parts sum to the change without "
        "a remainder. Who came or left is population as a whole."
    )
    return make_section("dislocation", "What moved 年度变动分解", blocks, lead=lead)


def _draw_waterfall(dislocation: Mapping[str, Any], per_unit: int, currency: str) -> Block | None:
    stayed = [row for row in dislocation["status"] if row["group"] == "stayed" and row["members"] >= SMALLEST_CELL]
    if not stayed:
        return None
    row = stayed[0]
    by = per_unit * row["members"]
    parts = {to_english(title): row[part] / by for part, title in PARTS.items()}
    svg = draw_waterfall(row["last_minor"] / by, parts, currency, "figure-waterfall")
    caption = f"Mean rate of the {row['members']:,} members who stayed, from last year to this one."
    return make_figure(svg, "From last year's rate to this year's", caption)


def _draw_groups(dislocation: Mapping[str, Any], per_unit: int, currency: str) -> Block | None:
    """Draw the parts by tier, age and region of those who stayed."""
    rows = [
        {
            "group": f"{to_english(GROUPINGS[name])}: {row['group']}",
            **{part: row[part] / per_unit / row["members"] for part in PARTS},
            "change": row["change_minor"] / per_unit / row["members"],
        }
        for name in MOVED
        for row in dislocation["stayed"].get(name, [])
        if row["members"] >= SMALLEST_CELL
    ]
    if not rows:
        return None
    titles = {part: to_english(title) for part, title in PARTS.items()}
    caption = "Parts that raise the rate stand right of zero, parts that lower it left; they sum to the diamond."
    return make_figure(draw_group_moves(rows, titles, currency, "figure-moves"), "Who moved, and by what", caption)


def make_affordability_section(audits: Audits) -> Block:
    """Make the section on what the rates ask for and what there is.

    Parameters
    ----------
    audits : sequence of mapping
        One audit or two.

    Returns
    -------
    dict
        The section; a shortfall is stated as an amount, whether it was cut or not.
    """
    known = [audit for audit in audits if audit["affordability"] is not None]
    currency = str(audits[0]["currency"])
    blocks: list[Block | None] = [_draw_affordability(known, currency)] if known else []
    for audit in audits:
        blocks += _make_affordability(audit, audits)
    return make_section("affordability", "What the fund can pay 基金可承受", blocks)


def _draw_affordability(audits: Audits, currency: str) -> Block:
    rows = [
        {
            "title": str(audit["title"]),
            **{key: audit["affordability"][key] for key in ("last", "line", "funding", "asked", "paid")},
            "line_title": f"last year plus {audit['affordability']['growth_line']:.0%}",
        }
        for audit in audits
    ]
    caption = "Per member year. What stands beyond the lower line is red: it is shown, and never taken off in silence."
    return make_figure(draw_affordability(rows, currency, "figure-affordability"), "Asked for and affordable", caption)


def _make_affordability(audit: Mapping[str, Any], audits: Audits) -> list[Block]:
    found, before = audit["affordability"], name_audit(audit, audits).removeprefix(": ")
    if found is None:
        text = "Neither last year's rates nor what the fund has is known. Give --last-date, or add [affordability]."
        return [make_note(f"{before}: {text}" if before else text, "warn")]
    per_unit, currency = audit["certificate"]["minor_units_per_currency_unit"], str(audit["currency"])
    titles = {
        "asked_minor": "Asked for",
        "affordable_minor": "Affordable, by the policy",
        "budget_minor": "In the rates",
        "shortfall_minor": "Shortfall",
        "over_line_minor": f"Beyond growth of {format_percent(found['growth_line'], 0)}",
    }
    rows: list[list[Cell]] = [
        [
            name,
            {
                "text": format_minor(found[key], per_unit, currency),
                "tone": "bad" if key in {"shortfall_minor", "over_line_minor"} and found[key] else "",
            },
        ]
        for key, name in titles.items()
        if found[key] is not None
    ]
    rows += [["Growth of what is asked for", format_percent(found["growth"])]] if found["growth"] is not None else []
    lack = found["shortfall_minor"] or found["over_line_minor"]
    tone, said = ("bad", "cut, in the open") if found["scaled"] else ("warn", "shown, not cut")
    text = f"The shortfall is {said}." if lack else "Nothing is missing."
    note = make_note(f"{before}: {text}" if before else text, tone if lack else "good")
    return [note, make_table(["Amount", "Value"], rows)]

"""Sections of the audit page on who is under-paid, what fixing it costs, and two policies side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.audit_figures import draw_net_compensation, draw_pairs, draw_price
from riskkit.report.audit_titles import GROUPINGS, make_anchor, name_audit, shorten, to_english, write_money
from riskkit.report.blocks import Block, Cell, make_figure, make_note, make_section, make_table
from riskkit.report.wording import SMALLEST_CELL, format_count, format_number, format_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Audits = Sequence[Mapping[str, Any]]

DRAWN: Final = ("risk_tier", "decile", *[name for name in GROUPINGS if name not in {"risk_tier", "decile"}])
LARGE: Final = ("tier_decile", "team_id")
"""Partitions of many groups, which have tables and a figure of their own."""


def make_group_section(audit: Mapping[str, Any], audits: Audits) -> Block:
    """Make the section on payment less cost by group.

    Parameters
    ----------
    audit : mapping
        One audit.
    audits : sequence of mapping
        All of them.

    Returns
    -------
    dict
        The section: a figure of the small partitions, one of teams, and a table of each.
    """
    blocks: list[Block | None] = [
        _draw_groups(audit, [name for name in DRAWN if name not in LARGE], "Payment less cost by group", "groups"),
        _draw_groups(audit, ["team_id"], "Payment less cost by team", "teams"),
    ]
    mapl = {row["partition"]: row for row in audit["mapl"]}
    for grouping, title in GROUPINGS.items():
        rows = [_make_group_row(row) for row in audit["groups"] if row["grouping"] == grouping]
        if rows:
            found = mapl[grouping]
            note = (
                f"Mean absolute predictable profit or loss: {write_money(found['value'])} "
                f"({write_money(found['low'])} to {write_money(found['high'])})."
            )
            money = ["Cost", "Paid", "Net compensation", "Paid / cost", "Scatter", "Share × NC"]
            blocks.append(make_table([title, "Members", "Share", *money], rows, note=note, dense=True))
    if audit["groups_not_known"]:
        absent = ", ".join(to_english(GROUPINGS[name]).lower() for name in audit["groups_not_known"])
        blocks.insert(0, make_note(f"This source does not know, so that nothing is said by: {absent}.", "warn"))
    lead = (
        "Payment less cost per member year, with 95% intervals. Equal means still leave something to pick: see scatter."
    )
    title = f"Who is under-paid 谁被低估{name_audit(audit, audits)}"
    return make_section(make_anchor("groups", audit), title, blocks, lead=lead)


def _draw_groups(audit: Mapping[str, Any], groupings: Sequence[str], title: str, name: str) -> Block | None:
    partitions = {
        to_english(GROUPINGS[grouping]): [
            {**row, "group": shorten(str(row["group"]))}
            for row in audit["groups"]
            if row["grouping"] == grouping and not row["suppressed"]
        ]
        for grouping in groupings
    }
    partitions = {key: rows for key, rows in partitions.items() if rows}
    if not partitions:
        return None
    svg = draw_net_compensation(partitions, str(audit["currency"]), make_anchor(f"figure-{name}", audit))
    caption = "Left of zero the group costs more than is paid for it. Red or green: the interval leaves zero out."
    return make_figure(svg, title, caption)


def _make_group_row(row: Mapping[str, Any]) -> list[Cell]:
    if row["suppressed"]:
        return [str(row["group"]), f"fewer than {SMALLEST_CELL}", *[""] * 7]
    under = row["high"] is not None and row["high"] < 0
    gap: Cell = {
        "text": write_money(row["net_compensation"]),
        "sub": f"{write_money(row['low'])} to {write_money(row['high'])}",
        "tone": "bad" if under else "",
    }
    return [
        str(row["group"]),
        format_count(row["n_persons"]),
        format_percent(row["share"]),
        write_money(row["observed"]),
        write_money(row["paid"]),
        gap,
        format_number(row["ratio"], 3),
        write_money(row["residual_sd"]),
        write_money(row["contribution"]),
    ]


def make_price_section(audit: Mapping[str, Any], audits: Audits) -> Block:
    """Make the section on what paying under-paid groups what they cost does to the rest.

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
    title = f"The price of fixing it 修正的代价{name_audit(audit, audits)}"
    anchor = make_anchor("price", audit)
    if not audit["price"]:
        note = make_note("No tier, group of the fairness report or team lacks more than all do.", "good")
        return make_section(anchor, title, [note])
    prices: dict[str, list[Mapping[str, Any]]] = {}
    for row in audit["price"]:
        grouping, _, group = str(row["group"]).partition(": ")
        prices.setdefault(f"{to_english(GROUPINGS[grouping])}: {group}", []).append(row)
    caption = (
        "MAPL: mean absolute predictable profit or loss, over the partition that the group is of. Held: what the group "
        "gets, the others pay. Free: it comes on top."
    )
    team = f"{to_english(GROUPINGS['team_id'])}: "
    figures: list[Block | None] = []
    for name, what, teams in (("price", "a gap", False), ("price-teams", "the gap of a team", True)):
        drawn = {key: rows for key, rows in prices.items() if key.startswith(team) is teams}
        if drawn:
            svg = draw_price(drawn, str(audit["currency"]), make_anchor(f"figure-{name}", audit))
            figures.append(make_figure(svg, f"What closing {what} does", caption))
    held, free = ("NC of the rest", "MAPL", "R²"), ("NC overall", "MAPL", "R²")
    columns = ["Gap closed", "NC of the group", *(f"{key}, held" for key in held), *(f"{key}, free" for key in free)]
    tables = [make_table(columns, _make_price_rows(rows), caption=key, dense=True) for key, rows in prices.items()]
    lead = "Least squares that pays a group more, in part or in full, and what it costs in fit."
    return make_section(anchor, title, [*figures, *tables], lead=lead)


def _make_price_rows(rows: Sequence[Mapping[str, Any]]) -> list[list[Cell]]:
    """Set both fits of one part of the gap in one row."""
    by = {(row["keeps_total"], row["theta"]): row for row in rows}
    made: list[list[Cell]] = []
    for theta in sorted({row["theta"] for row in rows}):
        held, free = by[True, theta], by[False, theta]
        made.append(
            [
                format_percent(theta, 0),
                write_money(held["group_net_compensation"]),
                *(write_money(held[key]) for key in ("rest_net_compensation", "mapl")),
                format_number(held["r2"], 3),
                *(write_money(free[key]) for key in ("overall_net_compensation", "mapl")),
                format_number(free["r2"], 3),
            ]
        )
    return made


def make_comparison_section(audits: Audits, comparison: Mapping[str, Any] | None) -> Block | None:
    """Make the section that sets two policies side by side.

    Parameters
    ----------
    audits : sequence of mapping
        Two audits.
    comparison : mapping or None
        Paired differences; None for one audit.

    Returns
    -------
    dict or None
        The section.
    """
    if comparison is None:
        return None
    rows: list[list[Cell]] = [
        [
            GROUPINGS.get(row["partition"], row["partition"]),
            write_money(row["first"]["value"]),
            write_money(row["second"]["value"]),
            {
                "text": write_money(row["difference"]["value"]),
                "sub": f"{write_money(row['difference']['low'])} to {write_money(row['difference']['high'])}",
            },
        ]
        for row in comparison["mapl"]
    ]
    quantiles = comparison["quantiles"]
    text = (
        f"Under the second policy {comparison['members_up']:,} members are paid more, "
        f"{comparison['members_down']:,} less, {comparison['members_same']:,} the same; the mean absolute change is "
        f"{write_money(comparison['mean_absolute_change'])}, "
        f"5% to 95%: {write_money(quantiles['p5'])} to {write_money(quantiles['p95'])}."
    )
    columns = ["Predictable profit or loss by", *(str(audit["title"]) for audit in audits), "Difference"]
    lead = (
        f"Both policies on the same members and the same cost, {format_percent(audits[0]['cost_share'])} of all cost, "
        "in every section; differences with paired intervals."
    )
    blocks = [make_note(text), _draw_pairs(audits), make_table(columns, rows)]
    return make_section("comparison", "Side by side 方案对比", blocks, lead=lead)


def _draw_pairs(audits: Audits) -> Block | None:
    """Draw net compensation under both policies, for the groups that both show."""
    partitions: dict[str, list[dict[str, Any]]] = {}
    shown = [{(row["grouping"], row["group"]): row for row in audit["groups"]} for audit in audits]
    for (grouping, group), row in shown[0].items():
        other = shown[-1].get((grouping, group))
        if grouping in LARGE or other is None or row["suppressed"] or other["suppressed"]:
            continue
        pair = {"group": shorten(str(group)), "first": row, "second": other}
        partitions.setdefault(to_english(GROUPINGS[grouping]), []).append(pair)
    if not partitions:
        return None
    titles = (str(audits[0]["title"]), str(audits[-1]["title"]))
    svg = draw_pairs(partitions, titles, str(audits[0]["currency"]), "figure-pairs")
    caption = "Each group under both policies, with 95% intervals; the nearer to zero, the less is left to pick."
    return make_figure(svg, "Payment less cost by group, under both policies", caption)

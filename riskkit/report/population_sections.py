"""The sections about the members: how they were chosen, and the tiers they fall in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from riskkit.report.blocks import Block, Cell, make_figure, make_note, make_section, make_table
from riskkit.report.scheme_figures import draw_flow, draw_tiers
from riskkit.report.titles import outcome_title, sentence_case
from riskkit.report.wording import MISSING, SMALLEST_CELL, as_estimate, format_count, format_percent, is_small

Summary = Mapping[str, Any]
WITHHELD: Final = "withheld"
GRADIENTS: Final = {
    "separated": ("The observed rate rises from tier to tier, and no two neighbouring intervals overlap.", "good"),
    "increasing": (
        "The observed rate rises from tier to tier, but the intervals of neighbouring tiers overlap or are not known: "
        "these members do not prove the order.",
        "warn",
    ),
    "not increasing": (
        "The observed rate does not rise from tier to tier: the tiers do not order these members.",
        "bad",
    ),
}


def make_flow_section(summary: Summary) -> Block | None:
    """Make the section on how the members were chosen.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict or None
        The section; None without a flow.
    """
    flow = summary.get("flow") or []
    if not flow:
        return None
    dates = list(dict.fromkeys(row.get("index_date") for row in flow))
    steps = list(dict.fromkeys(str(row["step"]) for row in flow))
    counts = {(row.get("index_date"), str(row["step"])): int(row["members"]) for row in flow}
    by_date = {date: _left_after(steps, [counts.get((date, step)) for step in steps]) for date in dates}
    rows = [[sentence_case(step), *(by_date[date][at] for date in dates)] for at, step in enumerate(steps)]
    titles = ["Step", *(str(date) if date else "All index dates" for date in dates)]
    last = [(step, counts[dates[-1], step]) for step in steps if (dates[-1], step) in counts]
    where = f"Index date {dates[-1]}." if dates[-1] else "All index dates."
    figure = make_figure(draw_flow(_hide_small_steps(last), "flow"), "Members left after each step", where)
    note = "Small print: members who dropped out at the step. Groups of fewer than 11 members are shown as <11."
    lead = "Who is in the models, and at which step the others dropped out."
    return make_section("flow", "Cohort flow", [figure, make_table(titles, rows, note=note)], lead=lead)


def _left_after(steps: Sequence[str], members: Sequence[int | None]) -> list[Cell]:
    """Write the members after each step; a step that fewer than 11 leave must not show by subtraction."""
    cells: list[Cell] = []
    before: int | None = None
    for _, count in zip(steps, members, strict=True):
        lost = 0 if before is None or count is None else before - count
        if count is not None and before is not None and is_small(lost) and not is_small(count):
            cells.append({"text": f"over {max(before - SMALLEST_CELL, 0):,}", "sub": f"<{SMALLEST_CELL} out"})
        else:
            cells.append({"text": format_count(count), "sub": f"{lost:,} out" if lost > 0 else ""})
        before = count if count is not None else before
    return cells


def _hide_small_steps(steps: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Leave out the steps that fewer than 11 members left: the bar would tell their number."""
    kept: list[tuple[str, int]] = []
    for step, members in steps:
        if not kept or not is_small(kept[-1][1] - members):
            kept.append((sentence_case(step), members))
    return kept


def make_tier_section(summary: Summary) -> Block | None:
    """Make the section on the tiers: sizes, observed rates, packages.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict or None
        The section; None for a scheme without tiers.
    """
    tiers = summary.get("tiers")
    if not tiers:
        return None
    observed, cost = (outcome_title(summary, tiers.get(key)) for key in ("outcome", "cost_outcome"))
    lead = f"Tier policy: {_policy_title(tiers.get('policy'))}." + (f" Observed rate: {observed}." if observed else "")
    lead += f" Cost: {cost}, as observed." if cost else ""
    return make_section("tiers", "Risk tiers", make_tier_blocks(tiers, "tiers"), lead=lead)


def make_tier_blocks(
    tiers: Mapping[str, Any], name: str, title: str = "Tier sizes and observed rates"
) -> list[Block | None]:
    """Show what happened in each tier: whether the rate rises, the figure, the table.

    Parameters
    ----------
    tiers : mapping
        `rows` and `gradient`, as in `summary.json`.
    name : str
        Name of the figure on the page.
    title : str, default "Tier sizes and observed rates"
        Title of the figure.

    Returns
    -------
    list of dict or None
        Note, figure and table.
    """
    rows = withhold_small_tiers(tiers["rows"])
    figure = make_figure(draw_tiers(rows, name), title, "Withheld tiers have no bar.")
    titles = ["Tier", "Package", "Members", "Share", "Observed rate", "Mean predicted risk"]
    titles += ["Share of cost"] if any(row.get("cost_share") is not None for row in rows) else []
    table = make_table(titles, [_tier_cells(row)[: len(titles)] for row in rows], words=2)
    return [_make_order_note(rows, tiers.get("gradient")), figure, table]


def withhold_small_tiers(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Blank the figures of tiers under 11 members, and of a second tier where one alone could be found by subtraction.

    Parameters
    ----------
    rows : sequence of mapping
        `tier`, `package`, `members`, `share`, `observed_rate`, `mean_risk`, `cost_share`.

    Returns
    -------
    list of dict
        The same rows; those withheld keep `tier` and `package`, and `members` as text.

    Examples
    --------
    >>> rows = [{"tier": t, "package": t, "members": n, "share": 0.1} for t, n in [("a", 5), ("b", 40), ("c", 900)]]
    >>> [row["members"] for row in withhold_small_tiers(rows)]
    ['<11', 'withheld', '900']
    """
    small = [at for at, row in enumerate(rows) if is_small(row.get("members"))]
    others = sorted((row["members"], at) for at, row in enumerate(rows) if at not in small and row.get("members"))
    second = [others[0][1]] if len(small) == 1 and others else []
    shown = []
    for at, row in enumerate(rows):
        if at in small or at in second:
            members = format_count(row["members"]) if at in small else WITHHELD
            shown.append({"tier": row["tier"], "package": row.get("package"), "members": members})
        else:
            shown.append({**row, "members": format_count(row.get("members"))})
    return shown


def _policy_title(policy: object) -> str:
    if isinstance(policy, Mapping):
        return str(policy.get("title") or policy.get("name") or MISSING)
    return str(policy or MISSING)


def _tier_cells(row: Mapping[str, Any]) -> list[Cell]:
    rate = as_estimate(row.get("observed_rate"))
    interval = "" if rate["low"] is None else f"{format_percent(rate['low'])} to {format_percent(rate['high'])}"
    return [
        sentence_case(str(row["tier"])),
        str(row.get("package") or MISSING),
        row["members"],
        format_percent(row.get("share")),
        {"text": format_percent(rate["value"]), "sub": interval},
        format_percent(row.get("mean_risk")),
        format_percent(row.get("cost_share")),
    ]


def _make_order_note(rows: Sequence[Mapping[str, Any]], gradient: str | None) -> Block | None:
    """Say whether the rate rises: as the summary says of all tiers in the policy's order, else read off the rows."""
    if gradient in GRADIENTS:
        return make_note(*GRADIENTS[gradient])
    estimates = [as_estimate(row.get("observed_rate")) for row in rows if row["tier"] != "unassessed"]
    known = [(one["value"], one["low"], one["high"]) for one in estimates if one["value"] is not None]
    if len(known) < 2:
        return None
    if not all(lower < higher for (lower, _, _), (higher, _, _) in pairwise(known)):
        return make_note(*GRADIENTS["not increasing"])
    ends = [(below[2], above[1]) for below, above in pairwise(known)]
    apart = all(high is not None and low is not None and high < low for high, low in ends)
    return make_note(*GRADIENTS["separated" if apart else "increasing"])

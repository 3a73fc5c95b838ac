"""The sections about members and money: cohort flow, tiers, rates with their certificate, and the data read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from riskkit.report.blocks import Block, Cell, make_figure, make_note, make_section, make_table
from riskkit.report.scheme_figures import draw_flow, draw_rates, draw_tiers
from riskkit.report.verdict import total_rows
from riskkit.report.wording import (
    MISSING,
    SMALLEST_CELL,
    as_estimate,
    as_number,
    format_count,
    format_minor,
    format_number,
    format_percent,
    format_plain,
    is_small,
    sentence_case,
)

if TYPE_CHECKING:
    import pandas as pd

    Frames = Mapping[str, pd.DataFrame]

Summary = Mapping[str, Any]
WITHHELD: Final = "withheld"
CERTIFICATE_TITLES: Final = {
    "policy": "Rate policy",
    "policy_reference": "Reference",
    "effective": "Effective from",
    "scope": "Scope",
    "reference_population": "Reference population",
    "members": "Members",
    "member_months": "Member months",
    "normalization_factor": "Normalisation factor (mean expected cost)",
    "base_amount": "Base amount per member year",
    "region_normalization": "Region normalisation",
    "budget_factor": "Budget factor",
    "floor_share": "Members at the floor",
    "cap_share": "Members at the cap",
    "rate_table_sha256": "SHA-256 of the rate table",
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
    figure = make_figure(draw_flow(_hide_small_steps(last), "flow"), "Cohort flow", where)
    note = "Small print: members who left at the step. Groups of fewer than 11 members are shown as <11."
    lead = "Who is in the models, and at which step the others left."
    return make_section("flow", "Cohort flow", [figure, make_table(titles, rows, note=note)], lead=lead)


def _left_after(steps: Sequence[str], members: Sequence[int | None]) -> list[Cell]:
    """Write the members after each step; a step that fewer than 11 leave must not show by subtraction."""
    cells: list[Cell] = []
    before: int | None = None
    for _, count in zip(steps, members, strict=True):
        lost = 0 if before is None or count is None else before - count
        if count is not None and before is not None and is_small(lost) and not is_small(count):
            cells.append({"text": f"over {max(before - SMALLEST_CELL, 0):,}", "sub": f"−<{SMALLEST_CELL}"})
        else:
            cells.append({"text": format_count(count), "sub": f"−{lost:,}" if lost > 0 else ""})
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
    rows = withhold_small_tiers(tiers["rows"])
    figure = make_figure(draw_tiers(rows, "tiers"), "Tier sizes and observed rates", "Withheld tiers have no bar.")
    titles = ["Tier", "Package", "Members", "Share", "Observed rate", "Mean predicted risk", "Share of cost"]
    table = make_table(titles, [_tier_cells(row) for row in rows], words=2)
    lead = f"Tier policy: {_policy_title(tiers.get('policy'))}."
    return make_section("tiers", "Risk tiers", [_make_order_note(rows), figure, table], lead=lead)


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


def _make_order_note(rows: Sequence[Mapping[str, Any]]) -> Block | None:
    named = [row for row in rows if row["tier"] != "unassessed"]
    rates = [as_estimate(row.get("observed_rate"))["value"] for row in named]
    known = [rate for rate in rates if rate is not None]
    if len(known) < 2:
        return None
    if all(low < high for low, high in zip(known, known[1:], strict=False)):
        return make_note("The observed rate rises from tier to tier.", "good")
    return make_note("The observed rate does not rise from tier to tier: the tiers do not order these members.", "bad")


def make_rate_section(summary: Summary, frames: Frames) -> Block | None:
    """Make the section on the rates: their distribution and the budget certificate.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.
    frames : mapping of str to pandas.DataFrame
        `rates` where it was written.

    Returns
    -------
    dict or None
        The section; None for a scheme without rates.
    """
    rates = summary.get("rates")
    if not rates:
        return None
    currency = str((rates.get("certificate") or {}).get("currency") or summary["scheme"].get("currency", ""))
    blocks = [_make_budget_note(rates, currency), _make_rate_figure(frames, currency)]
    blocks += [_make_quantile_table(rates, currency), _make_certificate_table(rates, currency)]
    lead = f"Per-capita rates in {currency} per member year, as the rate policy derives them from the predictions."
    return make_section("rates", "Rates and budget certificate", blocks, lead=lead)


def _make_budget_note(rates: Mapping[str, Any], currency: str) -> Block:
    unit = (rates.get("certificate") or {}).get("minor_units_per_currency_unit", 100)
    budget, allocated = rates.get("budget_minor"), rates.get("allocated_minor")
    text = f"Budget {format_minor(budget, unit, currency)}; allocated {format_minor(allocated, unit, currency)}; "
    if budget is None or budget != allocated:
        return make_note(f"{text}the two differ. Do not sign this rate table.", "bad")
    return make_note(f"{text}difference {format_minor(0, unit, currency)}.", "good")


def _make_rate_figure(frames: Frames, currency: str) -> Block | None:
    frame = frames.get("rates")
    if frame is None or len(frame) < SMALLEST_CELL:
        return None
    svg = draw_rates(frame["rate_amount"], f"Rate, {currency} per member year", "rates")
    caption = "Share of members by rate. Bars of fewer than 11 members are left out."
    return make_figure(svg, "Rate distribution", caption)


def _make_quantile_table(rates: Mapping[str, Any], currency: str) -> Block:
    quantiles = rates.get("quantiles") or {}
    names = [name for name in ("p5", "p25", "p50", "p75", "p95") if name in quantiles]
    titles = ["", "Mean", *(name.upper() for name in names), "Members at floor", "Members at cap"]
    figures = [format_number(rates.get("mean_rate"), 2), *(format_number(quantiles[name], 2) for name in names)]
    counts = [format_count(rates.get("at_floor")), format_count(rates.get("at_cap"))]
    return make_table(titles, [[f"{currency} per member year", *figures, *counts]])


def _make_certificate_table(rates: Mapping[str, Any], currency: str) -> Block | None:
    certificate = rates.get("certificate") or {}
    if not certificate:
        return None
    rows: list[list[Cell]] = [
        [title, _certificate_value(certificate, key)] for key, title in CERTIFICATE_TITLES.items() if key in certificate
    ]
    unit = certificate.get("minor_units_per_currency_unit", 100)
    for key, title in (
        ("expected_cost_minor", "Expected cost"),
        ("budget_minor", "Budget"),
        ("allocated_minor", "Allocated"),
        ("difference_minor", "Difference"),
    ):
        if key in certificate:
            rows.append([title, format_minor(certificate[key], unit, currency)])
    for payer, minor in (certificate.get("allocated_minor_by_payer") or {}).items():
        rows.append([f"Allocated to the {payer}", format_minor(minor, unit, currency)])
    for tier, relativity in (certificate.get("tier_relativities") or {}).items():
        rows.append([f"Relativity of tier {tier}", format_plain(relativity)])
    return make_table(["Item", "Value"], rows, caption="Budget-neutrality certificate")


def _certificate_value(certificate: Mapping[str, Any], key: str) -> str:
    value = certificate[key]
    if key not in {"floor_share", "cap_share"}:
        return format_plain(value)
    members = (as_number(value) or 0.0) * (as_number(certificate.get("members")) or 0.0)
    return f"fewer than {SMALLEST_CELL} members" if is_small(round(members)) else format_percent(value)


def make_data_section(summary: Summary) -> Block | None:
    """Make the section on what was read, what was set aside and how it ties.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict or None
        The section; None without an account of the data.
    """
    data = summary.get("data")
    if not data:
        return None
    counts = make_table(
        ["Records", "Read", "Accepted", "Set aside"], _count_rows(data), note="Records set aside lie in the quarantine."
    )
    hashes: list[list[Cell]] = [[table, {"text": str(sha), "tone": "code"}] for table, sha in (data.get("hashes") or {}).items()]
    adapter = data.get("adapter") or {}
    blocks = [
        counts,
        *_make_adapter_tables(adapter),
        _make_pair_table("Reconciliation", data.get("reconciliation") or adapter.get("reconciliation")),
        *(make_note(str(note)) for note in adapter.get("notes") or ()),
        make_table(["Table", "SHA-256"], hashes, caption="Fingerprints of the tables", words=2) if hashes else None,
    ]
    return make_section("data", "Data read", blocks, lead="What came in, what was left out, and how the money ties.")


def _count_rows(data: Mapping[str, Any]) -> list[list[Cell]]:
    columns = [data.get(key) for key in ("rows_in", "accepted", "quarantined")]
    total: list[Cell] = ["All tables", *(format_plain(total_rows(column)) for column in columns)]
    if not isinstance(columns[0], Mapping):
        return [total]
    rows: list[list[Cell]] = []
    for table in columns[0]:
        rows.append([table, *(format_plain(c.get(table)) if isinstance(c, Mapping) else MISSING for c in columns)])
    return [*rows, total]


def _make_adapter_tables(adapter: Mapping[str, Any]) -> list[Block | None]:
    unmapped: list[list[Cell]] = [
        [str(item.get("what")), str(item.get("reason")), format_plain(item.get("count"))]
        for item in adapter.get("unmapped") or ()
    ]
    table = make_table(["What", "Why", "Values"], unmapped, caption="In the source, without a place here", words=2)
    return [
        _make_pair_table("Rows read from each source file", adapter.get("rows_in")),
        table if unmapped else None,
    ]


def _make_pair_table(caption: str, pairs: object) -> Block | None:
    if not isinstance(pairs, Mapping) or not pairs:
        return None
    rows: list[list[Cell]] = []
    for name, value in pairs.items():
        nested = value.items() if isinstance(value, Mapping) else [("", value)]
        rows += [[sentence_case(f"{name} {key}".strip().replace("_", " ")), format_plain(item)] for key, item in nested]
    return make_table(["Item", "Value"], rows, caption=caption)

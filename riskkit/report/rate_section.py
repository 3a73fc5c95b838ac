"""The section on the money: the distribution of the rates and the budget certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from riskkit.report.blocks import Block, Cell, make_figure, make_note, make_section, make_table
from riskkit.report.scheme_figures import draw_rates
from riskkit.report.wording import (
    SMALLEST_CELL,
    as_number,
    format_count,
    format_minor,
    format_number,
    format_percent,
    format_plain,
    is_small,
)

if TYPE_CHECKING:
    import pandas as pd

    Frames = Mapping[str, pd.DataFrame]

Summary = Mapping[str, Any]
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
CERTIFICATE_DECIMALS: Final = {
    "member_months": 2,
    "normalization_factor": 2,
    "base_amount": 2,
    "region_normalization": 6,
    "budget_factor": 6,
}


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
    return make_note(f"{text}difference {format_minor(0, unit, currency)}.{_describe_tie(rates, currency)}", "good")


def _describe_tie(rates: Mapping[str, Any], currency: str) -> str:
    """Say what the rates times their exposure miss the budget by, where the certificate states it."""
    certificate = rates.get("certificate") or {}
    if "rate_due_difference_minor" not in certificate:
        return ""
    if certificate["rates_tie"]:
        how = f" ({certificate['tie']})" if certificate.get("tie_moves") else ""
        return f" Rate times exposure comes to the budget too, within half a minor unit{how}."
    unit = certificate.get("minor_units_per_currency_unit", 100)
    apart = format_minor(round(certificate["rate_due_difference_minor"]), unit, currency)
    said = f"{certificate['different_rates']} different rates are too few to tie when each is rounded"
    why = certificate.get("tie", said)
    return f" Rate times exposure differs from the budget by {apart}: {why}, and the allocation takes it up."


def _make_rate_figure(frames: Frames, currency: str) -> Block | None:
    frame = frames.get("rates")
    if frame is None or len(frame) < SMALLEST_CELL:
        return None
    svg = draw_rates(frame, f"Rate, {currency} per member year", "rates")
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
        [title, {"text": _certificate_value(certificate, key), "tone": "code" if key.endswith("sha256") else ""}]
        for key, title in CERTIFICATE_TITLES.items()
        if key in certificate
    ]
    unit = certificate.get("minor_units_per_currency_unit", 100)
    for key, title in (
        ("expected_cost_minor", "Expected cost"),
        ("budget_minor", "Budget"),
        ("allocated_minor", "Allocated"),
        ("difference_minor", "Difference"),
        ("rate_due_minor", "Rate times exposure"),
        ("rate_due_difference_minor", "Rate times exposure, difference from the budget"),
    ):
        if key in certificate:
            minor = certificate[key]
            rows.append([title, format_minor(round(minor) if isinstance(minor, float) else minor, unit, currency)])
    for payer, minor in (certificate.get("allocated_minor_by_payer") or {}).items():
        rows.append([f"Allocated to the {payer}", format_minor(minor, unit, currency)])
    for tier, relativity in (certificate.get("tier_relativities") or {}).items():
        rows.append([f"Relativity of tier {tier}", format_plain(relativity)])
    for moved in certificate.get("tie_moves") or []:
        before = format_minor(moved["rate_before_minor"], unit, currency)
        rows.append([f"Move of the rate {before} to tie", format_minor(moved["move_minor"], unit, currency)])
    return make_table(["Item", "Value"], rows, caption="Budget-neutrality certificate")


def _certificate_value(certificate: Mapping[str, Any], key: str) -> str:
    value = certificate[key]
    if key in CERTIFICATE_DECIMALS:
        return format_number(value, CERTIFICATE_DECIMALS[key])
    if key not in {"floor_share", "cap_share"}:
        return format_plain(value)
    members = (as_number(value) or 0.0) * (as_number(certificate.get("members")) or 0.0)
    return f"fewer than {SMALLEST_CELL} members" if is_small(round(members)) else format_percent(value)

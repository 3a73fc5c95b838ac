"""The verdict at the top of the audit page: what stands against signing, and what the claims cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.audit_titles import GROUPINGS, say_level, shorten, to_english, write_money
from riskkit.report.wording import format_minor, format_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Audits = Sequence[Mapping[str, Any]]

KINDS: Final = {"risk_tier": "tiers", "team_id": "teams", "decile": "deciles", "tier_decile": "deciles inside a tier"}
"""Partitions with a sentence of their own; those of the fairness list share one."""
MOST_NAMED: Final = 3


def make_verdict(audits: Audits) -> dict[str, Any]:
    """Say what stands against signing; of two policies each under its name.

    Parameters
    ----------
    audits : sequence of mapping
        One audit or two.

    Returns
    -------
    dict
        `tone`, `headline`, `sentences`.
    """
    said: list[str] = []
    answers, broken = False, False
    for audit in audits:
        sentences, asks, fails = _judge(audit)
        before = "" if len(audits) == 1 else f"{audit['title']}: "
        said += [f"{before}{sentence}" for sentence in sentences]
        answers, broken = answers or asks, broken or fails
    open_level = not all(audit["level_judged"] for audit in audits)
    clear = "Between groups nothing stands against signing; the level is not judged."
    headline = clear if open_level else "Nothing stands against signing."
    headline = "Answer these points before signing." if answers else headline
    return {
        "tone": "bad" if broken else "warn" if answers or open_level else "good",
        "headline": "Do not sign: a sicker member can be cheaper." if broken else headline,
        "sentences": said,
    }


def _judge(audit: Mapping[str, Any]) -> tuple[list[str], bool, bool]:
    """Return what is to be said of one policy, whether it asks for an answer, and whether the order is broken."""
    adequacy = audit["adequacy"]
    wrong = [row for row in audit["order"] if row["verdict"] == "fails"]
    sentences = [
        _say_scope(audit),
        f"A/E lies within {adequacy['band']:.0%} for {adequacy['share']:.1%} of the member years by "
        f"{'team' if adequacy['level'] == 'team_id' else 'decile'}; asked are {adequacy['asked_share']:.0%}."
        + ("" if audit["level_judged"] else " That says nothing of the level."),
    ]
    if wrong:
        found = "; ".join(f"{row['part']}, {row['step']}: {row['found']}" for row in wrong)
        sentences.insert(0, f"The order of the sicker and the cheaper is broken at {found}.")
    else:
        proved = sum(row["verdict"] == "holds" for row in audit["order"])
        sentences.append(f"Sicker is never cheaper: {proved} steps checked exactly, none breaks the order.")
    under, lacking = _say_under(audit), _say_lack(audit)
    asks = bool(adequacy["verdict"] != "met" or under or lacking or wrong)
    return sentences + under + lacking, asks, bool(wrong)


def _say_scope(audit: Mapping[str, Any]) -> str:
    """Say what the rates are held against, and whether that judges their level."""
    held = f"held against {format_percent(audit['cost_share'])} of the cost, as {audit['level_reason']}"
    if audit["level_judged"]:
        return f"{held[0].upper()}{held[1:]}."
    return f"The level is not judged: the table {say_level(audit)}. It is {held}."


def _say_under(audit: Mapping[str, Any]) -> list[str]:
    """Name tiers, teams, deciles and groups whose whole interval lies below zero, and where they stand."""
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for row in audit["groups"]:
        if not row["suppressed"]:
            kinds.setdefault(KINDS.get(row["grouping"], "groups"), []).append(row)
    said = []
    for kind, rows in kinds.items():
        under = [row for row in rows if row["high"] is not None and row["high"] < 0]
        worst = sorted(under, key=lambda row: float(row["net_compensation"]))[:MOST_NAMED]
        named = ", ".join(f"{_name_group(row)} ({write_money(row['net_compensation'])})" for row in worst)
        count = f"{len(under)} of {len(rows)}, the worst " if len(under) > MOST_NAMED else ""
        if under:
            said.append(f"Under-compensated {kind}, per member year: {count}{named}.")
    return [*said, "They stand in red under “Who is under-paid”, each kind in its table."] if said else []


def _name_group(row: Mapping[str, Any]) -> str:
    """Name a group, one of the fairness list with what it is a group by."""
    if row["grouping"] in KINDS:
        return shorten(str(row["group"]))
    return f"{to_english(GROUPINGS[row['grouping']]).lower()} {shorten(str(row['group']))}"


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

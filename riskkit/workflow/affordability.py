"""Affordability: what the rates ask for against last year's, the line of growth and what the fund has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskkit.rates.team_blocks import Affordability
    from riskkit.workflow.audit_policy import AuditPolicy


def describe_affordability(
    certificate: Mapping[str, Any], block: Affordability | None, asked: AuditPolicy, *, last: float | None = None
) -> dict[str, Any] | None:
    """State what the rates ask for, what is there for them, and what lies beyond; nothing is cut here.

    Parameters
    ----------
    certificate : mapping
        Certificate of the rates.
    block : Affordability or None
        What the policy says of the fund.
    asked : AuditPolicy
        The line of growth, where the policy has none of its own.
    last : float, optional
        Last year's rates, currency per member year, where they were computed; else the policy's own `prior`.

    Returns
    -------
    dict or None
        In minor units `asked_minor`, `budget_minor` (in the rates), `affordable_minor`, `shortfall_minor` (asked for
        and not there, by the policy) and `over_line_minor` (beyond the line of growth); in currency per member year
        `asked`, `paid`, `last`, `line`, `funding`; `growth` of what is asked for, `growth_line`; `scaled`, true where
        the policy cut the rates. A figure that is not known is None; None in all where neither last year nor the fund
        is known.
    """
    prior = None if block is None or block.prior is None else block.prior.value
    known = prior if last is None else last
    if block is None and known is None:
        return None
    years, per_unit = float(certificate["member_months"]) / 12, int(certificate["minor_units_per_currency_unit"])
    budget = int(certificate["budget_minor"])
    wanted = int(certificate.get("asked_minor", budget))
    affordable = certificate.get("affordable_minor")
    growth_line = asked.growth_line.value if block is None or block.growth is None else block.growth.value
    line = None if known is None else known * (1 + growth_line)
    beyond = None if line is None else max(wanted - round(line * years * per_unit), 0)
    funding = block.funding.value * block.share.value if block and block.funding and block.share else None
    return {
        "asked_minor": wanted,
        "budget_minor": budget,
        "affordable_minor": affordable,
        "shortfall_minor": 0 if affordable is None else max(wanted - int(affordable), 0),
        "over_line_minor": beyond,
        "scaled": budget < wanted,
        "asked": wanted / per_unit / years,
        "paid": budget / per_unit / years,
        "last": known,
        "line": line,
        "funding": funding,
        "growth": None if known is None else wanted / per_unit / years / known - 1,
        "growth_line": growth_line,
    }

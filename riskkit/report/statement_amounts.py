"""Amounts, rates and days of a statement, as a reader writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.report.statement_wording import say_title

if TYPE_CHECKING:
    from riskkit.report.statement_wording import Language
    from riskkit.settlement.policy import SettlementPolicy


def say_money(policy: SettlementPolicy, minor: int) -> str:
    """Say an amount in currency.

    Parameters
    ----------
    policy : SettlementPolicy
        Says the currency and its minor unit.
    minor : int
        Amount in minor units.

    Returns
    -------
    str
        Such as ``"566.67 CNY"``.
    """
    return f"{say_number(policy, minor)} {policy.currency}"


def say_number(policy: SettlementPolicy, minor: int) -> str:
    """Say an amount without its currency.

    Parameters
    ----------
    policy : SettlementPolicy
        Says the minor unit.
    minor : int
        Amount in minor units.

    Returns
    -------
    str
        Such as ``"566.67"``.
    """
    places = len(str(policy.per_currency_unit)) - 1
    return f"{minor / policy.per_currency_unit:,.{places}f}"


def say_percent(rate: float) -> str:
    """Say a fraction in per cent, without zeros at the end.

    Parameters
    ----------
    rate : float
        The fraction.

    Returns
    -------
    str
        To four places at most.

    Examples
    --------
    >>> say_percent(0.7), say_percent(0.939976774568), say_percent(0.0)
    ('70%', '93.9977%', '0%')
    """
    return f"{rate * 100:.4f}".rstrip("0").rstrip(".") + "%"


def say_effective(policy: SettlementPolicy, year: str | None, language: Language) -> str:
    """Say from when a policy holds, and whether the year began before.

    Parameters
    ----------
    policy : SettlementPolicy
        The policy.
    year : str, optional
        The year in words: its first day, or its number, comes first.
    language : {"en", "zh"}
        The language.

    Returns
    -------
    str
        The day, with a remark where the year began before it.
    """
    day = policy.effective.isoformat()
    return say_title("early", language).format(day=day) if begins_before(policy, year) else day


def begins_before(policy: SettlementPolicy, year: str | None) -> bool:
    """Whether a year began before its policy was in force.

    Parameters
    ----------
    policy : SettlementPolicy
        The policy.
    year : str, optional
        The year in words: its first day, or its number, comes first.

    Returns
    -------
    bool
        True if it did; False where the year is not known.
    """
    if year is None:
        return False
    first = year[:10] if len(year) >= 10 else f"{year}-01-01"
    return first < policy.effective.isoformat()

"""Amounts and rates of a statement, as a reader writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

"""Sequestration: the fraction that the law takes off what was earned, by the months of a performance year."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from riskkit.settlement.money import exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskkit.policy import PolicyNumber

MONTHS: Final = 12


def find_sequestration(steps: Sequence[PolicyNumber], year: float | None) -> Fraction:
    """Find the fraction of a performance year: the mean of what is in force on the first day of each of its months.

    Parameters
    ----------
    steps : sequence of PolicyNumber
        Fractions, each from its first day (`effective`) on until the next one's, in rising order.
    year : float or None
        Performance year; where it is not known the last step holds.

    Returns
    -------
    fractions.Fraction
        The fraction; 0 without steps, and of months before the first one.

    Examples
    --------
    Two per cent that are suspended from May on hold for 4 of 12 months.

    >>> from riskkit.policy import PolicyNumber
    >>> words = {"unit": "fraction", "reference": "test"}
    >>> steps = [
    ...     PolicyNumber(value=0.02, effective=date(2012, 1, 1), **words),
    ...     PolicyNumber(value=0, effective=date(2020, 5, 1), **words),
    ... ]
    >>> find_sequestration(steps, 2019), find_sequestration(steps, 2020), find_sequestration(steps, None)
    (Fraction(1, 50), Fraction(1, 150), Fraction(0, 1))
    """
    if not steps:
        return Fraction(0)
    if year is None:
        return exact(steps[-1].value)
    firsts = [date(int(year), month, 1) for month in range(1, MONTHS + 1)]
    return sum((_in_force(steps, day) for day in firsts), Fraction(0)) / MONTHS


def _in_force(steps: Sequence[PolicyNumber], day: date) -> Fraction:
    begun = [step for step in steps if step.effective <= day]
    return exact(begun[-1].value) if begun else Fraction(0)

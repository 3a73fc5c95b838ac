"""Money: exact fractions while a rule is applied, integer minor units once it is done, parts that sum to the whole."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Sequence


def exact(number: float) -> Fraction:
    """Take a decimal number as it is written, not as binary stores it.

    Parameters
    ----------
    number : float
        A number of a policy or a table.

    Returns
    -------
    fractions.Fraction
        The shortest decimal that reads back as `number`.

    Raises
    ------
    DataContractError
        If it is no finite number.

    Examples
    --------
    >>> exact(0.1) * 3 == exact(0.3)
    True
    """
    if not math.isfinite(number):
        message = f"settlement: found the number {number}, expected a finite one. Correct the amount or the rate."
        raise DataContractError(message)
    return Fraction(repr(float(number)))


def to_minor(amount: Fraction | int) -> int:
    """Round an exact amount to a whole number of minor units, halves to the even one.

    Parameters
    ----------
    amount : fractions.Fraction or int
        Amount in minor units.

    Returns
    -------
    int
        Whole minor units.

    Examples
    --------
    >>> to_minor(Fraction(5, 2)), to_minor(Fraction(7, 2))
    (2, 4)
    """
    return round(amount)


def split_whole(total: int, weights: Sequence[Fraction]) -> list[int]:
    """Split a whole in proportion to weights by largest remainder, so that the parts sum to it.

    Parameters
    ----------
    total : int
        The whole in minor units; it may be negative.
    weights : sequence of fractions.Fraction
        At least 0 each, of which one is positive.

    Returns
    -------
    list of int
        One part a weight, each within one unit of its share; units left over go to the largest remainders, in order
        where they tie.

    Raises
    ------
    ValueError
        If no weight is positive, or one is negative.

    Examples
    --------
    >>> split_whole(100, [Fraction(1)] * 3)
    [34, 33, 33]
    >>> split_whole(-100, [Fraction(1)] * 3)
    [-34, -33, -33]
    """
    whole = sum(weights, Fraction(0))
    if whole <= 0 or min(weights) < 0:
        message = "weights must be at least 0 and sum to more than 0. Give one that is positive"
        raise ValueError(message)
    sign = -1 if total < 0 else 1
    due = [abs(total) * weight / whole for weight in weights]
    parts = [int(share) for share in due]
    order = sorted(range(len(due)), key=lambda at: (parts[at] - due[at], at))
    for at in order[: abs(total) - sum(parts)]:
        parts[at] += 1
    return [sign * part for part in parts]

"""The tie: the budget factor at which the rounded rates times their exposure come to the budget."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NARROWEST, WIDEST = 1e-9, 1.0
"""Relative moves of the factor between which the bracket is sought."""
HALF_MINOR_UNIT = 0.5
FEWEST_RATES = 20
"""Fewest different rates that are tied: fewer keep the factor as it is worked by hand, and the certificate says so."""


def tie_to_budget(factor: float, total: Callable[[float], float], budget: int) -> float:
    """Move the budget factor, so that the rates tie to the budget after they are rounded.

    The rounded sum is a rising staircase in the factor: at each of its steps the members who share one rate move by
    one minor unit, and the sum by their member years. The factor is put on the step nearest to the budget, so that the
    difference is at most half a step: half a minor unit where every rate between floor and cap is different, half the
    member years that share a rate where they are not. Rounding moves a sum by at most half a minor unit per member
    year, so the factor has to move by about half a minor unit of the mean rate between floor and cap at the most.

    Parameters
    ----------
    factor : float
        The factor that meets the budget before rounding.
    total : callable
        From a factor to the sum of rounded rate times exposure, in minor units; non-decreasing.
    budget : int
        The budget in minor units.

    Returns
    -------
    float
        The factor whose sum is nearest to the budget; the given one where none is nearer.

    Examples
    --------
    Two rates of 100.3 and 100.4 round to 200; the second one is first over the half, and 201 is met:

    >>> import numpy as np
    >>> rates = np.array([100.3, 100.4])
    >>> factor = tie_to_budget(1.0, lambda trial: np.rint(trial * rates).sum(), 201)
    >>> np.rint(factor * rates).tolist()
    [100.0, 101.0]
    """
    width = NARROWEST
    while width < WIDEST and not total(factor * (1 - width)) <= budget <= total(factor * (1 + width)):
        width *= 2
    low, high = factor * (1 - min(width, WIDEST)), factor * (1 + width)
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if total(middle) < budget else (low, middle)
    return min((factor, low, high), key=lambda trial: abs(total(trial) - budget))


def describe_tie(rate_due: float, budget_minor: int, *, different_rates: int) -> dict[str, object]:
    """State what the rates times their exposure come to, beside the budget.

    Parameters
    ----------
    rate_due : float
        Sum of rate times exposure in minor units.
    budget_minor : int
        The budget in minor units.
    different_rates : int
        Different rates in the table; the fewer, the higher the steps of the sum.

    Returns
    -------
    dict
        `rate_due_minor`, `rate_due_difference_minor`, `different_rates`, and `rates_tie`: whether the difference is at
        most half a minor unit.

    Examples
    --------
    >>> describe_tie(99.0, 100, different_rates=1)["rates_tie"]
    False
    """
    apart = rate_due - budget_minor
    return {
        "rate_due_minor": round(rate_due, 6),
        "rate_due_difference_minor": round(apart, 6),
        "different_rates": different_rates,
        "rates_tie": math.isfinite(apart) and abs(apart) <= HALF_MINOR_UNIT + 1e-6,
    }

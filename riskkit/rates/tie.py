"""The tie: the budget factor at which rounded rates times exposure come to the budget, and the words for it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NARROWEST, WIDEST = 1e-9, 1.0
"""Relative moves of the factor between which the bracket is sought."""
HALF_MINOR_UNIT = 0.5
FEWEST_RATES = 20
"""Fewest different rates at which the factor moves: fewer keep the one worked by hand, and the rates move instead."""


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


def describe_tie(
    rate_due: float,
    budget_minor: int,
    *,
    different_rates: int,
    moves: Mapping[int, int] | None = None,
    most_move: float = 0.0,
) -> dict[str, object]:
    """State what the rates times their exposure come to, beside the budget.

    Parameters
    ----------
    rate_due : float
        Sum of rate times exposure in minor units.
    budget_minor : int
        The budget in minor units.
    different_rates : int
        Different rates in the table; the fewer, the higher the steps of the sum.
    moves : mapping of int to int, optional
        Move by rate before it, in minor units.
    most_move : float, default 0.0
        Largest move that the policy allows, as a fraction of the rate.

    Returns
    -------
    dict
        `rate_due_minor`, `rate_due_difference_minor`, `different_rates`, `rates_tie` (whether the difference is at
        most half a minor unit), `tie` (how it is met, or why it is not) and `tie_moves` (each with
        `rate_before_minor`, `move_minor`).

    Examples
    --------
    >>> said = describe_tie(99.0, 100, different_rates=1)
    >>> said["rates_tie"], said["tie"]
    (False, 'one rate for all members: what rounding leaves remains')
    """
    apart, moved = rate_due - budget_minor, dict(moves or {})
    ties = math.isfinite(apart) and abs(apart) <= HALF_MINOR_UNIT + 1e-6
    return {
        "rate_due_minor": round(rate_due, 6),
        "rate_due_difference_minor": round(apart, 6),
        "different_rates": different_rates,
        "rates_tie": ties,
        "tie": _word_tie(ties, different_rates, moved, most_move),
        "tie_moves": [{"rate_before_minor": rate, "move_minor": moved[rate]} for rate in sorted(moved)],
    }


def _word_tie(ties: bool, different_rates: int, moves: Mapping[int, int], most_move: float) -> str:
    """Say how the budget is met, or why it is not."""
    largest = max((abs(move) for move in moves.values()), default=0)
    moved = f"{len(moves)} of {different_rates} rates moved by at most {largest} minor units"
    if ties:
        return moved if moves else "met as rounded"
    if different_rates == 1:
        return "one rate for all members: what rounding leaves remains"
    within = f"no whole moves of at most {most_move:.4g} of a rate that were searched meet it: what is left remains"
    return f"{within}; {moved}, which comes nearest" if moves else within

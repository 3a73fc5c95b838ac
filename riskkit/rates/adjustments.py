"""Adjustments of a priced amount: region factors, floor and cap, and the one factor that meets the budget."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.errors import DataContractError, PolicyError
from riskkit.rates.members import look_up

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from riskkit.rates.blocks import Region


def compute_region_factors(regions: pd.Series, block: Region, *, policy_name: str) -> NDArray[np.float64]:
    """Give each member the region's factor as the policy writes it, not renormalised.

    Parameters
    ----------
    regions : pandas.Series of shape (n_members,)
        Region names.
    block : Region
        Factor by region.
    policy_name : str
        Names the policy in a message.

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        Factors.

    Raises
    ------
    DataContractError
        If a member has no region.
    PolicyError
        If the policy has no factor for a region.
    """
    missing = regions.isna().to_numpy()
    if missing.any():
        message = f"rates: region is missing for {missing.sum()} of {len(regions)} members. Correct the members."
        raise DataContractError(message)
    table = {name: number.value for name, number in block.factors.items()}
    found = look_up(regions, table)
    unknown = np.isnan(found)
    if unknown.any():
        message = (
            f"rate policy {policy_name!r} [region.factors]: no factor for region {str(regions[unknown].iloc[0])!r} "
            f"({unknown.sum()} of {len(regions)} members), known: {', '.join(table)}. "
            "Add it to the policy, or correct the members."
        )
        raise PolicyError(message)
    return found


@dataclass(frozen=True)
class Limits:
    """The lowest and highest amount that may be paid.

    Parameters
    ----------
    floor, cap : float
        Currency per member year; 0 and infinity where the policy has no such block.
    """

    floor: float = 0.0
    cap: float = math.inf

    def clip(self, amount: NDArray[np.float64]) -> NDArray[np.float64]:
        """Hold amounts between floor and cap.

        Parameters
        ----------
        amount : numpy.ndarray of shape (n,)
            Amounts in currency.

        Returns
        -------
        numpy.ndarray of shape (n,)
            Amounts between both limits.

        Examples
        --------
        >>> Limits(3000.0, 18000.0).clip(np.array([2400.0, 6000.0, 30000.0])).tolist()
        [3000.0, 6000.0, 18000.0]
        """
        return np.clip(amount, self.floor, self.cap)


def find_budget_factor(
    amount: NDArray[np.float64], years: NDArray[np.float64], *, target: float, limits: Limits, policy_name: str
) -> float:
    """Find the factor k with ``sum(years * clip(k * amount, floor, cap)) = target``.

    The sum rises with k in straight pieces that meet where a member leaves the floor or reaches the cap. The piece that
    holds the target is found by bisection over those points and solved exactly, so no tolerance is involved.

    Parameters
    ----------
    amount : numpy.ndarray of shape (n_members,)
        Priced amounts before floor and cap (currency per member year).
    years : numpy.ndarray of shape (n_members,)
        Exposure in member years.
    target : float
        The budget in currency.
    limits : Limits
        Floor and cap.
    policy_name : str
        Names the policy in a message.

    Returns
    -------
    float
        The budget factor k.

    Raises
    ------
    PolicyError
        If no factor reaches the target between floor and cap.

    References
    ----------
    .. [1] METHODS 6, caps and budget neutrality.

    Examples
    --------
    >>> relative, years = np.array([0.4, 0.8, 1, 1.6, 5]), np.array([100.0, 300, 300, 200, 10])
    >>> k = find_budget_factor(relative, years, target=910.0, limits=Limits(0.5, 3.0), policy_name="example")
    >>> round(k, 5)
    0.96512
    """
    _refuse_infeasible(amount, years, target=target, limits=limits, policy_name=policy_name)
    floor, cap = np.full(len(amount), limits.floor), np.full(len(amount), limits.cap)
    return solve_factor(amount, years, target=target, floor=floor, cap=cap)


def solve_factor(
    amount: NDArray[np.float64],
    years: NDArray[np.float64],
    *,
    target: float,
    floor: NDArray[np.float64],
    cap: NDArray[np.float64],
) -> float:
    """Solve ``sum(years * clip(k * amount, floor, cap)) = target`` for k, where it is known to have a solution.

    Parameters
    ----------
    amount, years : numpy.ndarray of shape (n,)
        Amounts per member year and exposure.
    target : float
        The sum, within what the limits allow.
    floor, cap : numpy.ndarray of shape (n,)
        Limits of each amount.

    Returns
    -------
    float
        The factor.
    """
    turns = _turns(amount, years, floor, cap)
    place = bisect_left(turns, target, key=lambda k: float((years * np.clip(k * amount, floor, cap)).sum()))
    if place == 0:
        return float(turns[0])
    inside = (turns[place - 1] + turns[place]) / 2 if place < len(turns) else turns[-1] * 2 + 1
    free = (inside * amount > floor) & (inside * amount < cap) & (years > 0)
    if not free.any():
        return float(turns[min(place, len(turns) - 1)])
    held = (years * np.clip(inside * amount, floor, cap))[~free]
    return (target - math.fsum(held.tolist())) / math.fsum((years * amount)[free].tolist())


def _turns(
    amount: NDArray[np.float64], years: NDArray[np.float64], floor: NDArray[np.float64], cap: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the factors at which a member leaves the floor or reaches the cap, in rising order."""
    payable = (amount > 0) & (years > 0)
    with np.errstate(over="ignore"):
        turns = np.unique(np.concatenate([floor[payable] / amount[payable], cap[payable] / amount[payable]]))
    finite: NDArray[np.float64] = turns[np.isfinite(turns)]
    return finite


def _refuse_infeasible(
    amount: NDArray[np.float64], years: NDArray[np.float64], *, target: float, limits: Limits, policy_name: str
) -> None:
    """Raise where the target lies outside what floor and cap allow."""
    lowest = limits.floor * math.fsum(years.tolist())
    movable = math.fsum(years[amount > 0].tolist())
    highest = limits.cap * movable + limits.floor * math.fsum(years[amount <= 0].tolist()) if movable else lowest
    allowance = 1e-12 * target
    if not lowest - allowance <= target <= highest + allowance:
        message = (
            f"rate policy {policy_name!r} [budget]: {target:,.2f} cannot be met: floor and cap allow "
            f"{lowest:,.2f} to {highest:,.2f} for the reference population. Change [budget], [base] or [floor_cap]."
        )
        raise PolicyError(message)

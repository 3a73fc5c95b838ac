"""Allocation: integer minor units that sum to the budget exactly, by largest remainder."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from riskkit.errors import DataContractError
from riskkit.rates.members import MONTHS_A_YEAR, as_floats, check_members

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from riskkit.rates.frozen import FrozenRates


def split_by_largest_remainder(due: NDArray[np.float64], total_minor: int) -> NDArray[np.int64]:
    """Split a whole into integers in proportion to what is due.

    Each part first gets the whole minor units of its share; those left over go one each to the largest remainders,
    in the order of the rows where remainders tie.

    Parameters
    ----------
    due : numpy.ndarray of shape (n,)
        Amounts due, at least 0, of which one is positive.
    total_minor : int
        The whole in minor units.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Parts in minor units; they sum to `total_minor`, and each is within one unit of its share.

    Examples
    --------
    >>> split_by_largest_remainder(np.array([1.0, 1.0, 1.0]), 100).tolist()
    [34, 33, 33]
    """
    share = due * (total_minor / math.fsum(due.tolist()))
    parts = np.floor(share).astype(np.int64)
    left = total_minor - int(parts.sum())
    order = np.argsort(parts - share, kind="stable")
    # a share that binary fractions put a hair over a whole unit can leave the sum one unit too high
    taken = order[:left] if left >= 0 else order[left:]
    parts[taken] += int(np.sign(left))
    return parts


def allocate_budget(frozen: FrozenRates, rates: pd.DataFrame) -> pd.DataFrame:
    """Add what each member's exposure is worth, so that the table sums to its budget to the minor unit.

    A member is due `rate_minor` x `exposure_months` / 12. Rounding the rates moves the sum of those amounts by up to
    half a minor unit per member year; the allocation spreads that difference in proportion, by largest remainder.

    Parameters
    ----------
    frozen : FrozenRates
        The figures with the budget.
    rates : pandas.DataFrame of shape (n_members, n_columns)
        The rates of the population on which the figures were fitted, with `exposure_months`.

    Returns
    -------
    pandas.DataFrame of shape (n_members, n_columns + 1)
        The rates with `allocated_minor` (integer minor units), sorted by key.

    Raises
    ------
    DataContractError
        If the table is not the one the budget was fitted on: it differs by more than rounding.
    """
    table = check_members(rates, ["exposure_months", "rate_minor"])
    years = as_floats(table, "exposure_months") / MONTHS_A_YEAR
    due = as_floats(table, "rate_minor") * years
    total, member_years = math.fsum(due.tolist()), math.fsum(years.tolist())
    rounding = 0.5 * member_years + 1 + 1e-9 * total
    if len(table) != frozen.members or not abs(total - frozen.budget_minor) <= rounding:
        scale = frozen.policy.rounding.per_currency_unit
        message = (
            f"rates: {len(table)} members are due {total / scale:,.2f} {frozen.policy.currency}, but the budget of "
            f"{frozen.members} members ({frozen.reference_population}) is {frozen.budget_minor / scale:,.2f}. "
            "Allocate the population that the rates were fitted on, or fit them on this one."
        )
        raise DataContractError(message)
    return table.assign(allocated_minor=split_by_largest_remainder(due, frozen.budget_minor))

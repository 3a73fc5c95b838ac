"""Relative risk: expected cost against a reference population, by member or by tier."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.rates.members import as_floats, look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskkit.rates.blocks import RelativeRisk


def weighted_mean(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Return the weighted mean, exact to the last bit whatever the order of the rows.

    Parameters
    ----------
    values, weight : numpy.ndarray of shape (n,)
        Values and their weights, of which one is positive.

    Returns
    -------
    float
        ``sum(values * weight) / sum(weight)``.

    Examples
    --------
    >>> weighted_mean(np.array([2000.0, 8000.0]), np.array([12.0, 6.0]))
    4000.0
    """
    return math.fsum((values * weight).tolist()) / math.fsum(weight.tolist())


def fit_normalization(members: pd.DataFrame) -> float:
    """Return the mean expected cost of the reference population, weighted by member months.

    Parameters
    ----------
    members : pandas.DataFrame of shape (n_members, n_columns)
        `expected_cost` (currency per member year) and `exposure_months`.

    Returns
    -------
    float
        The normalisation factor (currency per member year): an expected cost of this much has a relative score of one.

    Raises
    ------
    DataContractError
        If the population has no exposure or no expected cost.
    """
    months = as_floats(members, "exposure_months")
    if not months.sum() > 0:
        message = f"rates: the reference population ({len(members)} rows) has no member months. Give it exposure."
        raise DataContractError(message)
    mean = weighted_mean(as_floats(members, "expected_cost"), months)
    if not mean > 0:
        message = "rates: the reference population has a mean expected cost of 0. Give members with an expected cost."
        raise DataContractError(message)
    return mean


def compute_relative_risk(
    block: RelativeRisk, expected_cost: NDArray[np.float64], normalization_factor: float
) -> NDArray[np.float64]:
    """Scale expected cost by the normalisation factor, then take off the coding factor.

    Parameters
    ----------
    block : RelativeRisk
        Coding factor and decimals, where the policy has them.
    expected_cost : numpy.ndarray of shape (n_members,)
        Currency per member year.
    normalization_factor : float
        Mean of the reference population, in the same currency.

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        Relative risk scores; without coding factor and decimals their mean over the reference population is 1.

    References
    ----------
    .. [1] METHODS 6: raw / normalisation, round to 3, x (1 - coding), round to 3 (CMS 2024 V28: 1.2 -> 1.182 -> 1.112).
    """
    score = expected_cost / normalization_factor
    coding = 0.0 if block.coding_factor is None else block.coding_factor.value
    if block.decimals is None:
        return score * (1 - coding)
    places = int(block.decimals.value)
    return np.round(np.round(score, places) * (1 - coding), places)


def fit_tier_relativities(
    tiers: pd.Series, score: NDArray[np.float64], months: NDArray[np.float64]
) -> dict[str, float]:
    """Return the mean score of each tier, weighted by member months.

    Parameters
    ----------
    tiers : pandas.Series of shape (n_members,)
        Tier names.
    score : numpy.ndarray of shape (n_members,)
        Relative risk scores.
    months : numpy.ndarray of shape (n_members,)
        Exposure in months; a tier without any gets no relativity.

    Returns
    -------
    dict of str to float
        Relativity by tier.

    Examples
    --------
    >>> tiers = pd.Series(["low", "low", "high"])
    >>> fit_tier_relativities(tiers, np.array([0.5, 0.7, 2.0]), np.array([12.0, 12.0, 6.0]))
    {'high': 2.0, 'low': 0.6}
    """
    found = {}
    for tier in sorted(tiers.dropna().unique()):
        inside = (tiers == tier).to_numpy(dtype=bool, na_value=False)
        if months[inside].sum() > 0:
            found[str(tier)] = weighted_mean(score[inside], months[inside])
    return found


def compute_tier_relativity(tiers: pd.Series, relativities: Mapping[str, float]) -> NDArray[np.float64]:
    """Give each member the frozen relativity of the member's tier.

    Parameters
    ----------
    tiers : pandas.Series of shape (n_members,)
        Tier names.
    relativities : mapping of str to float
        Relativity by tier.

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        Relativities.

    Raises
    ------
    DataContractError
        If a tier has no relativity.
    """
    found = look_up(tiers, relativities)
    unknown = np.isnan(found)
    if unknown.any():
        message = (
            f"rates: no relativity for tier {str(tiers[unknown].iloc[0])!r} ({unknown.sum()} of {len(tiers)} members), "
            f"known: {', '.join(relativities)}. Fit the rates on a population that has every tier."
        )
        raise DataContractError(message)
    return found

"""The steps of a rate in their fixed order: what each member's amount is after every one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.rates.adjustments import compute_region_factors
from riskkit.rates.members import as_floats
from riskkit.rates.modifiers import compute_modifier
from riskkit.rates.new_enrollees import compute_demographic_scores, find_new_enrollees
from riskkit.rates.relative_risk import compute_relative_risk, compute_tier_relativity

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from riskkit.rates.frozen import FrozenRates


def compute_score(frozen: FrozenRates, members: pd.DataFrame) -> NDArray[np.float64]:
    """Return each member's relative risk score.

    Parameters
    ----------
    frozen : FrozenRates
        Policy and normalisation factor.
    members : pandas.DataFrame of shape (n_members, n_columns)
        `expected_cost` (currency per member year).

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        Scores; those of new enrollees come from their own table of age and sex.
    """
    cost, own = as_floats(members, "expected_cost"), find_demographic_scores(frozen, members)
    if own is not None:
        cost = np.where(np.isnan(own), cost, own * frozen.normalization_factor)
    return compute_relative_risk(frozen.policy.relative_risk, cost, frozen.normalization_factor)


def find_demographic_scores(frozen: FrozenRates, members: pd.DataFrame) -> NDArray[np.float64] | None:
    """Return the score that stands in for the model's where a member has no history.

    Parameters
    ----------
    frozen : FrozenRates
        Policy and table of age and sex.
    members : pandas.DataFrame of shape (n_members, n_columns)
        The columns of the policy's `new_enrollees`.

    Returns
    -------
    numpy.ndarray of shape (n_members,) or None
        Scores, NaN for a member with a history; None where the policy has no such block.
    """
    block = frozen.policy.new_enrollees
    if block is None:
        return None
    table = compute_demographic_scores(block, members, frozen.new_enrollee_scores)
    return np.where(find_new_enrollees(block, members), table, np.nan)


def compute_relativity(frozen: FrozenRates, members: pd.DataFrame, score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the member's own score, the frozen relativity of the member's tier, or one for everybody.

    Parameters
    ----------
    frozen : FrozenRates
        Policy and tier relativities.
    members : pandas.DataFrame of shape (n_members, n_columns)
        `risk_tier` where the policy prices the tier.
    score : numpy.ndarray of shape (n_members,)
        Relative risk scores.

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        Relativities.

    Raises
    ------
    DataContractError
        If a tier has no relativity.
    """
    method = frozen.policy.relative_risk.method
    if method == "individual":
        return score
    if method == "flat":
        return np.ones(len(members))
    return compute_tier_relativity(members["risk_tier"], frozen.tier_relativities)


def compute_steps(
    frozen: FrozenRates, members: pd.DataFrame
) -> tuple[dict[int, NDArray[np.float64]], dict[str, NDArray[np.generic]]]:
    """Take each member through the steps that the policy has, up to rounding.

    Parameters
    ----------
    frozen : FrozenRates
        Policy and figures.
    members : pandas.DataFrame of shape (n_members, n_columns)
        Checked members.

    Returns
    -------
    totals : dict of int to numpy.ndarray of shape (n_members,)
        The amount after each step (currency per member year), by step number in rising order.
    columns : dict of str to numpy.ndarray of shape (n_members,)
        `relative_risk_score`, `relativity`, `region_factor`, `demographic_score` (NaN for members with a history)
        where the policy has a table for new enrollees, `modifier_factor` where it has uplifts, `at_floor`, `at_cap`.

    Raises
    ------
    DataContractError
        If a tier has no relativity or a region is missing.
    PolicyError
        If a region has no factor.

    References
    ----------
    .. [1] METHODS 6: 1 expected cost, 2 relative score, 3 relativity, 5 pooling charge, 6 base x trend, 7 region,
       8 uplifts, 9 floor and cap, 10 budget; 4, 11 and 12 are of teams. Step 1 is the population's mean and step 2 the
       member's distance from it, so that both sum to the member's own expected cost.
    """
    policy, mean, limits = frozen.policy, frozen.normalization_factor, frozen.limits
    score = compute_score(frozen, members)
    relativity = compute_relativity(frozen, members, score)
    totals = {1: np.full(len(members), mean), 2: mean * score}
    if policy.relative_risk.method != "individual":
        totals[3] = mean * relativity
    if policy.pooling is not None:
        relativity = relativity - frozen.pooling_charge / mean
        totals[5] = mean * relativity
    totals[6] = priced = frozen.base_amount * relativity
    columns: dict[str, NDArray[np.generic]] = {
        "relative_risk_score": score,
        "relativity": relativity,
        "region_factor": np.ones(len(members)),
    }
    own = find_demographic_scores(frozen, members)
    if own is not None:
        columns["demographic_score"] = own
    if policy.region is not None:
        factors = compute_region_factors(members["region"], policy.region, policy_name=policy.name)
        columns["region_factor"] = region = factors / frozen.region_normalization
        totals[7] = priced = priced * region
    if policy.modifiers is not None:
        columns["modifier_factor"] = modifier = compute_modifier(policy.modifiers, members)
        totals[8] = priced = priced * modifier
    if policy.floor_cap is not None:
        totals[9] = limits.clip(priced)
    if policy.budget is not None:
        priced = frozen.budget_factor * priced
        totals[10] = limits.clip(priced)
    return totals, {**columns, "at_floor": priced < limits.floor, "at_cap": priced > limits.cap}

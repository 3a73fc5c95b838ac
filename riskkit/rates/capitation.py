"""Capitation: fit the figures of a rate policy once on a reference population, then rate each member alone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, PolicyError
from riskkit.rates.adjustments import compute_region_factors, find_budget_factor
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.ledger import build_ledger, name_steps
from riskkit.rates.members import KEY, MONTHS_A_YEAR, as_floats, check_members
from riskkit.rates.modifiers import refuse_double_count
from riskkit.rates.moves import apply_moves, fit_moves, get_most_move
from riskkit.rates.new_enrollees import find_new_enrollees, fit_demographic_scores
from riskkit.rates.pooling import fit_pooling_charge
from riskkit.rates.relative_risk import fit_normalization, fit_tier_relativities, weighted_mean
from riskkit.rates.steps import compute_relativity, compute_score, compute_steps
from riskkit.rates.tie import FEWEST_RATES, tie_to_budget

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from riskkit.rates.policy import RatePolicy

_LARGEST_EXACT = 2**53


def fit_rates(
    policy: RatePolicy,
    frame: pd.DataFrame,
    *,
    reference_population: str,
    model_features: Collection[str] | None = None,
) -> FrozenRates:
    """Fit everything in a rate that depends on a population, and freeze it.

    Parameters
    ----------
    policy : RatePolicy
        The policy.
    frame : pandas.DataFrame of shape (n_members, n_columns)
        The reference population: `person_id`, `index_date`, `exposure_months` (0 to 12), `expected_cost` (currency per
        member year), and the columns of `policy.columns`: `region`, `risk_tier`, those of uplifts and new enrollees;
        `observed_cost` (currency per member year) where a pooling charge is fitted.
    reference_population : str
        Its name, kept with the figures.
    model_features : collection of str, optional
        Features of the model that the expected cost comes from; needed by a policy with uplifts, unless it is flat.

    Returns
    -------
    FrozenRates
        Policy and figures.

    Raises
    ------
    DataContractError
        If the members break their contract.
    PolicyError
        If a region has no factor, an uplift pays for what the model holds, or no factor meets the budget between floor
        and cap.

    References
    ----------
    .. [1] METHODS 6, steps 1 to 10.
    """
    if policy.modifiers is not None and policy.relative_risk.method != "flat":
        refuse_double_count(policy.modifiers, model_features, policy_name=policy.name)
    members = check_members(frame, ["exposure_months", *policy.columns])
    years = as_floats(members, "exposure_months") / MONTHS_A_YEAR
    frozen = _neutral(policy, members, reference_population)
    score = compute_score(frozen, members)
    if policy.relative_risk.method == "tier_mean":
        frozen = replace(frozen, tier_relativities=fit_tier_relativities(members["risk_tier"], score, years))
    relativity = compute_relativity(frozen, members, score)
    if policy.pooling is not None:
        mean = frozen.normalization_factor
        frozen = replace(frozen, pooling_charge=fit_pooling_charge(policy.pooling, members, mean))
        relativity = relativity - frozen.pooling_charge / mean
    if not math.fsum((relativity * years).tolist()) > 0:
        message = (
            f"rate policy {policy.name!r} [relative_risk]: coding_factor, decimals or the pooling charge leave every "
            "relativity at 0. Round to more decimals, or raise the threshold of the pool."
        )
        raise PolicyError(message)
    frozen, budget = _with_budget(frozen, years)
    frozen = replace(frozen, base_amount=_base_amount(frozen, relativity * years, budget))
    if policy.region is not None and policy.region.renormalise:
        factors = compute_region_factors(members["region"], policy.region, policy_name=policy.name)
        frozen = replace(frozen, region_normalization=weighted_mean(factors, relativity * years))
    return _fit_budget(frozen, members, years, budget)


def compute_rates(frozen: FrozenRates, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rate each member by the frozen figures, with a ledger of what each step adds.

    Parameters
    ----------
    frozen : FrozenRates
        Policy and figures.
    frame : pandas.DataFrame of shape (n_members, n_columns)
        `person_id`, `index_date`, `expected_cost` (currency per member year), `region` or `risk_tier` where the policy
        uses them; `exposure_months` is carried along where it is there.

    Returns
    -------
    rates : pandas.DataFrame of shape (n_members, n_columns)
        `person_id`, `index_date`, `exposure_months` where given, `expected_cost`, `relative_risk_score`, `relativity`,
        `region_factor`, `demographic_score` and `modifier_factor` where the policy has those blocks, `at_floor`,
        `at_cap`, `tie_move_minor` where rates moved to tie to the budget, `rate_amount` (currency per member year),
        `rate_minor` (the same in integer minor units); sorted by key.
    ledger : pandas.DataFrame of shape (n_members * n_steps, 5)
        `person_id`, `index_date`, `step`, `item`, `amount`; each member's amounts sum to `rate_amount`.

    Raises
    ------
    DataContractError
        If the members break their contract, or a rate is not positive.
    PolicyError
        If a region has no factor.
    """
    members = check_members(frame, frozen.policy.columns)
    totals, columns = compute_steps(frozen, members)
    scale = frozen.policy.rounding.per_currency_unit
    before = np.rint(next(reversed(totals.values())) * scale)
    rounded = apply_moves(before, frozen.rate_moves)
    if frozen.rate_moves:
        columns["tie_move_minor"] = (rounded - before).astype(np.int64)
    _refuse_unpayable(members, rounded)
    totals[13] = rounded / scale
    carried = [*KEY, *(["exposure_months"] if "exposure_months" in members else []), "expected_cost"]
    rates = members[carried].assign(**columns, rate_amount=totals[13], rate_minor=rounded.astype(np.int64))
    items = name_steps(frozen.policy.relative_risk.method, tied=bool(frozen.rate_moves))
    return rates, build_ledger(members, totals, items=items)


def _neutral(policy: RatePolicy, members: pd.DataFrame, reference_population: str) -> FrozenRates:
    """Return rates whose adjustments still change nothing."""
    block, published, scores = policy.new_enrollees, policy.relative_risk.normalization, {}
    known = members
    if block is not None:
        scores = fit_demographic_scores(block, members)
        known = members[~find_new_enrollees(block, members)]
    months = as_floats(members, "exposure_months")
    mean = fit_normalization(known) if published is None else published.value
    expected = math.fsum((as_floats(members, "expected_cost") * months).tolist()) / MONTHS_A_YEAR
    return FrozenRates(
        policy=policy,
        reference_population=reference_population,
        members=len(members),
        member_months=math.fsum(months.tolist()),
        normalization_factor=mean,
        tier_relativities={name: number.value for name, number in policy.relative_risk.tiers.items()},
        base_amount=mean,
        region_normalization=1.0,
        budget_factor=1.0,
        budget_minor=0,
        expected_cost_minor=round(expected * policy.rounding.per_currency_unit),
        new_enrollee_scores=scores,
    )


def _with_budget(frozen: FrozenRates, years: NDArray[np.float64]) -> tuple[FrozenRates, int | None]:
    """Hold the budget against what the fund can pay; a cut is recorded, never silent."""
    policy = frozen.policy
    budget, block = _budget(policy, years, frozen.expected_cost_minor), policy.affordability
    if block is None:
        return frozen, budget
    affordable = round(block.most_per_member_year * math.fsum(years.tolist()) * policy.rounding.per_currency_unit)
    frozen = replace(frozen, affordable_minor=affordable, asked_minor=budget)
    return frozen, min(budget, affordable) if budget is not None and block.on_shortfall == "scale" else budget


def _budget(policy: RatePolicy, years: NDArray[np.float64], expected_cost_minor: int) -> int | None:
    """Return the budget of the reference population in minor units."""
    if policy.budget is None:
        return None
    scale, number = policy.rounding.per_currency_unit, policy.budget.number.value
    member_years = math.fsum(years.tolist())
    per_number = {
        "total": scale,
        "per_member_year": scale * member_years,
        "per_member_month": scale * member_years * MONTHS_A_YEAR,
        "expected_cost": expected_cost_minor,
    }
    budget = round(number * per_number[policy.budget.basis])
    if budget == 0:
        message = f"rate policy {policy.name!r} [budget]: less than half a minor unit in all. Correct the number."
        raise PolicyError(message)
    return budget


def _base_amount(frozen: FrozenRates, weight: NDArray[np.float64], budget: int | None) -> float:
    """Return what a relativity of one is worth in the year of the rate."""
    block = frozen.policy.base
    if block.method == "budget" and budget is not None:
        return budget / frozen.policy.rounding.per_currency_unit / math.fsum(weight.tolist())
    amount = frozen.normalization_factor if block.amount is None else block.amount.value
    return amount * block.factor


def _fit_budget(
    frozen: FrozenRates, members: pd.DataFrame, years: NDArray[np.float64], budget: int | None
) -> FrozenRates:
    """Fit the budget factor, or without a budget record what the rates come to."""
    scale = frozen.policy.rounding.per_currency_unit
    totals, _ = compute_steps(frozen, members)
    if budget is None:
        rounded = np.rint(next(reversed(totals.values())) * scale)
        due = round(math.fsum((rounded * years).tolist()))
        asked = None if frozen.affordable_minor is None else due
        return replace(frozen, budget_minor=due, asked_minor=asked)
    priced = totals.get(8, totals.get(7, totals[6]))
    factor = find_budget_factor(
        priced, years, target=budget / scale, limits=frozen.limits, policy_name=frozen.policy.name
    )

    def total(trial: float) -> float:
        return float((np.rint(frozen.limits.clip(trial * priced) * scale) * years).sum())

    if len(np.unique(priced)) >= FEWEST_RATES:
        factor = tie_to_budget(factor, total, budget)
    moves = fit_moves(
        np.rint(frozen.limits.clip(factor * priced) * scale),
        years,
        budget=budget,
        limits=(float(np.rint(frozen.limits.floor * scale)), float(np.rint(frozen.limits.cap * scale))),
        most_move=get_most_move(frozen.policy.rounding),
    )
    return replace(frozen, budget_factor=factor, budget_minor=budget, rate_moves=moves)


def _refuse_unpayable(members: pd.DataFrame, rate_minor: NDArray[np.float64]) -> None:
    """Raise where a rate is 0, or too large for exact money."""
    wrong = ~((rate_minor > 0) & (rate_minor < _LARGEST_EXACT))
    if wrong.any():
        place = int(wrong.argmax())
        message = (
            f"rates: {wrong.sum()} of {len(members)} members have a rate that is not a positive amount "
            f"(first person_id {str(members['person_id'].iloc[place])!r}: {rate_minor[place]:.0f} minor units). "
            "Give the policy a floor above 0, or correct expected_cost."
        )
        raise DataContractError(message)

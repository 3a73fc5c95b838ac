"""Dislocation: what moved each rate since last year, in parts that sum to the move exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.rates.capitation import compute_rates
from riskkit.rates.members import KEY

if TYPE_CHECKING:
    from riskkit.rates.frozen import FrozenRates
    from riskkit.rates.policy import RatePolicy

PARTS: Final = ("population", "model", "coding", "normalisation", "refit", "policy")
"""In the order in which the inputs are exchanged; each part is what its exchange does to the rate."""
OWN_PARTS: Final = ("coding_factor", "decimals", "normalization")
"""Numbers of the relative risk that have a part of their own."""
WORDS: Final = ("reference", "effective")
"""What a policy number says of itself: other words for the same number change no rate."""


def compute_dislocation(
    last: FrozenRates,
    now: FrozenRates,
    last_members: pd.DataFrame,
    now_members: pd.DataFrame,
    *,
    now_by_old_model: pd.DataFrame,
) -> pd.DataFrame:
    """Split the move of each member's rate into population, model, coding, normalisation, refit and policy.

    Inputs are exchanged one after another in this order: the member's own year, the model, the coding factor and
    decimals, the normalisation factor, the figures that a policy block fits on its members (base, budget, region and
    the like), the rest of the policy. A fitted figure goes with the policy where a number was changed that it was
    fitted by: a new budget is policy with its base, its factor and its moves. What the budget gives back for another
    coding factor or normalisation is refit. Under one policy the part of the policy is zero. Every stage is a whole
    rate in minor units, so that the parts of a member, a team or a group sum to the move without a remainder.

    Parameters
    ----------
    last, now : FrozenRates
        Last year's figures and this year's, of one product and currency.
    last_members, now_members : pandas.DataFrame
        What `compute_rates` reads, one row per person, expected cost and tier of each year by the models of that year.
    now_by_old_model : pandas.DataFrame
        This year's members, expected cost and tier by last year's models.

    Returns
    -------
    pandas.DataFrame
        `person_id`, `status` (stayed, entered, left), `last_minor`, `now_minor`, one column of minor units for each of
        `PARTS`, and `change_minor`, their sum; sorted by person. Who entered or left is population as a whole.

    Raises
    ------
    DataContractError
        If both models were not asked about the same members of this year.

    References
    ----------
    .. [1] METHODS 6, year-on-year movement, by exchange in a fixed order.
    """
    if set(now_by_old_model["person_id"]) != set(now_members["person_id"]):
        message = (
            f"dislocation: last year's models speak of {len(now_by_old_model)} members of this year, this year's of "
            f"{len(now_members)}, expected the same ones. Build this year's members once and predict them by both."
        )
        raise DataContractError(message)
    coded = _with_coding(last, now)
    normalised = replace(coded, normalization_factor=now.normalization_factor)
    stages = {
        "population": _minor(last, now_by_old_model),
        "model": _minor(last, now_members),
        "coding": _minor(coded, now_members),
        "normalisation": _minor(normalised, now_members),
        "refit": _minor(_with_refit(normalised, now), now_members),
        "policy": _minor(now, now_members),
    }
    frame = pd.DataFrame(stages).join(_minor(last, last_members).rename("last_minor"), how="outer")
    stayed, left = frame["last_minor"].notna() & frame["policy"].notna(), frame["policy"].isna()
    filled = frame.fillna(0).astype(np.int64)
    entered = ~stayed & ~left
    running = filled["last_minor"].to_numpy()
    parts = {}
    for name in PARTS:
        parts[name] = filled[name].to_numpy() - running
        running = filled[name].to_numpy()
    moved = pd.DataFrame(parts, index=filled.index)
    # who came or went has no rate on one side, so that nothing but the population explains it
    whole = filled["policy"] - filled["last_minor"]
    moved = moved.mask(~stayed, 0).astype(np.int64)
    moved["population"] = moved["population"].where(stayed, whole)
    return moved.assign(
        status=np.select([stayed, entered], ["stayed", "entered"], "left"),
        last_minor=filled["last_minor"],
        now_minor=filled["policy"],
        change_minor=whole,
    ).reset_index()[["person_id", "status", "last_minor", "now_minor", *PARTS, "change_minor"]]


def sum_dislocation(table: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Sum the parts by group; sums of integers, so that they are exact too.

    Parameters
    ----------
    table : pandas.DataFrame
        What `compute_dislocation` returned.
    groups : pandas.Series of shape (n_rows,)
        Group of each row, such as its team.

    Returns
    -------
    pandas.DataFrame
        `group`, `members`, `last_minor`, `now_minor`, the parts and `change_minor`; sorted by group.
    """
    named = groups.astype("object").fillna("missing").astype("str").to_numpy()
    summed = ["last_minor", "now_minor", *PARTS, "change_minor"]
    grouped = table.assign(group=named).groupby("group", sort=True)
    return grouped[summed].sum().assign(members=grouped.size()).reset_index()[["group", "members", *summed]]


def _with_coding(last: FrozenRates, now: FrozenRates) -> FrozenRates:
    """Give last year's figures the coding factor and decimals of this year."""
    block = now.policy.relative_risk
    changed = last.policy.relative_risk.model_copy(
        update={"coding_factor": block.coding_factor, "decimals": block.decimals}
    )
    return replace(last, policy=last.policy.model_copy(update={"relative_risk": changed}))


def _with_refit(last: FrozenRates, now: FrozenRates) -> FrozenRates:
    """Give last year's policy the figures that were fitted on this year's members by the same numbers."""
    old, new = last.policy, now.policy
    names = ("new_enrollees", "pooling", "base", "region", "modifiers", "floor_cap", "budget", "rounding")
    held = {name: _numbers(getattr(old, name)) == _numbers(getattr(new, name)) for name in names}
    normalization = _numbers(old.relative_risk.normalization) == _numbers(new.relative_risk.normalization)
    relativity = _risk_numbers(old) == _risk_numbers(new) and held["new_enrollees"] and held["pooling"]
    budget = held["budget"] and _numbers(_find_cut(old)) == _numbers(_find_cut(new))
    base = {"amount": False, "reference_cost": normalization, "budget": budget and relativity}
    factor = budget and relativity and all(held[name] for name in ("base", "region", "modifiers", "floor_cap"))
    same = {
        "base_amount": held["base"] and base[new.base.method],
        "region_normalization": held["region"] and relativity,
        "pooling_charge": held["pooling"],
        "tier_relativities": _numbers(old.relative_risk) == _numbers(new.relative_risk),
        "new_enrollee_scores": held["new_enrollees"],
        "budget_factor": factor,
        "rate_moves": factor and held["rounding"],
    }
    return replace(last, **{name: getattr(now, name) for name, kept in same.items() if kept})


def _numbers(block: Any) -> Any:
    """Return what a block says, without where it comes from and since when."""
    if hasattr(block, "model_dump"):
        return _numbers(block.model_dump())
    if isinstance(block, dict):
        return {name: _numbers(value) for name, value in block.items() if name not in WORDS}
    return [_numbers(value) for value in block] if isinstance(block, list | tuple) else block


def _risk_numbers(policy: RatePolicy) -> dict[str, Any]:
    """Return the numbers that relativities rest on; the mean score of a tier holds the coding factor as well."""
    numbers: dict[str, Any] = _numbers(policy.relative_risk)
    whole = policy.relative_risk.method == "tier_mean"
    return {name: value for name, value in numbers.items() if whole or name not in OWN_PARTS}


def _find_cut(policy: RatePolicy) -> Any:
    """Return what cuts the budget: affordability, where it does more than show."""
    block = policy.affordability
    return block if block is not None and block.on_shortfall == "scale" else None


def _minor(frozen: FrozenRates, members: pd.DataFrame) -> pd.Series:
    """Rate members in minor units, by person."""
    rates, _ = compute_rates(frozen, members)
    return rates.drop(columns=[name for name in KEY[1:] if name in rates]).set_index("person_id")["rate_minor"]

"""Dislocation: what moved each rate since last year, in parts that sum to the move exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.rates.capitation import compute_rates
from riskkit.rates.members import KEY

if TYPE_CHECKING:
    from riskkit.rates.frozen import FrozenRates

PARTS: Final = ("population", "model", "coding", "normalisation", "refit", "policy")
"""In the order in which the inputs are exchanged; each part is what its exchange does to the rate."""


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
    the like), the rest of the policy. A fitted figure whose block itself was changed goes with the policy, but for the
    budget factor, which meets this year's budget. Under one policy the part of the policy is zero. Every stage is a
    whole rate in minor units, so that the parts of a member, a team or a group sum to the move without a remainder.

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
    """Give last year's policy the figures that were fitted on this year's members by a block that is the same."""
    old, new = last.policy, now.policy
    same = {
        "base_amount": old.base == new.base and old.base.amount is None,
        "region_normalization": old.region == new.region,
        "pooling_charge": old.pooling == new.pooling,
        "tier_relativities": old.relative_risk == new.relative_risk,
        "new_enrollee_scores": old.new_enrollees == new.new_enrollees,
        "budget_factor": True,
        "rate_moves": True,
    }
    return replace(last, **{name: getattr(now, name) for name, held in same.items() if held})


def _minor(frozen: FrozenRates, members: pd.DataFrame) -> pd.Series:
    """Rate members in minor units, by person."""
    rates, _ = compute_rates(frozen, members)
    return rates.drop(columns=[name for name in KEY[1:] if name in rates]).set_index("person_id")["rate_minor"]

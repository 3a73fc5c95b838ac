"""Hysteresis: a tier is left downwards only on evidence, after a minimum stay, past a margin, and one step a year."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.tiers.assignment import assign_tiers
from riskkit.tiers.cuts import KEY, FrozenTiers, require_columns
from riskkit.tiers.difficulty import add_management_class
from riskkit.tiers.policy import UNASSESSED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskkit.tiers.blocks import Hysteresis
    from riskkit.tiers.policy import TierPolicy

DAYS_A_MONTH, MONTHS_A_YEAR = 365.25 / 12, 12
WITHOUT_EVIDENCE = ("hba1c_missing", "complications_unknown")
"""Reasons of a tier that the rule could not tell."""


def assign_held_tiers(
    frozen: FrozenTiers,
    prior: pd.DataFrame,
    predictions: pd.DataFrame | None = None,
    features: pd.DataFrame | None = None,
    *,
    own: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Assign tiers as `assign_tiers` does, and hold members who would go down by the policy's hysteresis.

    A step down needs a year since the last change of the tier, or the minimum stay where that is longer. Who lacks the
    evidence that the rule asks for keeps a tier above the lowest for as long as it is lacking; the lowest, which says
    that all is well, is kept through the minimum stay alone, as missing evidence is never low.

    Parameters
    ----------
    frozen : FrozenTiers
        A policy with a hysteresis block, and its cuts.
    prior : pandas.DataFrame
        The last assignment: `person_id`, `index_date`, `risk_tier`, and `tier_since` where it was kept; one row per
        person.
    predictions, features : pandas.DataFrame, optional
        As for `assign_tiers`.
    own : pandas.DataFrame, optional
        What `assign_tiers` returned for the same members, where it is at hand.

    Returns
    -------
    pandas.DataFrame
        What `assign_tiers` returns and `tier_since`, the index date since which the member has been in the tier.

    Raises
    ------
    DataContractError
        If the policy has no hysteresis, or the last assignment lacks a column, repeats a person or names no such tier.
    """
    block = frozen.policy.hysteresis
    if block is None:
        message = f"tiers {frozen.policy.name!r}: no [hysteresis], so no last tier can be held. Add the block."
        raise DataContractError(message)
    now = assign_tiers(frozen, predictions, features) if own is None else own
    below = replace(frozen, cuts=tuple(cut * (1 - block.margin.value) for cut in frozen.cuts))
    lowered = assign_tiers(below, predictions, features)
    names = [tier.name for tier in frozen.policy.tiers]
    check_last_tiers(frozen.policy, prior)
    before = line_up_last(prior, now)
    place, low, last = (_rank(frame["risk_tier"], names) for frame in (now, lowered, before))
    months = (now["index_date"] - before["tier_since"]).dt.days.to_numpy(dtype=np.float64) / DAYS_A_MONTH
    missing = now["tier_reason"].isin(WITHOUT_EVIDENCE).to_numpy() | (place < 0)
    held, reason = _hold((place, low, last), missing, months, block)
    return _write(frozen, now, before, (held, reason), features)


def _hold(
    ranks: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    missing: NDArray[np.bool_],
    months: NDArray[np.float64],
    block: Hysteresis,
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return the held place, and the reason where it is not the one of today; ranks by cut, lowered cut and last."""
    place, low, last = ranks
    # 365 days are a year of twelve months, whatever the leap year makes of them
    stayed, year = (months >= span - 0.05 for span in (block.minimum_stay.value, MONTHS_A_YEAR))
    blind = missing & (place < last) & ((last > 0) | ~stayed)
    falling = (place >= 0) & (place < last) & ~blind
    allowed = np.minimum(last, np.maximum(low, last - int(block.steps_down.value)))
    held = np.where(falling, np.where(stayed & year, np.maximum(allowed, place), last), np.where(blind, last, place))
    reason = np.full(len(place), "", dtype=object)
    reason[falling & (held > place)] = "one_step_down"
    reason[falling & stayed & year & (held == low) & (held > place)] = "within_margin"
    reason[falling & ~stayed] = "minimum_stay"
    reason[blind] = "evidence_missing"
    return held, reason


def check_last_tiers(policy: TierPolicy, prior: pd.DataFrame) -> None:
    """Refuse a last assignment that cannot be held against.

    Parameters
    ----------
    policy : TierPolicy
        The policy of today.
    prior : pandas.DataFrame
        The last assignment, as `assign_held_tiers` takes it.

    Raises
    ------
    DataContractError
        If it lacks a column, repeats a person or names a tier that the policy does not have.
    """
    names = [tier.name for tier in policy.tiers]
    require_columns(prior, [*KEY, "risk_tier"], "last tiers")
    strange = set(prior["risk_tier"].dropna()) - {*names, UNASSESSED}
    if strange or prior["person_id"].duplicated().any():
        found = f"tier {min(strange)!r}" if strange else "a person twice"
        message = f"last tiers: found {found}, expected one row per person with {', '.join(names)}. Correct the file."
        raise DataContractError(message)


def line_up_last(prior: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Line up the last tier of each member of today; who had none is as if unassessed.

    Parameters
    ----------
    prior : pandas.DataFrame
        The last assignment, one row per person.
    now : pandas.DataFrame of shape (n_members, n_columns)
        Members of today, with `person_id`.

    Returns
    -------
    pandas.DataFrame of shape (n_members, 3)
        `person_id`, `risk_tier` and `tier_since`, in the order of `now`; missing for who had no tier.
    """
    since = prior["tier_since"] if "tier_since" in prior else prior["index_date"]
    known = prior[["person_id", "risk_tier"]].assign(tier_since=pd.to_datetime(since))
    return now[["person_id"]].merge(known, on="person_id", how="left", validate="many_to_one")


def date_tiers(now: pd.DataFrame, before: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """Say since which index date each member has been in the tier.

    Parameters
    ----------
    now : pandas.DataFrame of shape (n_members, n_columns)
        `index_date` and `risk_tier`.
    before : pandas.DataFrame of shape (n_members, 3)
        From `line_up_last`, of the same rows.

    Returns
    -------
    pandas.Series of shape (n_members,)
        The day of the last assignment where the tier is the same, else today's index date.
    """
    tiers = (frame["risk_tier"].astype("object").to_numpy() for frame in (now, before))
    same = pd.Series(np.equal(*tiers).astype(bool), index=now.index)
    since = before["tier_since"].set_axis(now.index)
    return now["index_date"].where(~(same & since.notna()), since)


def _rank(tiers: pd.Series, names: list[str]) -> NDArray[np.int64]:
    """Return the place of each tier from the lowest; -1 for who has none."""
    ranks: NDArray[np.int64] = pd.Index(names).get_indexer(pd.Index(tiers.astype("object"))).astype(np.int64)
    return ranks


def _write(
    frozen: FrozenTiers,
    now: pd.DataFrame,
    before: pd.DataFrame,
    found_tiers: tuple[NDArray[np.int64], NDArray[np.object_]],
    features: pd.DataFrame | None,
) -> pd.DataFrame:
    """Name the held tiers, with package and the day since which they hold."""
    policy, (held, reason) = frozen.policy, found_tiers
    names = [*(tier.name for tier in policy.tiers), UNASSESSED]
    packages = [*(tier.package for tier in policy.tiers), policy.unassessed.package if policy.unassessed else ""]
    found = now.assign(
        risk_tier=pd.array(np.array(names, dtype=object)[held], dtype="str"),
        tier_reason=now["tier_reason"].mask(pd.Series(reason, index=now.index) != "", pd.Series(reason).astype("str")),
        package=pd.array(np.array(packages, dtype=object)[held], dtype="str"),
    )
    found = found.assign(tier_since=date_tiers(found, before))
    if policy.difficulty is None:
        return found
    return add_management_class(policy.difficulty, found.drop(columns="management_class"), features)

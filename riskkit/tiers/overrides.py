"""Overrides: a clinician may put a member into a higher tier, for a reason, under a name, until a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.tiers.cuts import KEY, require_columns
from riskkit.tiers.difficulty import add_management_class

if TYPE_CHECKING:
    from riskkit.tiers.policy import TierPolicy

COLUMNS = ["person_id", "risk_tier", "code", "author", "expiry_date"]


def apply_overrides(
    policy: TierPolicy, assigned: pd.DataFrame, overrides: pd.DataFrame, features: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Raise the tiers of members with an override that holds on their index date; none ever lowers a tier.

    Parameters
    ----------
    policy : TierPolicy
        A policy with an overrides block.
    assigned : pandas.DataFrame of shape (n_members, n_columns)
        What `assign_tiers` or `assign_held_tiers` returned.
    overrides : pandas.DataFrame of shape (n_overrides, 5)
        `person_id`, `risk_tier`, `code`, `author`, `expiry_date` (first day on which it no longer holds), and
        `start_date` (first day on which it holds) where it is known. Of several of one person the highest tier counts.
    features : pandas.DataFrame, optional
        As for `assign_tiers`; needed by a policy with a second axis.

    Returns
    -------
    pandas.DataFrame of shape (n_members, n_columns + 3)
        Tiers, reasons and packages with `override_code`, `override_author`, `override_expiry`, missing where none took
        effect.

    Raises
    ------
    DataContractError
        If the policy has no overrides block, or an override lacks tier, code, author or expiry, or names one that is
        not known.
    """
    names = [tier.name for tier in policy.tiers]
    check_overrides(policy, overrides)
    rank = pd.Index(names).get_indexer(pd.Index(overrides["risk_tier"].astype("object")))
    sorted_in = overrides.assign(rank=rank, expiry_date=pd.to_datetime(overrides["expiry_date"]))
    joined = assigned[KEY].merge(sorted_in, on="person_id", how="inner")
    holding = joined[find_holding(joined)].sort_values([*KEY, "rank", "expiry_date", "code", "author"], kind="stable")
    last = holding.drop_duplicates(KEY, keep="last")
    found = assigned.merge(last[[*KEY, "rank", "code", "author", "expiry_date"]], on=KEY, how="left")
    own = pd.Index(names).get_indexer(pd.Index(found["risk_tier"].astype("object")))
    wanted = found["rank"].fillna(-1).to_numpy(dtype=np.int64)
    raised = wanted > own
    tier = np.where(raised, wanted, own)
    packages = np.array([one.package for one in policy.tiers], dtype=object)
    result = assigned.assign(
        risk_tier=pd.array(np.where(raised, np.array(names, dtype=object)[tier], found["risk_tier"]), dtype="str"),
        tier_reason=found["tier_reason"].mask(raised, "clinical_override"),
        package=pd.array(np.where(raised, packages[tier], found["package"]), dtype="str"),
        override_code=found["code"].where(raised).astype("str"),
        override_author=found["author"].where(raised).astype("str"),
        override_expiry=found["expiry_date"].where(raised),
    )
    if policy.difficulty is None:
        return result
    return add_management_class(policy.difficulty, result.drop(columns="management_class"), features)


def find_holding(joined: pd.DataFrame) -> pd.Series[bool]:
    """Say which overrides hold on an index date: from the first day, where one is given, to before the expiry.

    Parameters
    ----------
    joined : pandas.DataFrame of shape (n_rows, n_columns)
        `index_date`, `expiry_date` and, where it is known, `start_date`.

    Returns
    -------
    pandas.Series of shape (n_rows,)
        Whether it holds.

    Examples
    --------
    >>> day = pd.Timestamp("2025-01-01")
    >>> rows = pd.DataFrame({"index_date": day, "expiry_date": [day, day + pd.Timedelta(days=1)]})
    >>> find_holding(rows).tolist()
    [False, True]
    """
    running = joined["index_date"] < joined["expiry_date"]
    if "start_date" not in joined:
        return running
    start = pd.to_datetime(joined["start_date"])
    return running & (start.isna() | (start <= joined["index_date"]))


def check_overrides(policy: TierPolicy, overrides: pd.DataFrame) -> None:
    """Refuse an override that nobody could answer for.

    Parameters
    ----------
    policy : TierPolicy
        The policy with its codes.
    overrides : pandas.DataFrame of shape (n_overrides, 5)
        As `apply_overrides` takes them.

    Raises
    ------
    DataContractError
        If the policy has no overrides block, or an override lacks tier, code, author or expiry, names one that is not
        known, or ends before it begins.
    """
    names = [tier.name for tier in policy.tiers]
    if policy.overrides is None:
        message = (
            f"tiers {policy.name!r}: no [overrides], so no clinician may raise a tier. Add the block with its codes."
        )
        raise DataContractError(message)
    require_columns(overrides, COLUMNS, "overrides")
    for column in COLUMNS:
        empty = overrides[column].isna() | (overrides[column].astype("str").str.strip() == "")
        if empty.any():
            message = (
                f"overrides: {column} is empty in {empty.sum()} of {len(overrides)} rows. Complete or remove them."
            )
            raise DataContractError(message)
    for column, known in (("risk_tier", names), ("code", list(policy.overrides.codes))):
        strange = overrides[~overrides[column].isin(known)]
        if len(strange):
            message = (
                f"overrides: {column} {str(strange[column].iloc[0])!r} ({len(strange)} rows) is not one of "
                f"{', '.join(known)}. Correct it, or add it to the policy."
            )
            raise DataContractError(message)
    if "start_date" in overrides:
        start, expiry = (pd.to_datetime(overrides[name]) for name in ("start_date", "expiry_date"))
        backwards = start >= expiry
        if backwards.any():
            first = backwards[backwards].index[0]
            message = (
                f"overrides: start_date of {backwards.sum()} of {len(overrides)} rows is not before expiry_date (first "
                f"{start[first]:%Y-%m-%d} and {expiry[first]:%Y-%m-%d}). Correct them."
            )
            raise DataContractError(message)

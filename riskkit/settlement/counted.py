"""What counts of a claim: the pool's share, rounded so that each team's claims in full times the share is its cost."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.settlement.money import exact, to_minor

if TYPE_CHECKING:
    from riskkit.settlement.policy import SettlementPolicy

KEY = ["person_id", "team_id"]


def count_claims(policy: SettlementPolicy, claims: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Bring claims to minor units, in full and as far as they count.

    Parameters
    ----------
    policy : SettlementPolicy
        Says the minor unit and the share of the pool.
    claims : pandas.DataFrame of shape (n_claims, n_columns)
        `person_id`, `team_id` (missing outside of any), `amount` (currency).
    members : pandas.DataFrame of shape (n_member_teams, n_columns)
        `person_id`, `team_id` of those who are prepaid.

    Returns
    -------
    pandas.DataFrame
        The claims with `full_minor` and `cost_minor`. The claims of a team's prepaid members cost the share of their
        sum in full, rounded once; a claim costs what that grew by, so it is within a minor unit of its own share.
    """
    share = exact(policy.counted_share)
    full = [to_minor(exact(float(amount)) * policy.per_currency_unit) for amount in claims["amount"]]
    told = claims.assign(full_minor=pd.Series(full, index=claims.index, dtype="int64"))
    prepaid = told[KEY].merge(members[KEY].drop_duplicates().assign(inside=True), on=KEY, how="left")["inside"]
    groups = (
        told["team_id"].fillna("").astype("str").to_numpy() + prepaid.notna().map({True: "+", False: "-"}).to_numpy()
    )
    cost = [0] * len(full)
    for places in pd.Series(groups).groupby(groups).indices.values():
        parts = split_counted([full[at] for at in places], share)
        for at, part in zip(places, parts, strict=True):
            cost[at] = part
    return told.assign(cost_minor=pd.Series(cost, index=claims.index, dtype="int64"))


def split_counted(amounts: list[int], share: Fraction) -> list[int]:
    """Take a share of each amount so that together they are the share of the sum, rounded once.

    Parameters
    ----------
    amounts : list of int
        Minor units, of any sign.
    share : fractions.Fraction
        The share.

    Returns
    -------
    list of int
        What counts of each.

    Examples
    --------
    Sums 3, 6, 9, 6; two fifths of them 1.2, 2.4, 3.6, 2.4, so 1, 2, 4, 2.

    >>> split_counted([3, 3, 3, -3], Fraction(2, 5))
    [1, 1, 2, -2]
    """
    parts, whole, before = [], 0, 0
    for amount in amounts:
        whole += amount
        counted = to_minor(share * whole)
        parts.append(counted - before)
        before = counted
    return parts

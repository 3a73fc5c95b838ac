"""Claim flow: whether a team's claims are all there and in time, before money is settled on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from riskkit.settlement.monitor_policy import ClaimFlow


def watch_claims(policy: ClaimFlow, claims: pd.DataFrame, months: pd.Series[float]) -> pd.DataFrame:
    """Hold each team's number and delay of claims to the book's.

    Parameters
    ----------
    policy : ClaimFlow
        Limits.
    claims : pandas.DataFrame of shape (n_claims, 3)
        `team_id`, `date` and `available_date` of the year's claims.
    months : pandas.Series of float
        Member months by team.

    Returns
    -------
    pandas.DataFrame of shape (n_teams, 8)
        `team_id`, `member_months`, `claims`, `relative_claims` (per member month, over the book's), `late_pct`,
        `empty_months` (calendar months without a claim between the book's first and last), `thin_alert` and
        `late_alert`. Sorted by `team_id`.
    """
    table = months.rename_axis("team_id").rename("member_months").sort_index().to_frame()
    by_team = claims.groupby("team_id")
    table["claims"] = by_team.size().reindex(table.index, fill_value=0)
    per_month = table["claims"] / table["member_months"]
    book = table["claims"].sum() / table["member_months"].sum()
    table["relative_claims"] = per_month / book if book else 0.0
    late = (claims["available_date"] - claims["date"]).dt.days > policy.late_days.value
    table["late_pct"] = late.groupby(claims["team_id"]).mean().reindex(table.index, fill_value=0.0)
    seen = claims.groupby("team_id")["date"].agg(lambda days: days.dt.to_period("M").nunique())
    whole = claims["date"].dt.to_period("M").nunique()
    table["empty_months"] = (whole - seen.reindex(table.index, fill_value=0)).astype("int64")
    thin = (table["relative_claims"] < policy.least_share.value) | (table["empty_months"] > 0)
    return table.assign(thin_alert=thin, late_alert=table["late_pct"] > policy.most_late.value).reset_index()

"""Outside: the claims of a year that no prepaid member of a team made, as accounts of their own that reconcile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import pandas as pd

NO_TEAM: Final = "(no team)"
ACCOUNTS: Final = ("joined_without_a_rate", "without_a_rate", "without_a_team")
"""Of a member who joined and has no rate there; of other persons without one; of prepaid members on
days on which they were in no team."""


def open_outside(told: pd.DataFrame, members: pd.DataFrame, joiners: pd.DataFrame) -> pd.DataFrame:
    """Put the claims that no prepaid member of a team made into accounts by reason and team.

    Parameters
    ----------
    told : pandas.DataFrame of shape (n_claims, n_columns)
        Claims: `person_id`, `team_id` (missing outside of any), `full_minor`, `cost_minor`.
    members : pandas.DataFrame of shape (n_member_teams, n_columns)
        `person_id`, `team_id` of those who are prepaid.
    joiners : pandas.DataFrame of shape (n_joiner_teams, n_columns)
        `person_id`, `team_id` of all who joined within the year.

    Returns
    -------
    pandas.DataFrame of shape (n_accounts, 9)
        `account`, `team_id`, `persons`, `prepaid_minor` (0), `full_minor`, `paid_minor` (what counts of it),
        `actual_minor`, `surplus_minor` (what the claims cost, below 0) and `borne_fund_minor` (the same cost). Sorted
        by key.
    """
    rows = told.reset_index(drop=True)
    key = ["person_id", "team_id"]
    prepaid = rows[key].merge(members[key].drop_duplicates().assign(inside=True), on=key, how="left")["inside"]
    rest = rows[prepaid.isna()]
    joined = rest["team_id"].notna() & rest["person_id"].isin(joiners["person_id"])
    away = rest["team_id"].isna() & rest["person_id"].isin(members["person_id"])
    names = away.map({True: ACCOUNTS[2], False: ACCOUNTS[1]}).mask(joined, ACCOUNTS[0])
    rest = rest.assign(account=names, team_id=rest["team_id"].fillna(NO_TEAM))
    by_account = rest.groupby(["account", "team_id"])
    table = by_account.agg(
        persons=("person_id", "nunique"), full_minor=("full_minor", "sum"), paid_minor=("cost_minor", "sum")
    )
    table = table.reset_index()
    table.insert(3, "prepaid_minor", 0)
    paid = table["paid_minor"].astype("int64")
    table["full_minor"] = table["full_minor"].astype("int64")
    return table.assign(paid_minor=paid, actual_minor=paid, surplus_minor=-paid, borne_fund_minor=paid)


def sum_outside(outside: pd.DataFrame) -> dict[str, int]:
    """Sum the accounts by reason.

    Parameters
    ----------
    outside : pandas.DataFrame
        See `open_outside`.

    Returns
    -------
    dict of str to int
        Minor units by `<account>_minor`; each reason has an entry.
    """
    sums = outside.groupby("account")["paid_minor"].sum()
    return {f"{name}_minor": int(sums.get(name, 0)) for name in ACCOUNTS}


def check_claims(told: pd.DataFrame, teams: pd.DataFrame, outside: pd.DataFrame) -> None:
    """Refuse accounts in which a claim is lost, or stands twice.

    Parameters
    ----------
    told : pandas.DataFrame
        All claims, with `full_minor` and `cost_minor`.
    teams : pandas.DataFrame
        Contracts, with `full_minor` and `paid_minor`.
    outside : pandas.DataFrame
        See `open_outside`.

    Raises
    ------
    DataContractError
        If the claims are not those of the teams and of what is outside together.
    """
    for claim, account in (("cost_minor", "paid_minor"), ("full_minor", "full_minor")):
        whole, parts = int(told[claim].sum()), int(teams[account].sum() + outside[account].sum())
        if whole != parts:
            message = (
                f"settlement: the claims come to {whole} minor units, the accounts to {parts}; expected the same. "
                "Report this with the source."
            )
            raise DataContractError(message)

"""Accounts: rates by member against the claims of the year, prorated, attributed to teams and summed exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.errors import DataContractError
from riskkit.settlement.completion import complete_claims
from riskkit.settlement.counted import count_claims
from riskkit.settlement.joiners import find_joiners, rate_joiners
from riskkit.settlement.money import split_whole, to_minor
from riskkit.settlement.outside import NO_TEAM, check_claims, open_outside
from riskkit.settlement.spans import count_days
from riskkit.settlement.stop_loss import cede_above

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskkit.settlement.policy import SettlementPolicy


@dataclass(frozen=True)
class Accounts:
    """The year's accounts.

    Parameters
    ----------
    contracts : pandas.DataFrame
        One row per team, as `settle` takes them: `team_id`, `prepaid_minor`, `actual_minor`, `full_minor` (claims
        known, in full), `paid_minor` (what counts of them), `completion_minor`, `ceded_minor`, `lives`,
        `member_months`, and of those who joined within the year `joined_lives` and `joined_prepaid_minor`.
    members : pandas.DataFrame
        One row per member and team: `prepaid_minor`, `full_minor`, `cost_minor` (known at the run-out date; what counts
        of it), `completion_minor`, `ceded_minor` (of both), `member_months`, `joined`.
    outside : pandas.DataFrame
        Claims of the year that are no team's, see `riskkit.settlement.outside.open_outside`.
    joiners : pandas.DataFrame
        All who joined a team within the year, with a rate or without, one row per member and team.
    """

    contracts: pd.DataFrame
    members: pd.DataFrame
    outside: pd.DataFrame
    joiners: pd.DataFrame


@dataclass(frozen=True)
class Newcomers:
    """What the rate of a member who joins within the year is taken from.

    Parameters
    ----------
    persons : pandas.DataFrame of shape (n_persons, 3)
        `person_id`, `birth_date`, `sex`.
    stated : mapping of str to int
        Minor units per member year by team, where a contract states them.
    """

    persons: pd.DataFrame
    stated: Mapping[str, int]


def prorate(rates: pd.DataFrame, spans: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Prorate each member's rate to the days enrolled in each team.

    Parameters
    ----------
    rates : pandas.DataFrame of shape (n_members, n_columns)
        `person_id` and `rate_minor` (minor units per member year), and `team_id` where the rate is that of one team.
    spans : pandas.DataFrame of shape (n_spans, 4)
        `person_id`, `team_id`, `start_date`, `end_date` (half-open, one team a day).
    start, end : pandas.Timestamp
        The year, half-open.

    Returns
    -------
    pandas.DataFrame of shape (n_member_teams, 4)
        `person_id`, `team_id`, `prepaid_minor` and `member_months`; a member's parts are rounded by largest remainder
        and sum to the rate times the share of the year enrolled. Members who never were enrolled have no row, nor have
        teams for which a member has no rate.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> rates = pd.DataFrame({"person_id": ["a"], "rate_minor": [120000]})
    >>> span = {"person_id": "a", "team_id": "T1", "start_date": day("2024-07-02"), "end_date": day("2030-01-01")}
    >>> prorate(rates, pd.DataFrame([span]), day("2024-01-01"), day("2025-01-01"))["prepaid_minor"].tolist()
    [60000]
    """
    inside = spans[spans["person_id"].isin(rates["person_id"])]
    days = count_days(inside, start, end)
    enrolled = inside.assign(days=days, team_id=inside["team_id"].fillna(NO_TEAM)).loc[days > 0]
    parts = enrolled.groupby(["person_id", "team_id"], as_index=False)["days"].sum()
    key = [name for name in ("person_id", "team_id") if name in rates.columns]
    parts = parts.merge(rates[[*key, "rate_minor"]], on=key)
    length = (end - start).days
    prepaid: list[int] = []
    for _, rows in parts.groupby("person_id", sort=False):
        due = [Fraction(int(rate) * int(day)) for rate, day in zip(rows["rate_minor"], rows["days"], strict=True)]
        prepaid += split_whole(to_minor(sum(due, Fraction(0)) / length), due) if any(due) else [0] * len(due)
    months = parts["days"] * 12.0 / length
    told: pd.DataFrame = parts[["person_id", "team_id"]].assign(prepaid_minor=prepaid, member_months=months)
    return told


def attribute_claims(claims: pd.DataFrame, spans: pd.DataFrame) -> pd.Series[str]:
    """Find the team of each claim: that in which the person was enrolled on its first day.

    Parameters
    ----------
    claims : pandas.DataFrame of shape (n_claims, n_columns)
        `person_id` and `date`.
    spans : pandas.DataFrame of shape (n_spans, 4)
        `person_id`, `team_id`, `start_date`, `end_date`.

    Returns
    -------
    pandas.Series of str of shape (n_claims,)
        Team; missing where the person was enrolled in none.
    """
    rows = claims[["person_id", "date"]].assign(at=range(len(claims))).merge(spans, on="person_id")
    held = rows[(rows["start_date"] <= rows["date"]) & (rows["date"] < rows["end_date"])]
    team = held.drop_duplicates("at").set_index("at")["team_id"].reindex(range(len(claims)))
    return pd.Series(team.to_numpy(), index=claims.index, dtype="str")


def build_accounts(
    policy: SettlementPolicy,
    rates: pd.DataFrame,
    claims: pd.DataFrame,
    spans: pd.DataFrame,
    *,
    start: pd.Timestamp,
    end: pd.Timestamp,
    newcomers: Newcomers | None = None,
) -> Accounts:
    """Build the accounts of a year; every claim is a team's or stands in an account of what is outside.

    Parameters
    ----------
    policy : SettlementPolicy
        What counts as actual, completion, stop-loss.
    rates : pandas.DataFrame of shape (n_members, n_columns)
        `person_id`, `rate_minor`.
    claims : pandas.DataFrame of shape (n_claims, 4)
        `person_id`, `date`, `setting`, `amount` (currency) of the year, known by the run-out date.
    spans : pandas.DataFrame of shape (n_spans, 4)
        `person_id`, `team_id`, `start_date`, `end_date`.
    start, end : pandas.Timestamp
        The year, half-open.
    newcomers : Newcomers, optional
        Persons and stated rates, for a policy that says how joiners are prepaid; without them they are not.

    Returns
    -------
    Accounts
        Contracts, members and what is no team's.

    Raises
    ------
    DataContractError
        If no rated member was enrolled in the year.
    """
    lookback = policy.joiners.lookback.value if policy.joiners and policy.joiners.lookback else 0
    joiners = find_joiners(rates, spans, start, end, lookback_months=lookback)
    members = _prepay(policy, rates, spans, joiners, year=(start, end), newcomers=newcomers)
    if members.empty:
        message = (
            f"settlement: none of {len(rates)} rated members was enrolled in a team from {start.date()} to "
            f"{end.date()}. "
            "Give the rates of these members: identifiers must be hashed under the same key."
        )
        raise DataContractError(message)
    told = count_claims(policy, claims.assign(team_id=attribute_claims(claims, spans)), members)
    outside = open_outside(told, members, joiners)
    members = _bring_claims(policy, members, told)
    contracts = _sum_teams(members)
    check_claims(told, contracts, outside)
    return Accounts(contracts, members, outside, joiners)


def _prepay(
    policy: SettlementPolicy,
    rates: pd.DataFrame,
    spans: pd.DataFrame,
    joiners: pd.DataFrame,
    *,
    year: tuple[pd.Timestamp, pd.Timestamp],
    newcomers: Newcomers | None,
) -> pd.DataFrame:
    """Prorate the rates of those who had one as the year began, and of those who joined and are given one."""
    members = prorate(rates[["person_id", "rate_minor"]], spans, *year).assign(joined=False)
    if policy.joiners is not None and newcomers is not None:
        given = rate_joiners(policy.joiners, joiners, rates, newcomers.persons, start=year[0], stated=newcomers.stated)
        members = pd.concat([members, prorate(given, spans, *year).assign(joined=True)])
    return members[members["team_id"] != NO_TEAM].sort_values(["person_id", "team_id"], ignore_index=True)


def _bring_claims(policy: SettlementPolicy, members: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Bring the claims to the members, complete them, and take off what the fund takes over."""
    key = ["person_id", "team_id"]
    own = told.merge(members[key], on=key)
    sums = ["full_minor", "cost_minor"]
    cost = own.groupby(key, as_index=False)[sums].sum()
    held = members.merge(cost, on=key, how="left").fillna(dict.fromkeys(sums, 0)).astype(dict.fromkeys(sums, "int64"))
    held["completion_minor"] = _complete_members(policy, held, own)
    complete = held.assign(cost_minor=held["cost_minor"] + held["completion_minor"])
    per_unit = policy.per_currency_unit
    held["ceded_minor"] = 0 if policy.stop_loss is None else cede_above(policy.stop_loss, complete, per_unit)
    return held


def _complete_members(policy: SettlementPolicy, members: pd.DataFrame, told: pd.DataFrame) -> pd.Series[int]:
    """Bring what is still open of each team and setting to its members: by their claims, or by what was prepaid.

    What is prepaid counts where the open part comes from what was expected, or where no claim stands above 0.
    """
    added = pd.Series(0, index=members.index, dtype="int64")
    if policy.completion is None or told.empty:
        return added
    sums = told.groupby(["team_id", "setting"])["cost_minor"].sum()
    prepaid = members.groupby("team_id")["prepaid_minor"].sum()
    expected = dict(zip(prepaid.index.astype("str"), prepaid.astype(int), strict=True))
    done = complete_claims(policy.completion, sums.rename("paid_minor").reset_index(), expected)
    paid = told.groupby(["team_id", "setting", "person_id"])["cost_minor"].sum()
    for cell in done.to_dict("records"):
        rows = members[members["team_id"] == cell["team_id"]]
        claims = rows["person_id"].map(paid[cell["team_id"], cell["setting"]]).fillna(0).clip(lower=0)
        factor = policy.completion.factors[cell["setting"]].value
        by_claims = factor >= policy.completion.blend_below.value and claims.sum() > 0
        weights = [Fraction(int(minor)) for minor in (claims if by_claims else rows["prepaid_minor"])]
        weights = weights if any(weights) else [Fraction(1)] * len(rows)
        added.loc[rows.index] += split_whole(int(cell["completed_minor"] - cell["paid_minor"]), weights)
    return added


def _sum_teams(members: pd.DataFrame) -> pd.DataFrame:
    by_team = members.groupby("team_id")
    parts = ["prepaid_minor", "full_minor", "cost_minor", "completion_minor", "ceded_minor", "member_months"]
    teams = by_team[parts].sum().rename(columns={"cost_minor": "paid_minor"})
    joined = members[members["joined"]].groupby("team_id")
    news = {"joined_lives": joined["person_id"].nunique(), "joined_prepaid_minor": joined["prepaid_minor"].sum()}
    teams = teams.assign(lives=by_team["person_id"].nunique())
    teams = teams.assign(**{name: found.reindex(teams.index, fill_value=0) for name, found in news.items()})
    teams["actual_minor"] = teams["paid_minor"] + teams["completion_minor"] - teams["ceded_minor"]
    return teams.reset_index()

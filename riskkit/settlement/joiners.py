"""Joiners: members who join a team within the year or too late to be rated, and the rate of their days."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import pandas as pd
from pydantic import model_validator

from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.settlement.spans import count_days

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = ["person_id", "team_id"]
DAYS_A_YEAR = 365.25


class Joiners(PolicyModel):
    """At which rate members are prepaid who had none when the year began.

    Parameters
    ----------
    rate : {"demographic", "stated"}
        The mean rate of the rated members of the same age and sex, or only what a team's contract states. A stated rate
        goes before the mean.
    ages : tuple of PolicyNumber
        Ages at which a band begins, rising; a first band of the younger stands before them.
    lookback : PolicyNumber, optional
        A member without a rate who was not in a team on each day of so many months before the year counts as a joiner
        as well: there was too little to be rated by. Without it only those who were in none as it began do.
    """

    rate: Literal["demographic", "stated"]
    ages: tuple[PolicyNumber, ...] = ()
    lookback: PolicyNumber | None = None

    @model_validator(mode="after")
    def _bands(self) -> Self:
        found = [age.value for age in self.ages]
        if found != sorted(set(found)) or (self.rate == "demographic") != bool(found):
            message = f"a demographic rate needs ages that rise and a stated one none, got {found}. Correct the ages"
            raise ValueError(message)
        return self


def find_joiners(
    rates: pd.DataFrame,
    spans: pd.DataFrame,
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    lookback_months: float = 0,
) -> pd.DataFrame:
    """Find the members who have no rate and joined a team within the year, or shortly before it.

    Parameters
    ----------
    rates : pandas.DataFrame of shape (n_rated, n_columns)
        `person_id`.
    spans : pandas.DataFrame of shape (n_spans, 4)
        `person_id`, `team_id`, `start_date`, `end_date` (half-open).
    start, end : pandas.Timestamp
        The year, half-open.
    lookback_months : float, default 0
        Who was not in a team on each day of so many months before the year is a joiner too.

    Returns
    -------
    pandas.DataFrame of shape (n_member_teams, 2)
        `person_id`, `team_id`, one row per member and team of the year, sorted. Who was in a team as the year began and
        has been in one for longer is none: without a rate such a person is not of the scheme.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> spans = pd.DataFrame({
    ...     "person_id": ["a", "b", "c"],
    ...     "team_id": ["T1", "T1", "T2"],
    ...     "start_date": [day("2024-03-01"), day("2023-03-01"), day("2024-03-01")],
    ...     "end_date": [day("2025-01-01")] * 3,
    ... })
    >>> rated = pd.DataFrame({"person_id": ["c"]})
    >>> find_joiners(rated, spans, day("2024-01-01"), day("2025-01-01")).to_numpy().tolist()
    [['a', 'T1']]
    """
    told = spans.dropna(subset=["team_id"])
    since = start - pd.DateOffset(months=int(lookback_months))
    before = count_days(told, since, start).groupby(told["person_id"]).transform("sum")
    held = told[(told["start_date"] <= start) & (told["end_date"] > start) & (before >= (start - since).days)]
    old = set(rates["person_id"]) | set(held["person_id"])
    inside = (told["start_date"] < end) & (told["end_date"] > start) & (told["start_date"] < told["end_date"])
    return told.loc[inside & ~told["person_id"].isin(old), KEY].drop_duplicates().sort_values(KEY, ignore_index=True)


def rate_joiners(
    block: Joiners,
    joiners: pd.DataFrame,
    rates: pd.DataFrame,
    persons: pd.DataFrame,
    *,
    start: pd.Timestamp,
    stated: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Give each joiner the stated rate of the team, else the mean rate of the rated members of the same age and sex.

    Parameters
    ----------
    block : Joiners
        Which rate, and the bands of age.
    joiners : pandas.DataFrame of shape (n_member_teams, 2)
        See `find_joiners`.
    rates : pandas.DataFrame of shape (n_rated, n_columns)
        `person_id`, `rate_minor` and, where it is known, `exposure_months`, by which the mean is weighted.
    persons : pandas.DataFrame of shape (n_persons, 3)
        `person_id`, `birth_date`, `sex`.
    start : pandas.Timestamp
        First day of the year, on which ages are taken.
    stated : mapping of str to int, optional
        Minor units per member year by team.

    Returns
    -------
    pandas.DataFrame of shape (n_member_teams, 3)
        `person_id`, `team_id` and `rate_minor` of those who have a rate. A cell that nobody rated is in counts as the
        mean of all; a member whose age or sex is not known has no cell.

    References
    ----------
    .. [1] METHODS 6, new enrollee: a table of age and sex alone, never the full model with an empty history.
    """
    own = joiners["team_id"].map(dict(stated or {})).astype("float64")
    if block.rate == "demographic":
        cells = _name_cells(block, persons, start)
        own = own.fillna(joiners["person_id"].map(cells).map(_mean_rates(rates, cells)))
    known = joiners.assign(rate_minor=own).dropna(subset=["rate_minor"])
    return known.astype({"rate_minor": "int64"}).reset_index(drop=True)


def _name_cells(block: Joiners, persons: pd.DataFrame, start: pd.Timestamp) -> pd.Series[str]:
    """Name the cell of age and sex of each person; missing where one of them is."""
    starts = np.array([-math.inf, *(age.value for age in block.ages)])
    age = (start - persons["birth_date"]).dt.days / DAYS_A_YEAR
    band = pd.Series(np.searchsorted(starts, age.to_numpy(float), side="right"), index=persons.index)
    cells = persons["sex"].astype("str") + " " + band.astype("str")
    return cells.where(age.notna() & persons["sex"].notna()).set_axis(persons["person_id"])


def _mean_rates(rates: pd.DataFrame, cells: pd.Series[str]) -> dict[str, float]:
    months = rates["exposure_months"] if "exposure_months" in rates.columns else pd.Series(1.0, index=rates.index)
    months = months if months.sum() > 0 else pd.Series(1.0, index=rates.index)
    held = pd.DataFrame(
        {"cell": rates["person_id"].map(cells), "amount": rates["rate_minor"] * months, "months": months}
    )
    sums = held[held["months"] > 0].groupby("cell")[["amount", "months"]].sum()
    mean = held["amount"].sum() / held["months"].sum()
    found = dict(zip(sums.index.astype("str"), (sums["amount"] / sums["months"]).round(), strict=True))
    return {str(cell): float(found.get(str(cell), round(mean))) for cell in cells.dropna().unique()}

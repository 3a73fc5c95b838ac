"""Numerators and denominators by team, from care events, laboratory results and stays of the year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.settlement.scorecard_policy import (
    Admission,
    AfterDischarge,
    CareCount,
    Control,
    FirstContact,
    Measure,
    Reported,
    Scorecard,
    TestCount,
)

PLANNED = "elective"
ALIVE_AT_HOME = ("died", "transfer")


@dataclass(frozen=True)
class YearOfCare:
    """What the measures read.

    Parameters
    ----------
    members : pandas.DataFrame
        `person_id`, `team_id` (that of most days), `age` (years at the year's start).
    care_events, lab_results : pandas.DataFrame
        Of the year: `person_id`, `date` and `kind`, or `analyte` and `value`.
    stays : pandas.DataFrame
        `person_id`, `start_date`, `end_date`, `admission_type`, `discharge_status`, with the month after the year.
    visits : pandas.DataFrame
        `person_id`, `date`: outpatient visits, with the month after the year.
    end : pandas.Timestamp
        The day after the year.
    contacts : pandas.DataFrame, optional
        `person_id`, `date`, `setting`, `level` (of the institution, missing where not known): every contact of the year
        and of the one before it.
    """

    members: pd.DataFrame
    care_events: pd.DataFrame
    lab_results: pd.DataFrame
    stays: pd.DataFrame
    visits: pd.DataFrame
    end: pd.Timestamp
    contacts: pd.DataFrame | None = None


def compute_measures(scorecard: Scorecard, year: YearOfCare, reported: pd.DataFrame | None = None) -> pd.DataFrame:
    """Count every indicator for every team.

    Parameters
    ----------
    scorecard : Scorecard
        The indicators.
    year : YearOfCare
        The year's records.
    reported : pandas.DataFrame, optional
        `team_id`, `indicator`, `numerator`, `denominator` of rates that come from outside.

    Returns
    -------
    pandas.DataFrame of shape (n_teams * n_indicators, 4)
        `team_id`, `indicator`, `numerator`, `denominator` (0 where nothing is known), sorted by key.

    Raises
    ------
    DataContractError
        If what is reported names an unknown indicator or team, or a numerator outside of 0 to its denominator.
    """
    teams = sorted(year.members["team_id"].unique())
    outside = _check_reported(scorecard, reported, teams)
    parts = []
    for name, indicator in scorecard.indicators.items():
        if isinstance(indicator.measure, Reported):
            counts = outside[outside["indicator"] == name].set_index("team_id")[["numerator", "denominator"]]
        else:
            counts = _count(indicator.measure, year)
        counts = counts.reindex(teams, fill_value=0).rename_axis("team_id").reset_index()
        parts.append(counts.assign(indicator=name))
    table = pd.concat(parts, ignore_index=True)[["team_id", "indicator", "numerator", "denominator"]]
    table = table.astype({"numerator": "float64", "denominator": "float64"})
    return table.sort_values(["team_id", "indicator"], ignore_index=True)


def _count(measure: Measure, year: YearOfCare) -> pd.DataFrame:
    """Count one measure by team."""
    match measure:
        case Control():
            reached, counted = _controlled(measure, year)
        case CareCount():
            events = year.care_events.loc[year.care_events["kind"] == measure.event, "person_id"]
            reached, counted = _often(events, measure.times.value, year), None
        case TestCount():
            tests = year.lab_results.loc[year.lab_results["analyte"] == measure.analyte, "person_id"]
            reached, counted = _often(tests, measure.times.value, year), None
        case AfterDischarge():
            return _after_discharge(measure, year)
        case FirstContact():
            return _first_contacts(measure, year)
        case Admission():
            reached, counted = _often(year.stays.loc[year.stays["start_date"] < year.end, "person_id"], 1, year), None
        case _:
            reached, counted = pd.Series(False, index=year.members.index), None
    members = year.members if counted is None else year.members[counted]
    return _by_team(members["team_id"], reached.loc[members.index])


def _often(persons: pd.Series[str], times: float, year: YearOfCare) -> pd.Series[bool]:
    counts = persons.value_counts()
    return year.members["person_id"].map(counts).fillna(0) >= times


def _controlled(measure: Control, year: YearOfCare) -> tuple[pd.Series[bool], pd.Series[bool] | None]:
    labs = year.lab_results[year.lab_results["analyte"] == measure.analyte].sort_values(["person_id", "date"])
    latest = year.members["person_id"].map(labs.groupby("person_id")["value"].last())
    ages = [target.from_age.value for target in measure.targets]
    limits = np.array([target.below.value for target in measure.targets])
    at = np.clip(np.searchsorted(ages, year.members["age"].to_numpy(), side="right") - 1, 0, None)
    controlled = latest < limits[at]
    return controlled, latest.notna() if measure.untested == "left_out" else None


def _after_discharge(measure: AfterDischarge, year: YearOfCare) -> pd.DataFrame:
    """Count discharges of the year, alive and not to another hospital, by what followed."""
    left = year.stays[(year.stays["end_date"] < year.end) & ~year.stays["discharge_status"].isin(ALIVE_AT_HOME)]
    left = left.merge(year.members[["person_id", "team_id"]], on="person_id").reset_index(names="at")
    if measure.kind == "visit_after_discharge":
        next_days = year.visits.rename(columns={"date": "next"})
    else:
        unplanned = year.stays[year.stays["admission_type"] != PLANNED]
        next_days = unplanned.rename(columns={"start_date": "next"})
    pairs = left[["at", "person_id", "end_date"]].merge(next_days[["person_id", "next"]], on="person_id")
    gap = (pairs["next"] - pairs["end_date"]).dt.days
    followed = left["at"].isin(pairs.loc[(gap >= 1) & (gap <= measure.days.value), "at"])
    return _by_team(left["team_id"], followed)


def _first_contacts(measure: FirstContact, year: YearOfCare) -> pd.DataFrame:
    """Count the first contacts of the year by where they were made; those of no known level are left out."""
    held = pd.DataFrame(columns=["person_id", "date", "setting", "level"]) if year.contacts is None else year.contacts
    chosen = held[(held["setting"] != "emergency") & held["level"].notna()]
    sought = held[["person_id", "date"]].drop_duplicates().sort_values(["person_id", "date"], ignore_index=True)
    gap = sought.groupby("person_id")["date"].diff()
    first = sought[gap.isna() | (gap > pd.Timedelta(days=measure.gap.value))]
    first = first[(first["date"] >= year.end - pd.DateOffset(years=1)) & (first["date"] < year.end)]
    lowest = chosen.groupby(["person_id", "date"])["level"].min().rename("level").reset_index()
    made = first.merge(lowest, on=["person_id", "date"]).merge(year.members[["person_id", "team_id"]], on="person_id")
    return _by_team(made["team_id"], made["level"] <= measure.level.value)


def _by_team(team: pd.Series[str], reached: pd.Series[bool]) -> pd.DataFrame:
    counts = reached.astype("float64").groupby(team).agg(["sum", "size"])
    return counts.set_axis(["numerator", "denominator"], axis=1)


def _check_reported(scorecard: Scorecard, reported: pd.DataFrame | None, teams: list[str]) -> pd.DataFrame:
    columns = ["team_id", "indicator", "numerator", "denominator"]
    if reported is None:
        return pd.DataFrame(columns=columns)
    for column in columns:
        if column not in reported.columns:
            message = f"reported measures: no column {column!r}, found {', '.join(reported.columns)}. Add it."
            raise DataContractError(message)
    known = [name for name, line in scorecard.indicators.items() if isinstance(line.measure, Reported)]
    strange = reported[~(reported["indicator"].isin(known) & reported["team_id"].isin(teams))]
    wrong = reported[~((reported["numerator"] >= 0) & (reported["numerator"] <= reported["denominator"]))]
    if len(strange) or len(wrong) or reported.duplicated(["team_id", "indicator"]).any():
        first = (strange if len(strange) else wrong if len(wrong) else reported).iloc[0]
        message = (
            f"reported measures: found {first.to_dict()}, expected one row per team with members in the year and "
            f"indicator of {', '.join(known)} with a numerator from 0 to the denominator. Correct the rows."
        )
        raise DataContractError(message)
    return reported[columns]

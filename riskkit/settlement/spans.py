"""Spans: the days of a year on which each person was enrolled in each team."""

from __future__ import annotations

import pandas as pd


def count_days(spans: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.Series[int]:
    """Count the days of each span that lie in a year.

    Parameters
    ----------
    spans : pandas.DataFrame of shape (n_spans, n_columns)
        `start_date` and `end_date`, half-open.
    start, end : pandas.Timestamp
        The year, half-open.

    Returns
    -------
    pandas.Series of int of shape (n_spans,)
        Days, 0 for a span outside of the year.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> spans = pd.DataFrame({"start_date": [day("2023-12-01")], "end_date": [day("2024-01-11")]})
    >>> count_days(spans, day("2024-01-01"), day("2025-01-01")).tolist()
    [10]
    """
    first = spans["start_date"].where(spans["start_date"] > start, start)
    last = spans["end_date"].where(spans["end_date"] < end, end)
    return (last - first).dt.days.clip(lower=0).astype("int64")


def choose_members(
    spans: pd.DataFrame, persons: pd.DataFrame, year: tuple[pd.Timestamp, pd.Timestamp], least_days: float
) -> pd.DataFrame:
    """Choose the members whom the measures count, each in the team of most of the year's days.

    Parameters
    ----------
    spans : pandas.DataFrame of shape (n_spans, 4)
        `person_id`, `team_id`, `start_date`, `end_date` (half-open).
    persons : pandas.DataFrame of shape (n_persons, 2)
        `person_id` and `birth_date`.
    year : tuple of two pandas.Timestamp
        The year, half-open.
    least_days : float
        Enrolled for at least so many days.

    Returns
    -------
    pandas.DataFrame of shape (n_members, 3)
        `person_id`, `team_id`, `age` (years at the year's start), sorted by person.
    """
    enrolled = spans.assign(days=count_days(spans, *year)).dropna(subset=["team_id"])
    held = enrolled.groupby(["person_id", "team_id"])["days"].sum().reset_index()
    whole = held.groupby("person_id")["days"].transform("sum")
    held = held[(whole >= least_days) & (held["days"] > 0)]
    ranked = held.sort_values(["person_id", "days", "team_id"], ascending=[True, False, True])
    aged = ranked.drop_duplicates("person_id").merge(persons, on="person_id")
    age = (year[0] - aged["birth_date"]).dt.days / 365.25
    members = pd.DataFrame({"person_id": aged["person_id"], "team_id": aged["team_id"], "age": age})
    return members.sort_values("person_id", ignore_index=True)

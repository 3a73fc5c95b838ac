"""Time to death: how long each member was followed from the index date, and whether a death ended it."""

from __future__ import annotations

import numpy as np
import pandas as pd

KEYS = ["person_id", "index_date"]


def label_death(
    cohort: pd.DataFrame, person: pd.DataFrame, enrollment: pd.DataFrame, *, horizon_days: int
) -> pd.DataFrame:
    """Follow each member to death, to the end of the enrolment, or to the horizon.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Cohort frame.
    person : pandas.DataFrame
        Canonical person table.
    enrollment : pandas.DataFrame
        Canonical enrollment table, spans half-open; spans that touch or overlap are one.
    horizon_days : int
        Days from the index date after which nothing counts.

    Returns
    -------
    pandas.DataFrame
        Keys, `cause` (1 death, 0 followed to the horizon or left before), `followed_days`, `risk_set` (enrolled on the
        index date: everybody may die) and `weight` (the same as 1 or 0), in the order of the cohort.

    Notes
    -----
    A death after the enrolment has ended is not counted: those who left are not followed alike. Death is the event
    itself here; nothing competes with it.

    Examples
    --------
    >>> day = pd.Timestamp(2020, 1, 1)
    >>> cohort = pd.DataFrame({"person_id": ["a", "b"], "index_date": [day, day]})
    >>> person = pd.DataFrame({"person_id": ["a", "b"], "death_date": [pd.Timestamp(2020, 1, 31), pd.NaT]})
    >>> spans = pd.DataFrame({"person_id": ["a", "b"], "start_date": [day, day],
    ...                       "end_date": pd.to_datetime(["2020-02-01", "2020-03-01"])})
    >>> label_death(cohort, person, spans, horizon_days=365)[["cause", "followed_days"]].to_numpy().tolist()
    [[1.0, 30.0], [0.0, 60.0]]
    """
    rows = cohort[KEYS].reset_index(drop=True)
    rows["place"] = np.arange(len(rows))
    spans = rows.merge(_join_spans(enrollment), on="person_id")
    spans = spans[(spans["start_date"] <= spans["index_date"]) & (spans["end_date"] > spans["index_date"])]
    end = spans.set_index("place")["end_date"].reindex(rows["place"])
    death = rows[["person_id"]].merge(person[["person_id", "death_date"]], on="person_id", how="left")["death_date"]
    index = rows["index_date"].to_numpy()
    to_end = (pd.DatetimeIndex(end) - index).days.to_numpy(dtype=np.float64)
    to_death = (pd.DatetimeIndex(death) - index).days.to_numpy(dtype=np.float64)
    enrolled = np.isfinite(to_end)
    followed = np.minimum(np.where(enrolled, to_end, 0.0), horizon_days)
    # a span that ends on the day of death ended because of it
    died = enrolled & (to_death >= 0) & (to_death <= to_end) & (to_death < horizon_days)
    return rows[KEYS].assign(
        cause=died.astype(np.float64),
        followed_days=np.where(died, to_death, followed),
        risk_set=enrolled,
        weight=enrolled.astype(np.float64),
    )


def _join_spans(enrollment: pd.DataFrame) -> pd.DataFrame:
    """Join spans of a person that touch or overlap."""
    spans = enrollment[["person_id", "start_date", "end_date"]].sort_values(["person_id", "start_date", "end_date"])
    reached = spans.groupby("person_id")["end_date"].cummax().groupby(spans["person_id"]).shift()
    island = (reached.isna() | (spans["start_date"] > reached)).cumsum().rename("island")
    joined = spans.groupby(["person_id", island]).agg(start_date=("start_date", "min"), end_date=("end_date", "max"))
    return joined.reset_index().drop(columns="island")

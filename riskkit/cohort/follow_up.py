"""Follow-up: for how long each member was seen after the index date, and whether an event or death ended it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sqlglot import exp

from riskkit.cohort.exposure import compute_ipcw, enrolled_days
from riskkit.data.engine import fetch_rows, open_engine, open_tables
from riskkit.data.schemas import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

KEYS = ["person_id", "index_date"]
CENSORED, EVENT, DEATH = 0, 1, 2
LAST_DAYS = {"medical_claim": ("start_date", "end_date"), "person": ("death_date",), "enrollment": ()}
"""Date columns that show how far the data reach, where they are not the one day of an event."""


def find_data_end(tables: Mapping[str, Path | pd.DataFrame]) -> pd.Timestamp | None:
    """Find the day after the last record: nobody was followed for longer, whatever the contract says.

    Parameters
    ----------
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables.

    Returns
    -------
    pandas.Timestamp or None
        The day after the last event; None where no table has one.
    """
    columns = {
        name: LAST_DAYS.get(name, (schema.event_date,) if schema.event_date else ())
        for name, schema in TABLES.items()
        if name in tables
    }
    queries = [
        exp.select(exp.cast(exp.Max(this=exp.column(column)), "DATE")).from_(name)
        for name, days in columns.items()
        for column in days
    ]
    with open_engine() as engine:
        open_tables(engine, tables)
        days = [row[0] for query in queries for row in fetch_rows(engine, query) if row[0] is not None]
    return pd.Timestamp(max(days)) + pd.Timedelta(days=1) if days else None


def compute_follow_up(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    *,
    allowed_gap_days: int,
    follow_up_end: pd.Series[pd.Timestamp],
) -> pd.DataFrame:
    """Say when each member stopped being seen, and when they died as a member.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `enrollment` and `person` are read.
    allowed_gap_days : int
        Gap between two spans of enrolment that does not end the follow-up.
    follow_up_end : pandas.Series of datetime64
        First day that may not be looked at, by row of the cohort; missing for no such day.

    Returns
    -------
    pandas.DataFrame of shape (n_members, 2)
        In the order of the cohort: `censor_days`, days from the index date to the end of enrolment or to
        `follow_up_end`, infinite where a source has no enrolment at all; `death_days`, missing for who was not seen to
        die.

    Notes
    -----
    A death after leaving is unknown to the payer and is none here; enrolment may end on the day of death itself.
    """
    with open_engine() as engine:
        open_tables(engine, tables)
        spans = engine.execute(exp.select("person_id", "start_date", "end_date").from_("enrollment").sql("duckdb")).df()
        deaths = engine.execute(exp.select("person_id", "death_date").from_("person").sql("duckdb")).df()
    rows = cohort[KEYS].reset_index(drop=True)
    enrolled = _days_enrolled(rows, spans, allowed_gap_days)
    admin = _days_to(follow_up_end.reset_index(drop=True), rows["index_date"]).fillna(np.inf).to_numpy()
    dated = deaths.astype({"person_id": "str"}).set_index("person_id")["death_date"].astype("datetime64[us]")
    died = dated.reindex(rows["person_id"]).reset_index(drop=True)
    death = _days_to(died, rows["index_date"]).to_numpy()
    seen = (death >= 0) & (death <= enrolled) & (death < admin)
    censor = np.maximum(np.minimum(enrolled, admin), 0.0)
    return pd.DataFrame({"censor_days": censor, "death_days": np.where(seen, death, np.nan)})


def _days_to(day: pd.Series[pd.Timestamp], index: pd.Series[pd.Timestamp]) -> pd.Series[float]:
    return (day.astype("datetime64[us]") - index).dt.days.astype("float64")


def _days_enrolled(rows: pd.DataFrame, spans: pd.DataFrame, gap_days: int) -> NDArray[np.float64]:
    """Days from the index date to the end of the spell of enrolment that holds it."""
    if spans.empty:
        return np.full(len(rows), np.inf)
    spans = spans.astype({"person_id": "str", "start_date": "datetime64[us]", "end_date": "datetime64[us]"})
    spans = spans.sort_values(["person_id", "start_date", "end_date"], ignore_index=True)
    reached = spans.groupby("person_id")["end_date"].cummax()
    before = reached.groupby(spans["person_id"]).shift()
    apart = before.isna() | (spans["start_date"] > before + pd.Timedelta(days=gap_days))
    spell = apart.groupby(spans["person_id"]).cumsum()
    spells = (
        spans.assign(spell=spell)
        .groupby(["person_id", "spell"], as_index=False)
        .agg(start_date=("start_date", "min"), end_date=("end_date", "max"))
    )
    order = rows.reset_index().sort_values("index_date")
    held = pd.merge_asof(
        order,
        spells[["person_id", "start_date", "end_date"]].sort_values("start_date"),
        left_on="index_date",
        right_on="start_date",
        by="person_id",
    ).sort_values("index")
    days = _days_to(held["end_date"], held["index_date"]).fillna(0.0).clip(lower=0.0)
    return np.asarray(days.to_numpy(dtype="float64"))


def is_enrolled_before(
    cohort: pd.DataFrame, enrollment: pd.DataFrame, *, days: int, allowed_gap_days: int
) -> NDArray[np.bool_]:
    """Say who was enrolled over the days before the index date, so that a look back over them is whole.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    enrollment : pandas.DataFrame
        Canonical enrollment table.
    days : int
        Days before the index date; with 0 everyone was.
    allowed_gap_days : int
        Days without enrolment that are forgiven in all.

    Returns
    -------
    numpy.ndarray of bool of shape (n_members,)
        In the order of the cohort.
    """
    enough = np.ones(len(cohort), dtype="bool")
    if days == 0:
        return enough
    people, dates = cohort["person_id"].reset_index(drop=True), cohort["index_date"].reset_index(drop=True)
    for day in dates.unique():
        index, rows = pd.Timestamp(day), np.flatnonzero(dates.eq(day))
        held = enrolled_days(enrollment, index - pd.Timedelta(days=days), index)
        enough[rows] = held.reindex(people.iloc[rows], fill_value=0.0).to_numpy() >= days - allowed_gap_days
    return enough


def make_time_to_event(
    cohort: pd.DataFrame,
    event_days: NDArray[np.float64],
    follow_up: pd.DataFrame,
    *,
    horizon_days: int,
    risk_set: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Put an event and the follow-up together, with death as the competing end.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    event_days : numpy.ndarray of shape (n_members,)
        Days to the first event, missing without one.
    follow_up : pandas.DataFrame
        From :func:`compute_follow_up`.
    horizon_days : int
        Length of the outcome window.
    risk_set : numpy.ndarray of bool, optional
        Who may have a first event; everyone where not given.

    Returns
    -------
    pandas.DataFrame of shape (n_members, 8)
        In the order of the cohort: keys, `observed` (0 or 1: an event within the horizon), `weight` (inverse
        probability of censoring at the horizon; 0 outside the risk set and for who left before), `event_days`,
        `cause` (0 end of follow-up, 1 event, 2 death), `followed_days` (up to the first of these, at most the
        horizon), `risk_set`.

    Notes
    -----
    An event counts on days before the follow-up ends, and on the day of death itself. Death is an end that was seen:
    a member who died at `t` without the event stands for those who were censored before `t`, with weight
    1 / G(t), as a member with the event does.

    References
    ----------
    .. [1] Robins and Finkelstein, Correcting for noncompliance and dependent censoring, Biometrics 56 (2000).
    """
    at_risk = np.ones(len(cohort), dtype="bool") if risk_set is None else risk_set
    censor, death = (follow_up[name].to_numpy(dtype="float64") for name in ("censor_days", "death_days"))
    dies = death < horizon_days
    end = np.where(dies, death, np.minimum(censor, float(horizon_days)))
    happens = (event_days >= 0) & (event_days < horizon_days) & ((event_days < end) | (dies & (event_days <= end)))
    days = np.where(happens, event_days, np.nan)
    cause = np.where(happens, EVENT, np.where(dies, DEATH, CENSORED))
    followed = np.where(happens, event_days, end)
    weight = np.zeros(len(cohort))
    for rows in cohort.reset_index(drop=True).groupby("index_date").indices.values():
        held = rows[at_risk[rows]]
        weight[held] = compute_ipcw(followed[held], cause[held] > CENSORED, float(horizon_days))
    return (
        cohort[KEYS]
        .reset_index(drop=True)
        .assign(
            observed=happens.astype("float64"),
            weight=weight,
            event_days=days,
            cause=cause.astype("int64"),
            followed_days=followed,
            risk_set=at_risk,
        )
    )

"""Labels: what happened to each member in the window after the index date, and with which weight it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sqlglot import exp

from riskkit.cohort.episodes import select_episodes
from riskkit.cohort.events import resolve_ends
from riskkit.cohort.exposure import compute_ipcw
from riskkit.cohort.follow_up import compute_follow_up, make_time_to_event
from riskkit.cohort.measurements import read_last_values
from riskkit.cohort.spending import sum_by_day
from riskkit.data.engine import open_engine, open_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from riskkit.cohort.events import FollowUpEnd
    from riskkit.data.outcome_rules import AgeTarget

KEYS = ["person_id", "index_date"]
CONTROL_STATES = ("measured", "unmeasured", "left")


def label_admission(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    *,
    horizon_days: int,
    follow_up_end: FollowUpEnd = None,
) -> pd.DataFrame:
    """Label any inpatient admission within the horizon.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Cohort frame with `exposure_months`.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `medical_claim` is read.
    horizon_days : int
        Length of the outcome window ``[index_date, index_date + horizon_days)``.
    follow_up_end : pandas.Timestamp or pandas.Series, optional
        First day that no label may look at, for all members or by row; where missing, the day after the last record.

    Returns
    -------
    pandas.DataFrame of shape (n_members, 5)
        `person_id`, `index_date`, `observed` (0 or 1), `weight` (inverse probability of censoring) and `event_days`
        (days to the event, missing without one).

    Notes
    -----
    A member who leaves before the horizon without an admission is censored and carries weight 0; those who stay carry
    more, so that nobody who left early is counted as a member without an admission. Death as a member, without an
    admission, is an observed end: the member was followed for as long as there was anything to follow. Leaving is dated
    by the days enrolled, so that days of a gap count as days not followed. Nobody is followed past the end of the data,
    whatever the contracts promise: who has had no admission by then is censored as a leaver is. A stay that a reversal
    took back is no admission, and one that continues an admission from before the index date is none either.

    References
    ----------
    .. [1] Robins and Finkelstein, Correcting for noncompliance and dependent censoring, Biometrics 56 (2000).
    """
    first = _first_admission(cohort, tables, horizon_days)
    seen = _days_seen(cohort, tables, follow_up_end)
    return _with_censoring(cohort, first, _deaths(tables), seen, horizon_days)


def label_cost(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    *,
    horizon_days: int,
    amount: str,
    cap_amount: float | None = None,
    settings: Sequence[str] = (),
    follow_up_end: FollowUpEnd = None,
) -> pd.DataFrame:
    """Label the annualised cost in the outcome window.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Cohort frame with `exposure_months`.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `medical_claim` and `pharmacy_claim` are read.
    horizon_days : int
        Length of the outcome window.
    amount : str
        ``"allowed_amount"`` (fund and member) or ``"paid_amount"`` (fund).
    cap_amount : float, optional
        Pooling point: what one member costs in the window counts up to here, before it is annualised. A stop-loss cuts
        the claims of a short member at the same amount, so it is not prorated.
    settings : sequence of str, default ()
        Settings of `medical_claim` that count; empty for all, drugs included.
    follow_up_end : pandas.Timestamp or pandas.Series, optional
        First day that no label may look at, for all members or by row; where missing, the day after the last record.

    Returns
    -------
    pandas.DataFrame of shape (n_members, 4)
        `person_id`, `index_date`, `observed` (currency per member-year, cost / exposure) and `weight` (exposure in
        years); so the weighted sum of `observed` is the money that was spent, up to the cap where there is one.

    Notes
    -----
    A claim counts in the window in which it starts, reversals included. Exposure ends with the data, whatever the
    contracts promise: a month of which no record can speak is no month without cost. Members with less than half a
    month of exposure carry weight 0, and their money is in no label: an amount cannot be annualised from a few days.
    """
    daily = sum_by_day(cohort, tables, amount=amount, horizon_days=horizon_days, settings=settings)
    seen = _days_seen(cohort, tables, follow_up_end)
    daily = daily.merge(cohort[KEYS].assign(seen_days=seen), on=KEYS)
    spent = daily[daily["days"] < daily["seen_days"]].groupby(KEYS)["amount"].sum().round(2).reset_index()
    spent["amount"] = spent["amount"].clip(upper=cap_amount)
    labels = cohort[[*KEYS, "exposure_months"]].merge(spent, on=KEYS, how="left")
    months = pd.Series(np.minimum(labels["exposure_months"].to_numpy(dtype="float64"), seen * 12.0 / 365.0))
    years = months.where(months >= 0.5, 0.0) / 12.0
    observed = (labels["amount"].fillna(0.0) / years.where(years > 0)).fillna(0.0)
    return labels[KEYS].assign(observed=observed, weight=years)


def label_control(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    *,
    horizon_days: int,
    targets: Sequence[AgeTarget],
    allowed_gap_days: int,
    follow_up_end: FollowUpEnd = None,
) -> pd.DataFrame:
    """Label whether the last HbA1c in the outcome window is below the target of the member's age.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Cohort frame with `age_years`.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `lab_result`, `person` and `enrollment` are read.
    horizon_days : int
        Length of the outcome window.
    targets : sequence of AgeTarget
        Targets (%) by age at the index date, the first from age 0.
    allowed_gap_days : int
        Gap between two spans of enrolment that does not end the follow-up.
    follow_up_end : pandas.Timestamp or pandas.Series, optional
        First day that no label may look at; where missing, the day after the last record.

    Returns
    -------
    pandas.DataFrame of shape (n_members, 6)
        In the order of the cohort: keys, `observed` (1 for controlled), `weight`, `value` (the HbA1c, %), and
        `control_state`: ``measured``, ``unmeasured`` or ``left``.

    Notes
    -----
    A member who leaves before the horizon is censored, since the last value of their year is not known; those who
    stay stand for them. Who dies as a member counts with the last value before. A member without a value carries
    weight 0: the label speaks of the measured alone, and :func:`count_control` says how many that leaves out.
    """
    rows = cohort[KEYS].reset_index(drop=True)
    ends = resolve_ends(rows, tables, follow_up_end)
    follow = compute_follow_up(rows, tables, allowed_gap_days=allowed_gap_days, follow_up_end=ends)
    nothing = np.full(len(rows), np.nan)
    seen = make_time_to_event(rows, nothing, follow, horizon_days=horizon_days)
    # The day of death itself may hold a value.
    value = read_last_values(rows, tables, "hba1c", seen["followed_days"] + seen["cause"].gt(0))
    starts = [band.from_age_years for band in targets]
    band = np.searchsorted(starts, cohort["age_years"].to_numpy(), side="right") - 1
    target = np.array([entry.target.value for entry in targets])[band]
    left, measured = seen["weight"].eq(0), value.notna()
    return rows.assign(
        observed=(value < target).astype("float64"),
        weight=seen["weight"].where(measured, 0.0),
        value=value,
        control_state=np.select([left, ~measured], ["left", "unmeasured"], "measured"),
    )


def count_control(labels: pd.DataFrame) -> pd.DataFrame:
    """Count whose control is known.

    Parameters
    ----------
    labels : pandas.DataFrame
        From :func:`label_control`.

    Returns
    -------
    pandas.DataFrame
        One row per `index_date`: `members`, `measured`, `unmeasured`, `left`.
    """
    counts = pd.DataFrame({"index_date": labels["index_date"], "members": 1})
    for state in CONTROL_STATES:
        counts[state] = labels["control_state"].eq(state).astype("int64")
    return counts.groupby("index_date", as_index=False).sum()


def _deaths(tables: Mapping[str, Path | pd.DataFrame]) -> pd.DataFrame:
    died = exp.not_(exp.Is(this=exp.column("death_date"), expression=exp.null()))
    query = exp.select("person_id", "death_date").from_("person").where(died)
    with open_engine() as engine:
        open_tables(engine, tables)
        deaths = engine.execute(query.sql("duckdb")).df()
    return deaths.astype({"person_id": "str", "death_date": "datetime64[us]"})


def _days_seen(
    cohort: pd.DataFrame, tables: Mapping[str, Path | pd.DataFrame], follow_up_end: FollowUpEnd
) -> NDArray[np.float64]:
    """Days from the index date that the data, or the day given, leave to each row; infinite without a record."""
    rows = cohort[KEYS].reset_index(drop=True)
    days = (resolve_ends(rows, tables, follow_up_end) - rows["index_date"]).dt.days
    return np.maximum(days.to_numpy(dtype="float64", na_value=np.inf), 0.0)


def _with_censoring(
    cohort: pd.DataFrame,
    first: pd.DataFrame,
    deaths: pd.DataFrame,
    seen: NDArray[np.float64],
    horizon_days: int,
) -> pd.DataFrame:
    labels = cohort[[*KEYS, "exposure_months"]].merge(first, on=KEYS, how="left").merge(deaths, "left", "person_id")
    labels["event_days"] = labels["event_days"].where(labels["event_days"].to_numpy() < seen)
    event = labels["event_days"].notna().to_numpy()
    enrolled = labels["exposure_months"].to_numpy() * 365.0 / 12.0
    followed = np.minimum(enrolled, seen)
    to_death = ((labels["death_date"] - labels["index_date"]).dt.days).to_numpy(dtype="float64", na_value=np.nan)
    # Enrolment may end on the day of death or the day after.
    died_as_member = (to_death >= 0) & (to_death < np.minimum(seen, horizon_days)) & (to_death <= np.ceil(enrolled))
    time = np.where(died_as_member, to_death, followed)
    time = np.where(event, labels["event_days"].fillna(0.0).to_numpy(), time)
    weight = np.zeros(len(labels))
    for rows in labels.groupby("index_date").indices.values():
        weight[rows] = compute_ipcw(time[rows], (event | died_as_member)[rows], horizon_days - 1.0)
    return labels[[*KEYS, "event_days"]].assign(observed=event.astype("float64"), weight=weight)


def _first_admission(
    cohort: pd.DataFrame, tables: Mapping[str, Path | pd.DataFrame], horizon_days: int
) -> pd.DataFrame:
    """Days from the index date to the first admission that begins in the window, for those who had one."""
    keys = [exp.column(name, "s") for name in KEYS]
    start = exp.column("start_date", "e")
    days = exp.DateDiff(this=start, expression=exp.column("index_date", "s"), unit=exp.var("day"))
    first = exp.alias_(exp.cast(exp.Min(this=days), "DOUBLE"), "event_days")
    same_person = exp.column("person_id", "e").eq(exp.column("person_id", "s"))
    query = exp.select(*keys, first).from_("spine AS s").join(select_episodes().subquery("e"), on=same_person)
    inside = exp.and_(days.copy() >= exp.convert(0), days.copy() < exp.convert(horizon_days))
    query = query.where(inside).group_by(*(key.copy() for key in keys)).order_by(*KEYS)
    with open_engine() as engine:
        open_tables(engine, tables)
        engine.register("spine", cohort[KEYS].assign(index_date=cohort["index_date"].astype("datetime64[us]")))
        found = engine.execute(query.sql("duckdb")).df()
    return found.astype({"person_id": "str", "index_date": "datetime64[us]", "event_days": "float64"})

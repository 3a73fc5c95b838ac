"""Labels: what happened to each member in the window after the index date, and with which weight it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sqlglot import exp

from riskkit.cohort.exposure import compute_ipcw
from riskkit.data.engine import open_engine, open_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEYS = ["person_id", "index_date"]
PLANNED = ("elective",)


def label_admission(
    cohort: pd.DataFrame, tables: Mapping[str, Path | pd.DataFrame], *, horizon_days: int
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

    Returns
    -------
    pandas.DataFrame of shape (n_members, 5)
        `person_id`, `index_date`, `observed` (0 or 1), `weight` (inverse probability of censoring) and `event_days`
        (days to the event, missing without one).

    Notes
    -----
    A member who leaves before the horizon without an admission is censored and carries weight 0; those who stay carry
    more, so that nobody who left early is counted as a member without an admission. Death as a member, without an
    admission, is an observed end: the member was followed for as long as there was anything to follow. Leaving is
    dated by the days enrolled, so that days of a gap count as days not followed. A stay that a reversal took back is
    no admission.

    References
    ----------
    .. [1] Robins and Finkelstein, Correcting for noncompliance and dependent censoring, Biometrics 56 (2000).
    """
    first = _first_stay(cohort, tables, horizon_days, unplanned_only=False)
    return _with_censoring(cohort, first, _deaths(tables), horizon_days)


def label_readmission(
    cohort: pd.DataFrame, tables: Mapping[str, Path | pd.DataFrame], *, horizon_days: int
) -> pd.DataFrame:
    """Label the first unplanned acute stay within the horizon after a discharge.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Discharge cohort: the index date is the day after discharge.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `medical_claim` is read.
    horizon_days : int
        Usually 30: stays that begin on days 1 to 30 after the day of discharge.

    Returns
    -------
    pandas.DataFrame of shape (n_discharges, 5)
        As `label_admission`; every discharge counts once.

    Notes
    -----
    An elective stay is planned and no readmission. The index date is day 1, so a stay that begins on the day of
    discharge itself continues the index stay and is none either.
    """
    first = _first_stay(cohort, tables, horizon_days, unplanned_only=True)
    labels = cohort[KEYS].merge(first, on=KEYS, how="left")
    return labels.assign(observed=labels["event_days"].notna().astype("float64"), weight=1.0)


def label_cost(
    cohort: pd.DataFrame, tables: Mapping[str, Path | pd.DataFrame], *, horizon_days: int, amount: str
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

    Returns
    -------
    pandas.DataFrame of shape (n_members, 4)
        `person_id`, `index_date`, `observed` (currency per member-year, cost / exposure) and `weight` (exposure in
        years); so the weighted sum of `observed` is the money that was spent.

    Notes
    -----
    A claim counts in the window in which it starts, reversals included. Members with less than half a month of
    exposure carry weight 0, and their money is in no label: an amount cannot be annualised from a few days.
    """
    rows = [
        _sum_in_window(cohort, tables, (table, day), amount=amount, horizon_days=horizon_days)
        for table, day in (("medical_claim", "start_date"), ("pharmacy_claim", "fill_date"))
    ]
    spent = pd.concat(rows).groupby(KEYS, as_index=False)["amount"].sum()
    labels = cohort[[*KEYS, "exposure_months"]].merge(spent, on=KEYS, how="left")
    years = labels["exposure_months"].where(labels["exposure_months"] >= 0.5, 0.0) / 12.0
    observed = (labels["amount"].fillna(0.0) / years.where(years > 0)).fillna(0.0)
    return labels[KEYS].assign(observed=observed, weight=years)


def _deaths(tables: Mapping[str, Path | pd.DataFrame]) -> pd.DataFrame:
    died = exp.not_(exp.Is(this=exp.column("death_date"), expression=exp.null()))
    query = exp.select("person_id", "death_date").from_("person").where(died)
    with open_engine() as engine:
        open_tables(engine, tables)
        deaths = engine.execute(query.sql("duckdb")).df()
    return deaths.astype({"person_id": "str", "death_date": "datetime64[us]"})


def _with_censoring(cohort: pd.DataFrame, first: pd.DataFrame, deaths: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    labels = cohort[[*KEYS, "exposure_months"]].merge(first, on=KEYS, how="left").merge(deaths, "left", "person_id")
    event = labels["event_days"].notna().to_numpy()
    followed = labels["exposure_months"].to_numpy() * 365.0 / 12.0
    to_death = ((labels["death_date"] - labels["index_date"]).dt.days).to_numpy(dtype="float64", na_value=np.nan)
    # Enrolment may end on the day of death or the day after.
    died_as_member = (to_death >= 0) & (to_death < horizon_days) & (to_death <= np.ceil(followed))
    followed = np.where(died_as_member, float(horizon_days), followed)
    time = np.where(event, labels["event_days"].fillna(0.0).to_numpy(), followed)
    weight = np.zeros(len(labels))
    for rows in labels.groupby("index_date").indices.values():
        weight[rows] = compute_ipcw(time[rows], event[rows], horizon_days - 1.0)
    return labels[[*KEYS, "event_days"]].assign(observed=event.astype("float64"), weight=weight)


def _first_stay(
    cohort: pd.DataFrame, tables: Mapping[str, Path | pd.DataFrame], horizon_days: int, *, unplanned_only: bool
) -> pd.DataFrame:
    """Days from the index date to the first standing inpatient stay in the window, for those who had one."""
    start = exp.column("start_date", "e")
    wanted = [exp.column("setting", "e").eq("inpatient"), *_in_outcome_window(start, horizon_days)]
    if unplanned_only:
        planned = exp.In(this=exp.column("admission_type", "e"), expressions=[*map(exp.convert, PLANNED)])
        wanted.append(exp.not_(exp.func("COALESCE", planned, exp.false())))
    days = exp.DateDiff(this=start.copy(), expression=exp.column("index_date", "s"), unit=exp.var("day"))
    standing = exp.GT(this=exp.Sum(this=_sign()), expression=exp.convert(0))
    begun = _joined("medical_claim", wanted).select(exp.alias_(days, "days")).group_by(days.copy()).having(standing)
    first = exp.select(*KEYS, exp.alias_(exp.cast(exp.Min(this=exp.column("days")), "DOUBLE"), "event_days"))
    return _fetch(cohort, tables, first.from_(begun.subquery("begun")).group_by(*KEYS).order_by(*KEYS))


def _sign() -> exp.Expr:
    """Count a stay once: a reversal takes its original back, a summary is money without a stay."""
    kind = exp.column("adjustment", "e")
    stays = exp.In(this=kind, expressions=[exp.convert("original"), exp.convert("replacement")])
    steps = [
        exp.If(this=stays, true=exp.convert(1)),
        exp.If(this=kind.copy().eq("reversal"), true=exp.convert(-1)),
    ]
    return exp.Case(ifs=steps, default=exp.convert(0))


def _sum_in_window(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    event: tuple[str, str],
    *,
    amount: str,
    horizon_days: int,
) -> pd.DataFrame:
    table, day = event
    # Decimal sums are exact in any order, so the same extract gives the same label on any number of threads.
    total = exp.Sum(this=exp.cast(exp.column(amount, "e"), "DECIMAL(18, 2)"))
    spent = _joined(table, _in_outcome_window(exp.column(day, "e"), horizon_days))
    return _fetch(cohort, tables, spent.select(exp.alias_(exp.cast(total, "DOUBLE"), "amount")).order_by(*KEYS))


def _in_outcome_window(event: exp.Column, horizon_days: int) -> list[exp.Expr]:
    """``[index_date, index_date + horizon_days)``: the window of the label, where features may not look."""
    index = exp.column("index_date", "s")
    days = exp.DateDiff(this=event.copy(), expression=index.copy(), unit=exp.var("day"))
    return [event >= index, days < exp.convert(horizon_days)]


def _joined(table: str, wanted: list[exp.Expr]) -> exp.Select:
    """Events of the members of the spine, grouped by key; the caller adds what it wants of a group."""
    same_person = exp.column("person_id", "e").eq(exp.column("person_id", "s"))
    keys = [exp.column(name, "s") for name in KEYS]
    query = exp.select(*keys).from_(exp.alias_(exp.to_table("spine"), "s", table=True))
    query = query.join(exp.alias_(exp.to_table(table), "e", table=True), on=same_person).where(*wanted)
    return query.group_by(*(key.copy() for key in keys))


def _fetch(cohort: pd.DataFrame, tables: Mapping[str, Path | pd.DataFrame], query: exp.Select) -> pd.DataFrame:
    with open_engine() as engine:
        open_tables(engine, tables)
        engine.register("spine", cohort[KEYS].assign(index_date=cohort["index_date"].astype("datetime64[us]")))
        found = engine.execute(query.sql("duckdb")).df()
    return found.astype({"person_id": "str", "index_date": "datetime64[us]"})

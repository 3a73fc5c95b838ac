"""Readmission: the first unplanned admission after a discharge, planned ones known by type, codes or group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sqlglot import exp

from riskkit.cohort.evidence import open_groups
from riskkit.cohort.exposure import compute_ipcw
from riskkit.cohort.follow_up import compute_follow_up, find_data_end
from riskkit.data.codes import LIST_COLUMNS
from riskkit.data.engine import open_engine, open_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from riskkit.cohort.events import FollowUpEnd
    from riskkit.data.outcome_rules import PlannedCare

KEYS = ["person_id", "index_date"]
PLANNED_TYPES = ("elective",)


def label_readmission(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    *,
    horizon_days: int,
    planned: PlannedCare | None = None,
    code_lists: pd.DataFrame | None = None,
    follow_up_end: FollowUpEnd = None,
) -> pd.DataFrame:
    """Label the first unplanned admission within the horizon after a discharge.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Discharge cohort: the index date is the day after discharge.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables.
    horizon_days : int
        Usually 30: admissions that begin up to day 30 after the day of discharge.
    planned : PlannedCare, optional
        Groups of codes by which an admission is known as planned, beside its type.
    code_lists : pandas.DataFrame, optional
        Prefixes from ``riskkit.data.codes.read_code_lists``; needed with `planned`.
    follow_up_end : pandas.Timestamp or pandas.Series, optional
        First day that no label may look at; where missing, the day after the last record.

    Returns
    -------
    pandas.DataFrame of shape (n_discharges, 5)
        In the order of the cohort: keys, `event_days`, `observed`, `weight` (inverse probability of censoring over
        all discharges; 0 for one that was followed for less than the horizon, without readmission and alive).

    Notes
    -----
    Contiguous stays are one admission, so one that begins on the day of discharge or the day after continues the
    index stay and is no readmission. An elective admission is planned, as is one for chemotherapy, dialysis,
    rehabilitation or delivery by the groups of `planned`; a planned one does not hide an unplanned one after it. Death
    after the discharge is an end that was seen.

    References
    ----------
    .. [1] METHODS section 1, after the CMS hospital-wide readmission measure.
    """
    rows = cohort[KEYS].reset_index(drop=True)
    first = _first_unplanned(rows, tables, horizon_days, planned, code_lists)
    labels = rows.merge(first, on=KEYS, how="left")
    given = follow_up_end if follow_up_end is not None else find_data_end(tables)
    end = pd.Series(given.to_numpy() if isinstance(given, pd.Series) else given, index=rows.index)
    follow = compute_follow_up(rows, tables, allowed_gap_days=0, follow_up_end=end.astype("datetime64[us]"))
    event = labels["event_days"].notna().to_numpy()
    death, censor = follow["death_days"].to_numpy(), follow["censor_days"].to_numpy()
    dies = ~event & (death < horizon_days)
    time = np.where(dies, death, np.minimum(censor, float(horizon_days)))
    time = np.where(event, labels["event_days"].fillna(0.0), time)
    weight = compute_ipcw(time, event | dies, float(horizon_days))
    return labels.assign(observed=event.astype("float64"), weight=weight)


def _first_unplanned(
    rows: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    horizon_days: int,
    planned: PlannedCare | None,
    code_lists: pd.DataFrame | None,
) -> pd.DataFrame:
    keys = [exp.column(name, "s") for name in KEYS]
    days = exp.DateDiff(
        this=exp.column("start_date", "e"), expression=exp.column("index_date", "s"), unit=exp.var("day")
    )
    first = exp.alias_(exp.cast(exp.Min(this=days), "DOUBLE"), "event_days")
    same_person = exp.column("person_id", "e").eq(exp.column("person_id", "s"))
    elective = exp.func("COALESCE", exp.column("admission_type", "e").isin(*PLANNED_TYPES), exp.false())
    unplanned = [exp.not_(elective), *([] if planned is None else [exp.not_(_is_planned(planned))])]
    query = exp.select(*keys, first).from_("spine AS s").join("stay AS e", on=same_person)
    inside = exp.and_(days.copy() >= exp.convert(0), days.copy() < exp.convert(horizon_days))
    query = query.where(exp.column("turn", "e").eq(1), inside, *unplanned).group_by(*(key.copy() for key in keys))
    lists = code_lists if code_lists is not None else pd.DataFrame(columns=LIST_COLUMNS, dtype="str")
    with open_engine() as engine:
        open_tables(engine, tables)
        open_groups(engine, planned.names if planned is not None else (), lists)
        engine.register("spine", rows.assign(index_date=rows["index_date"].astype("datetime64[us]")))
        found = engine.execute(query.order_by(*KEYS).sql("duckdb")).df()
    return found.astype({"person_id": "str", "index_date": "datetime64[us]", "event_days": "float64"})


def _is_planned(planned: PlannedCare) -> exp.Expr:
    """Say whether the first stay of the admission ``e`` is planned by its principal diagnosis, a procedure or group."""
    ways = []
    for table, claim, groups in (
        ("diagnosis", "record_id", planned.principal),
        ("procedure", "claim_id", planned.procedures),
    ):
        query = exp.select("1").from_(exp.alias_(exp.to_table(table), "d", table=True))
        of_group = exp.and_(*(exp.column(name, "g").eq(exp.column(name, "d")) for name in ("code", "vocabulary")))
        query = query.join(exp.alias_(exp.to_table(f"{table}_group"), "g", table=True), on=of_group)
        query = query.where(exp.column(claim, "d").eq(exp.column("claim_id", "e")))
        if table == "diagnosis":
            query = query.where(exp.column("position", "d").eq(1))
        if groups:
            ways.append(exp.Exists(this=query.where(exp.column("code_group", "g").isin(*groups))))
    if planned.drg:
        grouped = exp.select("1").from_("drg_group AS g").where(exp.column("code", "g").eq(exp.column("drg_code", "e")))
        ways.append(exp.Exists(this=grouped.where(exp.column("code_group", "g").isin(*planned.drg))))
    return exp.or_(*ways)

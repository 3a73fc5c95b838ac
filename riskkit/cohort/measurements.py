"""Measurements: values beyond a limit that a second one confirms, and the last value of a window against a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sqlglot import exp

from riskkit.data.egfr import compute_egfr
from riskkit.data.engine import open_engine, open_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from riskkit.data.outcome_rules import LabRule

SOURCES = {"egfr": ("egfr", "creatinine"), "uacr": ("uacr",)}


def find_measured(
    tables: Mapping[str, Path | pd.DataFrame], rule: LabRule, *, before: pd.Timestamp | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the dates on which measurements prove an outcome.

    Parameters
    ----------
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `lab_result` and `person` are read.
    rule : LabRule
        Measure, limit and confirmation.
    before : pandas.Timestamp, optional
        First day that may not be looked at.

    Returns
    -------
    events : pandas.DataFrame
        `person_id`, `date` of each measurement beyond the limit that a later one confirms.
    mentions : pandas.DataFrame
        `person_id`, `date` of the confirmations: from there on the outcome was known.
    """
    read = _read_values(tables, rule.measure)
    values = _daily_means(read if before is None else read[read["date"] < before])
    values["turn"] = values.groupby("person_id").cumcount()
    limit = rule.below or rule.at_least
    beyond = values["value"] < limit.value if rule.below and limit else values["value"] >= (limit.value if limit else 0)
    bad = values[beyond]
    pairs = bad.merge(bad, on="person_id", suffixes=("", "_second"))
    apart = (pairs["date_second"] - pairs["date"]).dt.days
    confirmed = apart.between(rule.apart_days, rule.within_days)
    if rule.of is not None:
        confirmed &= pairs["turn_second"] - pairs["turn"] < rule.of
    held = pairs[confirmed]
    events = held[["person_id", "date"]].drop_duplicates()
    mentions = held[["person_id", "date_second"]].rename(columns={"date_second": "date"}).drop_duplicates()
    return events, mentions


def read_last_values(
    cohort: pd.DataFrame, tables: Mapping[str, Path | pd.DataFrame], analyte: str, end_days: pd.Series[float]
) -> pd.Series[float]:
    """Read each member's last value from the index date up to an end.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `lab_result` is read.
    analyte : str
        The analyte, in its canonical unit.
    end_days : pandas.Series of float
        Days from the index date to the first day that does not count, in the order of the cohort.

    Returns
    -------
    pandas.Series of float
        In the order of the cohort; the mean of several values on the last day, missing without any.
    """
    daily = _daily_means(_read_analyte(tables, analyte))
    rows = cohort[["person_id", "index_date"]].reset_index(drop=True)
    last = rows["index_date"] + pd.to_timedelta(np.ceil(end_days.to_numpy()) - 1, unit="D")
    order = rows.assign(last=last.astype("datetime64[us]")).reset_index().sort_values("last")
    found = pd.merge_asof(order, daily.sort_values("date"), left_on="last", right_on="date", by="person_id")
    found = found.sort_values("index", ignore_index=True)
    return found["value"].where(found["date"] >= found["index_date"])


def _daily_means(values: pd.DataFrame) -> pd.DataFrame:
    """Return `person_id`, `date`, `value`: one row per person and day."""
    return values.groupby(["person_id", "date"])["value"].mean().reset_index()


def _read_values(tables: Mapping[str, Path | pd.DataFrame], measure: str) -> pd.DataFrame:
    stated, *derived = (_read_analyte(tables, analyte) for analyte in SOURCES[measure])
    if not derived:
        return stated
    creatinine = derived[0]
    age = (creatinine["date"] - creatinine["birth_date"]).dt.days / 365.25
    female = creatinine["sex"].map({"female": 1.0, "male": 0.0}).astype("float64")
    rate = compute_egfr(creatinine["value"], age, female)
    return pd.concat([stated, creatinine.assign(value=rate).dropna(subset=["value"])], ignore_index=True)


def _read_analyte(tables: Mapping[str, Path | pd.DataFrame], analyte: str) -> pd.DataFrame:
    columns = [exp.column(name, "r") for name in ("person_id", "date", "value")]
    query = exp.select(*columns, "p.birth_date", "p.sex").from_("lab_result AS r")
    same = exp.column("person_id", "p").eq(exp.column("person_id", "r"))
    query = query.join("person AS p", on=same, join_type="left").where(exp.column("analyte", "r").eq(analyte))
    with open_engine() as engine:
        open_tables(engine, tables)
        rows = engine.execute(query.order_by("r.person_id", "r.date", "r.value").sql("duckdb")).df()
    dates = dict.fromkeys(("date", "birth_date"), "datetime64[us]")
    return rows.astype({"person_id": "str", "sex": "str", "value": "float64", **dates})

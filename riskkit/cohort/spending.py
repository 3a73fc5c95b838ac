"""Spending: what was spent on each member in the outcome window, in all and by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from sqlglot import exp

from riskkit.data.engine import open_engine, open_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

KEYS = ["person_id", "index_date"]
DATED = (("medical_claim", "start_date"), ("pharmacy_claim", "fill_date"))
"""Tables with money, and the day on which it counts."""


def sum_by_day(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    *,
    amount: str,
    horizon_days: int,
    settings: Sequence[str] = (),
) -> pd.DataFrame:
    """Sum each member's cost by day of the outcome window.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `medical_claim` and `pharmacy_claim` are read.
    amount : str
        ``"allowed_amount"`` (fund and member) or ``"paid_amount"`` (fund).
    horizon_days : int
        Length of the window ``[index_date, index_date + horizon_days)``.
    settings : sequence of str, default ()
        Settings of `medical_claim` that count, such as ``"inpatient"``; drugs then do not. Empty: all, drugs included.

    Returns
    -------
    pandas.DataFrame
        Keys, `days` (from the index date), `amount`; sorted, one row per day with a claim, reversals included.
    """
    parts = [_select_amounts(table, day, amount, horizon_days) for table, day in DATED[: 1 if settings else None]]
    if settings:
        parts[0] = parts[0].where(exp.column("setting", "e").isin(*settings))
    both = exp.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
    # Decimal sums are exact in any order, so the same extract gives the same label on any number of threads.
    total = exp.alias_(exp.cast(exp.Sum(this=exp.column("amount")), "DOUBLE"), "amount")
    query = exp.select(*KEYS, "days", total).from_(both.subquery("parts")).group_by(*KEYS, "days")
    with open_engine() as engine:
        open_tables(engine, tables)
        engine.register("spine", cohort[KEYS].assign(index_date=cohort["index_date"].astype("datetime64[us]")))
        found = engine.execute(query.order_by(*KEYS, "days").sql("duckdb")).df()
    return found.astype({"person_id": "str", "index_date": "datetime64[us]", "days": "int64", "amount": "float64"})


def _select_amounts(table: str, day: str, amount: str, horizon_days: int) -> exp.Select:
    keys = [exp.column(name, "s") for name in KEYS]
    days = exp.DateDiff(this=exp.column(day, "e"), expression=exp.column("index_date", "s"), unit=exp.var("day"))
    same_person = exp.column("person_id", "e").eq(exp.column("person_id", "s"))
    query = exp.select(*keys, exp.alias_(days, "days"))
    query = query.select(exp.alias_(exp.cast(exp.column(amount, "e"), "DECIMAL(18, 2)"), "amount"))
    query = query.from_("spine AS s").join(exp.alias_(exp.to_table(table), "e", table=True), on=same_person)
    inside = exp.and_(days.copy() >= exp.convert(0), days.copy() < exp.convert(horizon_days))
    return query.where(inside, exp.not_(exp.column(amount, "e").is_(exp.null())))

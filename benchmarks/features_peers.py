"""What riskkit's features are timed against: one wide conditional aggregation in SQL, and the same in polars."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.data.engine import open_engine

if TYPE_CHECKING:
    import polars as pl

    from riskkit.features.catalogue import Catalogue, Feature

# One scan, one join, each row's age and sign computed once, then a FILTER per feature: how it is written by hand.
WIDE = """
SELECT row_id, {columns}
FROM (
  SELECT s.row_id, c.setting, c.allowed_amount, c.paid_amount, c.member_amount, c.sign,
         date_diff('day', c.start_date, s.index_date) AS age,
         date_diff('day', c.start_date, c.end_date) * c.sign AS stay_days
  FROM spine AS s
  JOIN (
    SELECT *, CASE WHEN adjustment IN ('original', 'replacement') THEN 1 WHEN adjustment = 'reversal' THEN -1
                   ELSE 0 END AS sign
    FROM read_parquet('{file}')
  ) AS c ON c.person_id = s.person_id
  WHERE c.start_date < s.index_date AND c.available_date <= s.as_of_date
    AND c.start_date >= s.index_date - INTERVAL {longest} DAY
)
GROUP BY row_id
"""


def _wide_column(feature: Feature) -> str:
    same = "".join(f" AND {name} = '{value}'" for name, value in feature.where)
    if feature.aggregate == "days_since":
        return f"MIN(age) FILTER (WHERE sign > 0 AND age <= {feature.window_days}{same}) AS {feature.name}"
    value = "sign" if feature.aggregate == "count" else feature.column
    return f"COALESCE(SUM({value}) FILTER (WHERE age <= {feature.window_days}{same}), 0) AS {feature.name}"


def run_wide_sql(file: Path, cohort: pd.DataFrame, chosen: Catalogue, memory_gb: float) -> pd.DataFrame:
    longest = max(feature.window_days or 0 for feature in chosen.features)
    columns = ",\n       ".join(_wide_column(feature) for feature in chosen.features)
    with open_engine(memory_gb=memory_gb) as engine:
        engine.register("spine", _spine(cohort))
        found = engine.execute(WIDE.format(columns=columns, file=file, longest=longest)).fetchdf()
    return _laid_out(found, cohort, chosen)


def run_polars(file: Path, cohort: pd.DataFrame, chosen: Catalogue, memory_gb: float) -> pd.DataFrame:
    """Run the wide aggregation on polars' streaming engine, which takes no memory limit."""
    os.environ["POLARS_MAX_THREADS"] = "2"
    import polars as pl

    spine = pl.from_pandas(_spine(cohort)).with_columns(pl.col("index_date", "as_of_date").cast(pl.Date)).lazy()
    claims = pl.scan_parquet(file).select(pl.exclude("claim_id"))
    longest = max(feature.window_days or 0 for feature in chosen.features)
    sign = pl.when(pl.col("adjustment") == "reversal").then(-1).otherwise(1).cast(pl.Int64)
    age = (pl.col("index_date") - pl.col("start_date")).dt.total_days()
    days = (pl.col("end_date") - pl.col("start_date")).dt.total_days()
    events = claims.join(spine, on="person_id").with_columns(sign=sign, age=age)
    events = events.with_columns(stay_days=days * pl.col("sign"))
    seen = (pl.col("age") > 0) & (pl.col("available_date") <= pl.col("as_of_date")) & (pl.col("age") <= longest)
    columns = [_polars_column(feature) for feature in chosen.features]
    found = events.filter(seen).group_by("row_id").agg(columns).collect(engine="streaming")
    return _laid_out(found.to_pandas(), cohort, chosen)


def _polars_column(feature: Feature) -> pl.Expr:
    import polars as pl

    within = pl.col("age") <= feature.window_days
    for name, value in feature.where:
        within = within & (pl.col(name) == value)
    if feature.aggregate == "days_since":
        return pl.col("age").filter(within & (pl.col("sign") > 0)).min().alias(feature.name)
    value = "sign" if feature.aggregate == "count" else feature.column
    return pl.col(value).filter(within).sum().alias(feature.name)


def _spine(cohort: pd.DataFrame) -> pd.DataFrame:
    return cohort[["person_id", "index_date", "as_of_date"]].rename_axis("row_id").reset_index()


def _laid_out(found: pd.DataFrame, cohort: pd.DataFrame, chosen: Catalogue) -> pd.DataFrame:
    """Give a member without any claim the zeros that riskkit gives."""
    names = [feature.name for feature in chosen.features]
    zeros = {feature.name: 0.0 for feature in chosen.features if feature.aggregate != "days_since"}
    frame = found.set_index("row_id").reindex(cohort.index)[names].astype("float64").fillna(zeros)
    return pd.concat([cohort[["person_id", "index_date"]], frame], axis=1)

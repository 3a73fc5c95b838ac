"""Claims, members and the catalogue that `benchmarks/features.py` measures: the same for every way to compute them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from riskkit.data.engine import open_engine
from riskkit.features.catalogue import Catalogue, Feature
from riskkit.features.utilization import SETTING_WORDS, utilization_features

INDEX_DATE = "2024-02-01"
SETTINGS = tuple(SETTING_WORDS)
# 1,200 days from 1 January 2021: a third lies before the longest window, a twentieth after the index date, and of the
# newest some are not yet known at it. One claim in a hundred is a reversal.
CLAIMS = """
COPY (
  SELECT 'C' || i AS claim_id,
         'P' || lpad((hash(i, 1) % {persons})::VARCHAR, 8, '0') AS person_id,
         CASE WHEN part < 45 THEN 'outpatient' WHEN part < 70 THEN 'professional' WHEN part < 88 THEN 'chronic_clinic'
              WHEN part < 95 THEN 'emergency' ELSE 'inpatient' END AS setting,
         day AS start_date,
         day + CASE WHEN part >= 95 THEN (hash(i, 4) % 15)::INT ELSE 0 END AS end_date,
         day + 15 + (hash(i, 5) % 45)::INT AS available_date,
         CASE hash(i, 6) % 100 WHEN 0 THEN 'reversal' WHEN 1 THEN 'replacement' ELSE 'original' END AS adjustment,
         (hash(i, 7) % 200000) / 100.0::DOUBLE AS allowed_amount,
         (hash(i, 8) % 150000) / 100.0::DOUBLE AS paid_amount,
         (hash(i, 9) % 50000) / 100.0::DOUBLE AS member_amount
  FROM (SELECT i, hash(i, 2) % 100 AS part, DATE '2021-01-01' + (hash(i, 3) % 1200)::INT AS day
        FROM range({rows}) AS t(i))
) TO '{file}' (FORMAT parquet)
"""


def write_claims(file: Path, rows: int, persons: int) -> Path:
    """Write claims that are the same in every run, in no order."""
    with open_engine() as engine:
        engine.execute(CLAIMS.format(rows=rows, persons=persons, file=file))
    return file


def make_cohort(persons: int) -> pd.DataFrame:
    """Return all persons at one index date, at which the extract is taken."""
    frame = pd.DataFrame({"person_id": [f"P{number:08d}" for number in range(persons)]})
    day = pd.Timestamp(INDEX_DATE).as_unit("us")
    frame = frame.assign(index_date=day, as_of_date=day, age_years=60.0, sex="female")
    return frame.assign(urban=True, insurance_type="employee", institution_level=2)


def make_features() -> Catalogue:
    """Return the shipped features of use and cost, and the payments of each setting in the other two windows."""
    chosen = [feature for feature in utilization_features() if feature.source == "claims" and _plain(feature)]
    held = {feature.name for feature in chosen}
    more = [
        Feature(
            f"{setting}_{amount}_{days}d",
            "",
            "",
            "currency",
            "cost",
            "claims",
            "sum",
            column=amount,
            where=(("setting", setting),),
            window_days=days,
        )
        for setting in SETTINGS
        for amount in ("paid_amount", "member_amount")
        for days in (90, 730)
    ]
    return Catalogue((*chosen, *(feature for feature in more if feature.name not in held)))


def _plain(feature: Feature) -> bool:
    """Keep what one wide aggregation can say; the rest would be unfair to it."""
    columns = {"", "allowed_amount", "paid_amount", "member_amount", "stay_days"}
    return (
        feature.aggregate in {"count", "sum", "days_since"}
        and feature.column in columns
        and {name for name, _ in feature.where} <= {"setting"}
        and feature.window_days is not None
    )

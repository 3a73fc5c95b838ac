"""Features that follow events in order see what the window shows them, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from riskkit.data.schemas import TABLES
from riskkit.features.catalogue import Catalogue
from riskkit.features.episodes import EPISODES, compile_episodes

Compute = Callable[..., dict[str, float]]
Rows = dict[str, list[dict[str, object]]]
PAST: Rows = {
    "enrollment": [{"start_date": "2022-03-01", "end_date": "2024-06-01", "team_id": "T1", "institution_level": 2}],
    "medical_claim": [
        {"setting": "inpatient", "start_date": "2023-05-01", "end_date": "2023-05-09", "allowed_amount": 900.0},
        {"setting": "outpatient", "start_date": "2023-05-11", "allowed_amount": 50.0},
    ],
    "pharmacy_claim": [
        {"fill_date": day, "atc_code": "A10BA02", "days_supply": 30}
        for day in ("2023-04-20", "2023-06-20", "2023-11-01")
    ],
    "lab_result": [{"date": day, "analyte": "hba1c", "value": 7.5} for day in ("2023-03-01", "2023-09-01")],
    "glucose_reading": [{"time": f"2023-12-10T{hour:02d}:00", "glucose": 150} for hour in range(24)],
    "care_event": [{"date": "2023-08-01", "kind": "follow_up"}],
    "diagnosis": [{"date": "2023-08-01", "code": "E11"}],
}
# What the index date, 1 January 2024, may not see: on it or after it, or before it and known a day too late.
FUTURE: Rows = {
    "enrollment": [
        {"start_date": day, "end_date": "2025-06-01", "team_id": "T9"} for day in ("2024-01-01", "2024-02-01")
    ],
    "medical_claim": [
        {"setting": setting, "start_date": start, "end_date": end, "available_date": known, "allowed_amount": 7e5}
        for setting in ("inpatient", "outpatient")
        for start, end, known in (
            ("2024-01-01", "2024-01-05", "2024-01-05"),
            ("2024-02-01", "2024-02-05", "2024-02-05"),
            ("2023-10-01", "2023-10-09", "2024-01-02"),
        )
    ],
    "pharmacy_claim": [
        {"fill_date": day, "available_date": known, "atc_code": "A10BA02", "days_supply": 60}
        for day, known in (("2024-01-01", "2024-01-01"), ("2024-02-01", "2024-02-01"), ("2023-07-25", "2024-01-02"))
    ],
    "lab_result": [
        {"date": day, "available_date": known, "analyte": "hba1c", "value": 5.0}
        for day, known in (("2024-01-01", "2024-01-01"), ("2024-02-01", "2024-02-01"), ("2023-04-01", "2024-01-02"))
    ],
    "glucose_reading": [{"time": f"2024-01-01T{hour:02d}:00", "glucose": 300} for hour in range(24)],
    "diagnosis": [
        {"date": day, "available_date": known, "code": "N18"}
        for day, known in (("2024-01-01", "2024-01-01"), ("2023-05-12", "2024-01-02"))
    ],
    "care_event": [
        {"date": day, "available_date": known, "kind": "follow_up"}
        for day, known in (("2024-01-01", "2024-01-01"), ("2023-05-12", "2024-01-02"))
    ],
}


@pytest.fixture
def names(everything: Catalogue) -> list[str]:
    return [feature.name for feature in everything.features if feature.source in EPISODES]


@pytest.mark.parametrize("table", FUTURE)
def test_no_episode_sees_what_the_index_date_may_not(compute: Compute, names: list[str], table: str) -> None:
    before = compute(names, **PAST)
    after = compute(names, **{**PAST, table: PAST[table] + FUTURE[table]})
    assert np.array_equal(list(before.values()), list(after.values()), equal_nan=True)
    assert np.isfinite(list(before.values())).sum() > 20


@pytest.mark.parametrize("table", FUTURE)
def test_the_order_of_records_never_matters(compute: Compute, names: list[str], table: str) -> None:
    numbered = {
        name: [
            {**row, TABLES[name].key[0]: f"R{place}"} if TABLES[name].key[0] != "person_id" else row
            for place, row in enumerate(rows)
        ]
        for name, rows in PAST.items()
    }
    before = compute(names, **numbered)
    after = compute(names, **{**numbered, table: numbered[table][::-1]})
    assert np.array_equal(list(before.values()), list(after.values()), equal_nan=True)


def test_every_episode_answers_its_features_in_one_query_for_every_engine(everything: Catalogue) -> None:
    plans = {plan.source: plan for plan in compile_episodes(everything)}
    assert plans.keys() == EPISODES.keys()
    for name, plan in plans.items():
        assert plan.table == EPISODES[name].table
        assert plan.query.named_selects == ["row_id", *(feature.name for feature in plan.features)]
        for dialect in ("duckdb", "spark", "postgres"):
            assert "row_id" in plan.query.sql(dialect)


def test_an_absent_table_is_missing_and_one_without_records_is_nothing(compute: Compute) -> None:
    names = ["merged_admissions_365d", "longest_admission_days_365d", "cgm_wear_days_90d", "tenure_days"]
    assert np.isnan(list(compute(names).values())).all()
    found = compute(names, medical_claim=[], glucose_reading=[], enrollment=[])
    assert np.array_equal(list(found.values()), [0, np.nan, 0, 0], equal_nan=True)

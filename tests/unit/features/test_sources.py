"""Every source has both clocks, and counts a visit once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from riskkit.data.engine import open_engine, open_tables
from riskkit.data.schemas import TABLES
from riskkit.features.sources import SOURCES

Compute = Callable[..., dict[str, float]]
SHAPE = ["inpatient_visits_365d", "inpatient_allowed_amount_365d", "inpatient_days_365d"]
STAY = {"setting": "inpatient", "start_date": "2023-06-01", "end_date": "2023-06-04", "allowed_amount": 900.0}
BACK = {**STAY, "adjustment": "reversal", "allowed_amount": -900.0, "available_date": "2023-09-01"}
AGAIN = {**STAY, "adjustment": "replacement", "allowed_amount": 700.0, "available_date": "2023-09-01"}


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_reads_its_table_and_gives_person_clocks_and_count(name: str) -> None:
    source = SOURCES[name]
    assert source.table in TABLES
    with open_engine() as engine:
        open_tables(engine, {})
        engine.execute("CREATE TABLE code_group (code VARCHAR, vocabulary VARCHAR, code_group VARCHAR, points DOUBLE)")
        described = engine.execute(f"DESCRIBE {source.query.sql('duckdb')}").fetchall()
    kinds = {row[0]: row[1] for row in described}
    assert {kinds[clock] for clock in ("event_date", "available_date")} == {"DATE"}
    assert {"person_id", "event_count"} <= kinds.keys()


@pytest.mark.parametrize(
    ("records", "visits", "amount", "days"),
    [
        ([STAY], 1, 900, 3),
        ([STAY, BACK], 0, 0, 0),
        ([STAY, BACK, AGAIN], 1, 700, 3),
        ([STAY, {**BACK, "available_date": "2024-02-01"}], 1, 900, 3),  # taken back when nobody could know yet
        ([{**STAY, "adjustment": "summary"}], 0, 900, 0),  # money without a visit
    ],
    ids=["original", "reversed", "replaced", "reversed-later", "summary"],
)
def test_a_visit_counts_once_and_a_summary_is_money_alone(
    compute: Compute, records: list[dict[str, object]], visits: float, amount: float, days: float
) -> None:
    found = compute(SHAPE, medical_claim=records)
    assert list(found.values()) == [visits, amount, days]


def test_money_without_a_visit_is_no_day_of_a_visit(compute: Compute) -> None:
    balance = {**STAY, "start_date": "2023-12-31", "end_date": "2023-12-31", "adjustment": "summary"}
    # 1 June to 1 January is 214 days
    assert compute(["days_since_inpatient_visit"], medical_claim=[STAY, balance]) == {"days_since_inpatient_visit": 214}


def test_a_code_counts_in_every_group_that_holds_it(compute: Compute) -> None:
    names = ["dx_nephropathy_730d", "nephropathy_730d", "dx_diabetes_730d", "dcsi_nephropathy_730d"]
    found = compute(names, diagnosis=[{"date": "2023-06-01", "code": "N18"}])
    assert found == dict(zip(names, [1, 1, 0, 2], strict=True))


def test_a_code_of_another_vocabulary_is_another_code(compute: Compute) -> None:
    found = compute(["dx_diabetes_730d"], diagnosis=[{"date": "2023-06-01", "code": "E11", "vocabulary": "icd9cm"}])
    assert found == {"dx_diabetes_730d": 0}


def test_the_index_stay_is_the_one_that_ended_the_day_before(compute: Compute) -> None:
    names = ["index_stay_days", "index_admission_type_urgent", "index_discharge_status_home"]
    last = {**STAY, "start_date": "2023-12-28", "end_date": "2023-12-31", "admission_type": "urgent"}
    found = compute(names, medical_claim=[STAY, {**last, "discharge_status": "home"}])
    assert list(found.values()) == [3, 1, 1]


def test_drug_classes_are_prefixes_of_the_atc_code(compute: Compute) -> None:
    names = ["insulin_365d", "metformin_365d", "diabetes_drug_365d", "diabetes_drug_days_supply_365d"]
    fills = [{"fill_date": "2023-06-01", "atc_code": "A10BA02", "days_supply": 30}]
    assert list(compute(names, pharmacy_claim=fills).values()) == [0, 1, 1, 30]

"""Cost by day of the outcome window."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from riskkit.cohort.spending import sum_by_day

MakeTable = Callable[..., pd.DataFrame]


def test_visits_drugs_and_reversals_are_summed_by_day_to_the_cent(
    table: MakeTable, stays: MakeTable, cohort: MakeTable
) -> None:
    claims = stays(
        ("a", "2023-01-01", "2023-01-05", {"allowed_amount": 100.10}),
        ("a", "2023-01-01", "2023-01-05", {"allowed_amount": -100.10, "adjustment": "reversal"}),
        ("a", "2023-01-01", "2023-01-05", {"allowed_amount": 90.20, "adjustment": "replacement"}),
        ("a", "2022-12-31", "2023-01-05", {"allowed_amount": 7.0}),  # begins before the window
        ("a", "2023-01-31", "2023-01-31", {"allowed_amount": 7.0}),  # day 30, after it
        ("a", "2023-01-04", "2023-01-04", {"allowed_amount": None}),  # no money stated
    )
    fill = {"claim_id": "D", "person_id": "a", "fill_date": "2023-01-01", "available_date": "2023-01-01"}
    held = {"medical_claim": claims, "pharmacy_claim": table("pharmacy_claim", {**fill, "allowed_amount": 0.1})}
    found = sum_by_day(cohort(("a", "2023-01-01", 1.0)), held, amount="allowed_amount", horizon_days=30)
    assert found[["days", "amount"]].to_numpy().tolist() == [[0, 90.3]]


def test_without_claims_there_is_no_day(cohort: MakeTable) -> None:
    assert sum_by_day(cohort(("a", "2023-01-01", 1.0)), {}, amount="paid_amount", horizon_days=30).empty


def test_only_the_named_settings_are_summed_and_drugs_are_none_of_them(
    table: MakeTable, stays: MakeTable, cohort: MakeTable
) -> None:
    claims = stays(
        ("a", "2023-01-02", "2023-01-05", {"allowed_amount": 40.0}),
        ("a", "2023-01-03", "2023-01-03", {"allowed_amount": 5.0, "setting": "emergency"}),
        ("a", "2023-01-04", "2023-01-04", {"allowed_amount": 300.0, "setting": "outpatient"}),
    )
    fill = {"claim_id": "D", "person_id": "a", "fill_date": "2023-01-01", "available_date": "2023-01-01"}
    held = {"medical_claim": claims, "pharmacy_claim": table("pharmacy_claim", {**fill, "allowed_amount": 0.1})}
    members = cohort(("a", "2023-01-01", 1.0))
    found = sum_by_day(members, held, amount="allowed_amount", horizon_days=30, settings=("inpatient", "emergency"))
    assert found[["days", "amount"]].to_numpy().tolist() == [[1, 40.0], [2, 5.0]]

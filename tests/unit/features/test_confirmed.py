"""A diagnosis is confirmed by one stay or by two dates elsewhere; each case is worked by hand on a few records."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from riskkit.features.confirmed import UNSPECIFIED_CODES

Compute = Callable[..., dict[str, float]]
Row = dict[str, object]
# H36 is an eye complication of 1 point, N18 a kidney one of 2 and N08 of 1.
EYE = ["retinopathy_730d", "retinopathy_confirmed_730d", "dcsi_retinopathy_confirmed_730d", "dcsi_total_confirmed_730d"]
KIDNEY = ["dcsi_nephropathy_730d", "dcsi_nephropathy_confirmed_730d"]
STAY: Row = {"setting": "inpatient", "start_date": "2023-03-01", "end_date": "2023-03-05"}


def _seen(*days: str, code: str = "H36", source: str = "outpatient", **more: object) -> list[Row]:
    return [{"date": day, "code": code, "source": source, **more} for day in days]


@pytest.mark.parametrize(
    ("records", "confirmed"),
    [
        (_seen("2023-03-01"), 0),
        (_seen("2023-03-01", "2023-03-01"), 0),  # twice on one day is one date
        (_seen("2023-03-01", "2023-03-02"), 1),
        (_seen("2023-03-01", source="inpatient"), 1),
        (_seen("2023-03-01") + _seen("2023-03-01", source="emergency"), 0),
        (_seen("2023-03-01", source="chronic_clinic") + _seen("2023-04-01", source="professional"), 1),
        (_seen("2023-03-01", source="registry"), 0),  # a register confirms nothing alone
        (_seen("2023-03-01", source="case_definition"), 1),  # it has weighed several records itself
        (_seen("2022-01-01", "2022-01-02"), 1),  # 730 and 729 days before
        (_seen("2021-12-31", "2022-01-02"), 0),  # the first of them lies before the window
        (_seen("2023-12-31", "2024-01-01"), 0),  # the second on the index date
        (_seen("2023-03-01") + _seen("2023-04-01", available_date="2024-01-02"), 0),  # known a day too late
        (_seen("2023-03-01", source="inpatient", available_date="2024-01-02"), 0),
        (_seen("2023-03-01") + _seen("2023-04-01", code="N18"), 0),  # another group
    ],
)
def test_one_stay_or_two_dates_confirm(compute: Compute, records: list[Row], confirmed: float) -> None:
    found = list(compute(EYE[1:], diagnosis=records).values())
    assert found == [confirmed] * 3


def test_a_single_record_still_raises_the_clinical_feature(compute: Compute) -> None:
    assert list(compute(EYE, diagnosis=_seen("2023-03-01")).values()) == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("records", "points"),
    [
        ([("2023-03-01", "N08", "outpatient"), ("2023-04-01", "N08", "outpatient")], 1),
        # The graver code stands on one date alone: the category is confirmed, its second point is not.
        ([("2023-03-01", "N08", "outpatient"), ("2023-04-01", "N18", "outpatient")], 1),
        ([("2023-03-01", "N18", "outpatient"), ("2023-03-01", "N08", "outpatient")], 0),
        ([("2023-03-01", "N18", "outpatient"), ("2023-04-01", "N18", "outpatient")], 2),
        ([("2023-03-01", "N08", "inpatient"), ("2023-04-01", "N18", "outpatient")], 1),
        ([("2023-03-01", "N18", "inpatient")], 2),
    ],
)
def test_points_are_confirmed_as_high_as_two_dates_or_a_stay_give_them(
    compute: Compute, records: list[tuple[str, str, str]], points: float
) -> None:
    rows: list[Row] = [{"date": day, "code": code, "source": source} for day, code, source in records]
    clinical = max(2 if code == "N18" else 1 for _, code, _ in records)
    assert list(compute(KIDNEY, diagnosis=rows).values()) == [clinical, points]


def _claims(*adjustments: str, known: str = "2023-04-01", **more: object) -> list[Row]:
    """Claims C0, C1, ... of one stay; corrections are known in April."""
    rows = [{**STAY, "claim_id": f"C{at}", "adjustment": kind, **more} for at, kind in enumerate(adjustments)]
    return [{**row, "available_date": known if row["adjustment"] != "original" else "2023-03-05"} for row in rows]


@pytest.mark.parametrize(
    ("claims", "recorded_on", "confirmed"),
    [
        (_claims("original"), "C0", 1),
        (_claims("original", "reversal"), "C0", 0),
        (_claims("original", "reversal"), "C1", 0),  # a reversal is no record either
        (_claims("original", "reversal", known="2024-01-02"), "C0", 1),  # taken back when nobody could know yet
        (_claims("original", "reversal", "replacement"), "C0", 0),  # the replacement does not state the diagnosis
        (_claims("original", "reversal", "replacement"), "C2", 1),
        (_claims("original", "reversal", "replacement", "reversal"), "C2", 0),
        (_claims("original", "original", "reversal"), "C0", 1),  # of two stays one is left
        (_claims("original", "summary"), "C0", 1),
        ([*_claims("original"), {**_claims("reversal")[0], "claim_id": "X", "start_date": "2023-02-01"}], "C0", 1),
        ([], "C0", 1),  # without claims a record stands for itself
    ],
)
def test_a_claim_that_is_taken_back_takes_its_records_along(
    compute: Compute, claims: list[Row], recorded_on: str, confirmed: float
) -> None:
    records = _seen("2023-03-05", source="inpatient", record_id=recorded_on)
    found = compute(["retinopathy_confirmed_730d"], diagnosis=records, medical_claim=claims)
    assert found == {"retinopathy_confirmed_730d": confirmed}


def test_a_visit_that_is_taken_back_is_no_second_date(compute: Compute) -> None:
    visit = {"setting": "outpatient", "start_date": "2023-03-01"}
    claims = [{**visit, "claim_id": "A"}, {**visit, "claim_id": "B", "adjustment": "reversal"}]
    records = _seen("2023-03-01", record_id="A") + _seen("2023-05-01", record_id="other")
    name = "retinopathy_confirmed_730d"
    assert compute([name], diagnosis=records, medical_claim=claims[:1]) == {name: 1}
    assert compute([name], diagnosis=records, medical_claim=claims) == {name: 0}


def test_without_diagnoses_nothing_is_known(compute: Compute) -> None:
    assert all(math.isnan(value) for value in compute([*EYE[1:], KIDNEY[1]]).values())


def test_unspecified_codes_of_diabetes_are_those_that_end_in_8_or_9() -> None:
    # E10 to E14, .8 and .9 each; ICD-9-CM 250.0 without and 250.9 with an unspecified complication
    assert len(UNSPECIFIED_CODES) == 12
    assert {"E108", "E119", "E149", "2500", "2509"} <= set(UNSPECIFIED_CODES)

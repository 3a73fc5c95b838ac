"""Rows at odds with enrolment, death and each other are counted, and sound ones are not."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from riskkit.data.conflicts import Oddity
from riskkit.data.oddities import find_oddities

PERSON = {"person_id": "P1", "birth_date": "1950-01-01", "death_date": "2023-12-01"}
SPAN = {"person_id": "P1", "start_date": "2023-01-01", "end_date": "2023-07-01"}
STAY = {
    "claim_id": "C1",
    "person_id": "P1",
    "setting": "inpatient",
    "start_date": "2023-03-01",
    "end_date": "2023-03-05",
    "available_date": "2023-04-01",
    "allowed_amount": 1000.0,
    "adjustment": "original",
}


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    held = pd.DataFrame(rows)
    return held.assign(**{name: pd.to_datetime(held[name]) for name in held if name.endswith("_date")})


def found(**tables: pd.DataFrame) -> dict[tuple[str, str], int]:
    return {(odd.table, odd.check): odd.rows for odd in find_oddities({"person": frame(PERSON), **tables})}


def test_a_claim_of_the_last_day_enrolled_is_inside_and_one_of_the_day_after_is_not() -> None:
    claims = frame(
        {**STAY, "claim_id": "C1", "start_date": "2023-06-30", "end_date": "2023-06-30"},
        {**STAY, "claim_id": "C2", "start_date": "2023-07-01", "end_date": "2023-07-02"},
        {**STAY, "claim_id": "C3", "start_date": "2022-12-31", "end_date": "2022-12-31"},
    )
    assert found(medical_claim=claims, enrollment=frame(SPAN)) == {("medical_claim", "outside enrolment"): 2}


@pytest.mark.parametrize(
    ("second", "rows"),
    [
        # begins on the day the first ends: contiguous, not overlapping
        ({"start_date": "2023-03-05", "end_date": "2023-03-09"}, 0),
        ({"start_date": "2023-03-04", "end_date": "2023-03-09"}, 1),
        ({"start_date": "2023-03-02", "end_date": "2023-03-03"}, 1),
        ({"start_date": "2023-03-02", "end_date": "2023-03-03", "setting": "outpatient"}, 0),
        ({"start_date": "2023-03-02", "end_date": "2023-03-03", "adjustment": "summary"}, 0),
    ],
)
def test_stays_that_overlap_are_counted_and_stays_that_touch_are_not(second: dict[str, str], rows: int) -> None:
    claims = frame(STAY, {**STAY, "claim_id": "C2", **second})
    assert found(medical_claim=claims).get(("medical_claim", "stays overlap"), 0) == rows


@pytest.mark.parametrize(
    ("reversals", "rows"),
    [
        ([{}], 0),
        ([{"allowed_amount": -999.0}], 1),
        ([{"start_date": "2023-03-02"}], 1),
        # one original cannot be taken back twice
        ([{}, {}], 1),
    ],
)
def test_each_reversal_needs_an_original_of_its_own(reversals: list[dict[str, Any]], rows: int) -> None:
    taken = {**STAY, "adjustment": "reversal", "allowed_amount": -1000.0}
    claims = frame(STAY, *({**taken, "claim_id": f"R{n}", **change} for n, change in enumerate(reversals)))
    assert found(medical_claim=claims).get(("medical_claim", "reversal without its original"), 0) == rows


def test_the_day_of_death_may_have_events_and_the_day_after_may_not() -> None:
    lab = {"record_id": "L1", "person_id": "P1", "available_date": "2023-12-09", "analyte": "ferritin", "unit": "ug/L"}
    labs = frame(
        {**lab, "date": "2023-12-01", "value": 1.0}, {**lab, "record_id": "L2", "date": "2023-12-02", "value": 1.0}
    )
    assert found(lab_result=labs) == {("lab_result", "after death"): 1}


def test_an_oddity_says_where_what_was_found_what_is_usual_and_what_to_do() -> None:
    odd = Oddity("enrollment", "spans overlap", 2, "2 rows", "none", "Correct the register.")
    assert odd.sentence() == "enrollment: spans overlap: found 2 rows, expected none. Correct the register."

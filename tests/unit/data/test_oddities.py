"""Thin months, jumps in coding and laboratories in another unit stand out; a steady source does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.data.oddities import count_months, find_oddities

PERSON = pd.DataFrame({"person_id": ["P1"], "birth_date": pd.to_datetime(["1950-01-01"])})


def claims_of(counts: list[int]) -> pd.DataFrame:
    days = [
        day
        for day, n in zip(pd.date_range("2023-01-15", periods=len(counts), freq="MS"), counts, strict=True)
        for _ in range(n)
    ]
    return pd.DataFrame(
        {
            "claim_id": [f"C{n}" for n in range(len(days))],
            "person_id": "P1",
            "setting": "outpatient",
            "start_date": days,
            "end_date": days,
            "available_date": days,
            "adjustment": "original",
        }
    )


def checks(**tables: pd.DataFrame) -> list[str]:
    return [odd.check for odd in find_oddities({"person": PERSON, **tables})]


@pytest.mark.parametrize(
    ("last", "expected"),
    # the two months before it have 90 each: a third is 30, and 30 itself is not less than a third
    [(29, ["thin month 2023-07"]), (30, [])],
)
def test_a_month_with_less_than_a_third_of_its_neighbours_is_thin(last: int, expected: list[str]) -> None:
    assert checks(medical_claim=claims_of([90, 90, 90, 90, 90, last])) == expected


def test_a_hole_in_the_middle_is_thin_and_its_neighbours_are_not() -> None:
    assert checks(medical_claim=claims_of([90, 90, 10, 90, 90])) == ["thin month 2023-04"]


def test_a_few_claims_a_month_say_nothing() -> None:
    assert checks(medical_claim=claims_of([12, 12, 12, 1])) == []


def test_months_are_counted_without_the_summaries() -> None:
    claims = claims_of([2, 3])
    claims.loc[0, "adjustment"] = "summary"
    assert count_months({"person": PERSON, "medical_claim": claims}) == {
        "medical_claim": [("2023-02", 1), ("2023-03", 3)]
    }


def diagnoses(per_claim: dict[int, int], code: dict[int, str]) -> pd.DataFrame:
    rows = [
        {
            "record_id": f"{year}-{claim}",
            "position": n + 1,
            "date": f"{year}-03-01",
            "code": code[year] if n == 0 else "I10",
        }
        for year, number in per_claim.items()
        for claim in range(100)
        for n in range(number)
    ]
    frame = pd.DataFrame(rows).assign(person_id="P1", vocabulary="who_cn", source="outpatient")
    return frame.assign(date=pd.to_datetime(frame["date"]), available_date=pd.to_datetime(frame["date"]))


def test_more_codes_per_claim_than_the_year_before_is_a_jump() -> None:
    # 3 after 2 is half more; 4 after 4 is steady
    steady = dict.fromkeys((2022, 2023), "E11")
    assert checks(diagnosis=diagnoses({2022: 4, 2023: 4}, steady)) == []
    assert checks(diagnosis=diagnoses({2022: 2, 2023: 3}, steady)) == ["jump in coding 2023"]


def test_a_code_that_takes_anothers_place_is_a_jump() -> None:
    assert checks(diagnosis=diagnoses({2022: 4, 2023: 4}, {2022: "E11", 2023: "E14"})) == ["jump of code E14 in 2023"]


@pytest.mark.parametrize(
    ("analyte", "unit", "centre", "likely"),
    [
        # 8 mmol/L glucose written as mg/dL is refused row by row below 10; 12 is not, and looks like mmol/L
        ("glucose", "mg/dL", 12.0, "mmol/L"),
        ("creatinine", "mg/dL", 25.0, "umol/L"),
        ("ldl", "mg/dL", 2.6, "mmol/L"),
        ("uacr", "mg/g", 2.3, "mg/mmol"),
        ("glucose", "mg/dL", 150.0, ""),
        ("uacr", "mg/g", 20.0, ""),
        ("creatinine", "mg/dL", 1.4, ""),
    ],
)
def test_a_laboratory_in_another_unit_stands_out(analyte: str, unit: str, centre: float, likely: str) -> None:
    labs = pd.DataFrame(
        {
            "record_id": [f"L{n}" for n in range(101)],
            "person_id": "P1",
            "date": pd.Timestamp("2023-03-01"),
            "available_date": pd.Timestamp("2023-03-01"),
            "analyte": analyte,
            "value": centre * np.linspace(0.9, 1.1, 101),
            "unit": unit,
        }
    )
    oddities = find_oddities({"person": PERSON, "lab_result": labs})
    assert [odd.check for odd in oddities] == ([f"unit of {analyte} in 2023"] if likely else [])
    assert not likely or f"look like {likely}" in oddities[0].advice

"""Measurements that prove, and the last one of a window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from riskkit.cohort.measurements import find_measured, read_last_values
from riskkit.data.outcome_rules import LabRule
from riskkit.policy import PolicyNumber

MakeTable = Callable[..., pd.DataFrame]


def _number(value: float) -> PolicyNumber:
    return PolicyNumber(value=value, unit="x", reference="x", effective=date(2024, 1, 1))


EGFR = LabRule(measure="egfr", below=_number(60), apart_days=90, within_days=730)
UACR = LabRule(measure="uacr", at_least=_number(30), of=3, within_days=183)


def _labs(table: MakeTable, analyte: str, *rows: tuple[str, float]) -> dict[str, pd.DataFrame]:
    units = {"egfr": "mL/min/1.73m2", "uacr": "mg/g", "creatinine": "mg/dL", "hba1c": "%"}
    made = [
        {
            "record_id": f"L{place}",
            "person_id": "a",
            "date": day,
            "available_date": day,
            "analyte": analyte,
            "value": value,
            "unit": units[analyte],
        }
        for place, (day, value) in enumerate(rows)
    ]
    person = table("person", {"person_id": "a", "birth_date": "1958-01-01", "sex": "male"})
    return {"person": person, "lab_result": table("lab_result", *made)}


def _dates(frame: pd.DataFrame) -> list[str]:
    return sorted(f"{day:%Y-%m-%d}" for day in frame["date"])


@pytest.mark.parametrize(
    ("second", "events"),
    [
        (("2023-04-01", 59.0), ["2023-01-01"]),  # 90 days apart
        (("2023-03-31", 59.0), []),  # 89
        (("2023-04-01", 60.0), []),  # the limit itself is not below it
        (("2024-12-31", 59.0), ["2023-01-01"]),  # 730 days, over a leap year
        (("2025-01-01", 59.0), []),
    ],
)
def test_a_low_filtration_rate_is_confirmed_three_months_later(
    table: MakeTable, second: tuple[str, float], events: list[str]
) -> None:
    found, known = find_measured(_labs(table, "egfr", ("2023-01-01", 50.0), second), EGFR)
    assert _dates(found) == events
    assert _dates(known) == ([second[0]] if events else [])


def test_the_rate_is_taken_from_creatinine(table: MakeTable) -> None:
    # METHODS section 2: a man of 65 with 2.5 mg/dL has 27.8
    found, _ = find_measured(_labs(table, "creatinine", ("2023-01-01", 2.5), ("2023-06-01", 2.5)), EGFR)
    assert _dates(found) == ["2023-01-01"]
    healthy, _ = find_measured(_labs(table, "creatinine", ("2023-01-01", 0.9), ("2023-06-01", 0.9)), EGFR)
    assert healthy.empty


@pytest.mark.parametrize(
    ("values", "events"),
    [
        ([30.0, 10.0, 30.0], ["2023-01-01"]),  # two of three
        ([30.0, 10.0, 10.0, 30.0], []),  # two of four
        ([30.0, 29.9, 10.0], []),
    ],
)
def test_albuminuria_is_two_of_three(table: MakeTable, values: list[float], events: list[str]) -> None:
    rows = [(f"2023-0{month}-01", value) for month, value in enumerate(values, start=1)]
    assert _dates(find_measured(_labs(table, "uacr", *rows), UACR)[0]) == events


def test_a_confirmation_that_may_not_be_seen_confirms_nothing(table: MakeTable) -> None:
    labs = _labs(table, "egfr", ("2023-01-01", 50.0), ("2023-06-01", 50.0))
    assert find_measured(labs, EGFR, before=pd.Timestamp("2023-06-01"))[0].empty
    assert len(find_measured(labs, EGFR, before=pd.Timestamp("2023-06-02"))[0]) == 1


@pytest.mark.parametrize(
    ("end_days", "value"),
    [(365.0, 8.0), (151.0, 7.0), (152.0, 8.0), (31.0, None), (32.0, 7.0), (0.0, None)],
)
def test_the_last_value_is_from_the_index_date_on_and_before_the_end(
    table: MakeTable, cohort: MakeTable, end_days: float, value: float | None
) -> None:
    # 1 February is day 31, 1 June day 151
    labs = _labs(
        table,
        "hba1c",
        ("2022-12-31", 9.0),
        ("2023-02-01", 7.0),
        ("2023-06-01", 7.9),
        ("2023-06-01", 8.1),
        ("2024-01-01", 5.0),
    )
    found = read_last_values(cohort(("a", "2023-01-01", 12.0)), labs, "hba1c", pd.Series([end_days]))
    assert found.tolist() == pytest.approx([float("nan") if value is None else value], nan_ok=True)

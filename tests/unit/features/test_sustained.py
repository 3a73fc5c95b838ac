"""The level that an analyte reached twice, three months apart."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("readings", "level"),
    [
        ([("2023-01-01", 40.0), ("2023-04-01", 60.0)], 40),  # 90 days apart
        ([("2023-01-02", 40.0), ("2023-04-01", 60.0)], math.nan),  # 89
        # 40 with 50 or 45, 90 days and more later: 40; 70 stands only beside its neighbours of the same month
        ([("2023-01-01", 40.0), ("2023-04-10", 50.0), ("2023-04-11", 70.0), ("2023-05-01", 45.0)], 40),
        # 80 then 30 is 30, 80 then 60 is 60
        ([("2023-01-01", 80.0), ("2023-05-01", 30.0), ("2023-06-01", 60.0)], 60),
        ([("2023-01-01", 40.0), ("2023-01-01", 90.0), ("2023-06-01", 60.0)], 60),
        ([("2021-12-31", 90.0), ("2023-06-01", 60.0)], math.nan),  # before the window
        ([("2023-06-01", 60.0)], math.nan),
    ],
)
def test_the_level_is_the_lower_of_the_best_pair_three_months_apart(
    compute: Callable[..., dict[str, float]], readings: list[tuple[str, float]], level: float
) -> None:
    labs = [{"date": day, "analyte": "uacr", "value": value} for day, value in readings]
    other = {"date": "2023-01-01", "analyte": "creatinine", "value": 9.0}
    found = compute(["uacr_sustained_730d", "creatinine_sustained_730d"], lab_result=[*labs, other])
    assert list(found.values()) == pytest.approx([level, math.nan], nan_ok=True)

"""A value holds until the next one; at the target is not below it."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

Compute = Callable[..., dict[str, float]]


def _test(day: str, value: float, analyte: str = "hba1c", **change: object) -> dict[str, object]:
    return {"date": day, "value": value, "analyte": analyte, **change}


# 100, 60 and 20 days before the index date: above for 40 days, below for 40, at the target for 20.
THREE = [_test("2023-09-23", 8.0), _test("2023-11-02", 6.9), _test("2023-12-12", 7.0)]


@pytest.mark.parametrize(
    ("labs", "share"),
    [
        (THREE, 0.6),
        (THREE[::-1], 0.6),
        ([*THREE, _test("2023-09-23", 6.0, record_id="R9")], 0.2),  # of two on one day the last record holds
        ([*THREE, _test("2021-12-31", 9.0)], 0.6),  # before the window of 730 days
        ([*THREE, _test("2024-01-01", 9.0)], 0.6),
        ([*THREE, _test("2023-10-01", 5.0, available_date="2024-01-02")], 0.6),
        (THREE[1:2], 0.0),
        ([_test("2023-11-02", 200, "glucose")], math.nan),
    ],
    ids=["three", "any order", "same day", "window", "index date", "known late", "one", "none"],
)
def test_days_at_or_above_the_target_are_shared(compute: Compute, labs: list[dict[str, object]], share: float) -> None:
    name = "hba1c_time_above_target_730d"
    assert compute([name], lab_result=labs)[name] == pytest.approx(share, nan_ok=True)


@pytest.mark.parametrize(("analyte", "target"), [("glucose", 126), ("ldl", 100), ("systolic_bp", 130), ("uacr", 30)])
def test_each_analyte_has_its_own_target(compute: Compute, analyte: str, target: float) -> None:
    name = f"{analyte}_time_above_target_730d"
    labs = [_test("2023-10-03", target, analyte), _test("2023-12-02", target - 0.1, analyte)]
    # 60 of 90 days at the target, 30 just below it
    assert compute([name], lab_result=labs)[name] == pytest.approx(60 / 90)

"""Admissions are merged before they are counted, and a discharge asks for a visit within seven days."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

Compute = Callable[..., dict[str, float]]
NAMES = [
    *("merged_admissions_365d", "merged_inpatient_days_365d", "longest_admission_days_365d"),
    *("readmissions_30d_365d", "days_since_discharge_730d"),
]


def _stay(start: str, end: str, **change: object) -> dict[str, object]:
    return {"setting": "inpatient", "start_date": start, "end_date": end, "available_date": end, **change}


def _visit(day: str, setting: str = "outpatient", **change: object) -> dict[str, object]:
    return {"setting": setting, "start_date": day, **change}


# Overlapping and a day apart: one admission of 11 days, 1 to 12 March; twenty days later another of two days.
SPLIT = [_stay("2023-03-01", "2023-03-05"), _stay("2023-03-04", "2023-03-10"), _stay("2023-03-11", "2023-03-12")]
AGAIN = _stay("2023-04-01", "2023-04-03")
# 3 April to the index date, 1 January 2024, is 273 days.
BOTH = [2, 13, 11, 1, 273]


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ([*SPLIT, AGAIN], BOTH),
        ([AGAIN, *reversed(SPLIT)], BOTH),
        (
            [
                *SPLIT,
                AGAIN,
                _stay("2023-06-01", "2023-06-09"),
                _stay("2023-06-01", "2023-06-09", adjustment="reversal"),
            ],
            BOTH,
        ),
        ([*SPLIT, AGAIN, _stay("2024-01-01", "2024-01-05")], BOTH),
        ([*SPLIT, _stay("2023-04-12", "2023-04-13")], [2, 12, 11, 0, 263]),  # 31 days after the discharge
        ([*SPLIT, _stay("2023-04-11", "2023-04-12")], [2, 12, 11, 1, 264]),  # 30 days after
        # Of a stay over the edge of the window the days in it count, and the admission does not.
        ([_stay("2022-12-28", "2023-01-03")], [0, 2, math.nan, 0, 363]),
        # Still in hospital: the days so far, no discharge yet.
        ([_stay("2023-12-28", "2024-01-09", available_date="2023-12-30")], [1, 4, 4, 0, math.nan]),
        ([], [0, 0, math.nan, 0, math.nan]),
    ],
    ids=["split", "any order", "reversed", "future", "day 31", "day 30", "window edge", "in hospital", "none"],
)
def test_admissions_are_counted_as_by_hand(
    compute: Compute, stays: list[dict[str, object]], expected: list[float]
) -> None:
    assert list(compute(NAMES, medical_claim=stays).values()) == pytest.approx(expected, nan_ok=True)


def test_a_reversal_that_nobody_could_know_leaves_the_stay(compute: Compute) -> None:
    back = _stay("2023-04-01", "2023-04-03", adjustment="reversal", available_date="2024-01-02")
    assert list(compute(NAMES, medical_claim=[AGAIN, back]).values()) == [1, 2, 2, 0, 273]


@pytest.mark.parametrize(
    ("visits", "seen"),
    [
        ([_visit("2023-03-12")], 0),  # the day of discharge
        ([_visit("2023-03-13")], 1),
        ([_visit("2023-03-19", "chronic_clinic")], 1),  # day 7
        ([_visit("2023-03-20")], 0),  # day 8
        ([_visit("2023-03-13", "emergency")], 0),
        ([_visit("2023-03-13"), _visit("2023-03-13", adjustment="reversal")], 0),
        ([_visit("2023-03-13", available_date="2024-01-02")], 0),  # known too late
    ],
)
def test_a_visit_counts_on_days_one_to_seven(compute: Compute, visits: list[dict[str, object]], seen: int) -> None:
    found = compute(["discharge_visit_share_365d", "discharges_without_visit_365d"], medical_claim=[*SPLIT, *visits])
    assert list(found.values()) == [seen, 1 - seen]


def test_a_follow_up_counts_and_an_open_week_does_not(compute: Compute) -> None:
    names = ["discharge_visit_share_365d", "discharges_without_visit_365d"]
    # Day 7 after 24 December is the day before the index date; after 25 December it is not over yet.
    closed, still_open = _stay("2023-12-20", "2023-12-24"), _stay("2023-12-20", "2023-12-25")
    calls = [{"date": "2023-12-31", "kind": "follow_up"}]
    assert list(compute(names, medical_claim=[closed], care_event=calls).values()) == [1, 0]
    assert list(compute(names, medical_claim=[closed], care_event=[{**calls[0], "kind": "education"}]).values()) == [
        0,
        1,
    ]
    found = list(compute(names, medical_claim=[still_open], care_event=calls).values())
    assert found == pytest.approx([math.nan, 0], nan_ok=True)
    # One of two discharges was followed by a visit.
    half = list(compute(names, medical_claim=[closed, AGAIN], care_event=calls).values())
    assert half == [0.5, 1]

"""Exposure in member months, and weights for those who leave."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from riskkit.cohort.exposure import compute_exposure_months, compute_ipcw, enrolled_days

INDEX = pd.Timestamp("2023-01-01")
MakeTable = Callable[..., pd.DataFrame]


def _spans(table: MakeTable, *spans: tuple[str, str, str]) -> pd.DataFrame:
    return table("enrollment", *[{"person_id": p, "start_date": s, "end_date": e} for p, s, e in spans])


@pytest.mark.parametrize(
    ("spans", "days"),
    [
        ([("2023-01-01", "2023-01-11")], 10),  # half-open: the 11th is not a day of the span
        ([("2022-12-01", "2024-02-01")], 31),  # only January lies in the window
        ([("2023-01-01", "2023-01-11"), ("2023-01-06", "2023-01-21")], 20),  # the 6th to the 10th count once
        ([("2023-01-01", "2023-01-31"), ("2023-01-06", "2023-01-11"), ("2023-01-21", "2023-02-10")], 31),  # one inside
        ([("2023-01-01", "2023-01-11"), ("2023-01-21", "2023-01-31")], 20),  # a gap of ten days
        ([("2022-12-01", "2023-01-01")], 0),  # ends as the window begins
        ([("2023-01-05", "2023-01-05")], 0),  # begins and ends on one day
    ],
    ids=["half-open", "clipped", "overlap", "inside", "gap", "before", "none"],
)
def test_enrolled_days_count_once_within_the_window(
    table: MakeTable, spans: list[tuple[str, str]], days: float
) -> None:
    found = enrolled_days(_spans(table, *[("a", *span) for span in spans]), INDEX, pd.Timestamp("2023-02-01"))
    assert found.sum() == days


def test_no_enrolment_is_no_days(table: MakeTable) -> None:
    assert enrolled_days(_spans(table), INDEX, pd.Timestamp("2023-02-01")).empty


@pytest.mark.parametrize(
    ("span", "death", "months"),
    [
        (("2022-01-01", "2024-06-01"), None, 12.0),
        (("2022-01-01", "2023-07-02"), None, 182 * 12 / 365),  # 1 January to 1 July: 182 days
        (("2022-01-01", "2024-06-01"), "2023-01-31", 31 * 12 / 365),  # the day of death is still a day of exposure
        (("2022-01-01", "2023-01-11"), "2023-01-31", 10 * 12 / 365),  # left before the death
        (("2024-01-01", "2024-06-01"), None, 0.0),
    ],
    ids=["full", "leaver", "death", "left-then-died", "later"],
)
def test_exposure_ends_with_enrolment_or_death(
    table: MakeTable, span: tuple[str, str], death: str | None, months: float
) -> None:
    members = table("person", {"person_id": "a", "birth_date": "1950-01-01", "death_date": death})
    found = compute_exposure_months(members, _spans(table, ("a", *span)), INDEX, 365)
    assert found == pytest.approx([months])


def test_exposure_of_nobody_is_empty_and_of_the_unenrolled_zero(table: MakeTable) -> None:
    members = table("person", {"person_id": "a", "birth_date": "1950-01-01"})
    assert compute_exposure_months(members, _spans(table), INDEX, 365).tolist() == [0.0]
    assert compute_exposure_months(members.iloc[:0], _spans(table), INDEX, 365).tolist() == []


def test_a_leap_year_leaves_one_day_out(table: MakeTable) -> None:
    # 2024 has 366 days; the window of 365 is full with the first 365
    members = table("person", {"person_id": "a", "birth_date": "1950-01-01"})
    spans = _spans(table, ("a", "2024-01-01", "2025-01-01"))
    assert compute_exposure_months(members, spans, pd.Timestamp("2024-01-01"), 365).tolist() == [12.0]


def test_ipcw_gives_the_worked_figure() -> None:
    # Ten members: events at months 3 and 8, two leave at 6, six complete. At month 6 nine are followed (one had its
    # event), two leave: G = 7/9. Weights: 1 for the event at 3, 9/7 for the event at 8 and the six: sum 1 + 9 = 10.
    # Weighted rate: (1 + 9/7) / 10 = 16/70 = 0.2286.
    time = np.array([3.0, 8, 6, 6, 12, 12, 12, 12, 12, 12])
    event = np.array([True, True] + [False] * 8)
    weight = compute_ipcw(time, event, 12)
    assert weight == pytest.approx([1, 9 / 7, 0, 0] + [9 / 7] * 6)
    assert weight @ event / weight.sum() == pytest.approx(16 / 70)


def test_ipcw_is_one_for_all_where_nobody_leaves() -> None:
    assert compute_ipcw(np.array([2.0, 12, 12]), np.array([True, False, False]), 12).tolist() == [1, 1, 1]


def test_an_event_at_the_moment_of_leaving_comes_first() -> None:
    # At month 6 one has the event and leaves the risk set, one of the other three leaves: G(12) = 2/3.
    weight = compute_ipcw(np.array([6.0, 6, 12, 12]), np.array([True, False, False, False]), 12)
    assert weight == pytest.approx([1, 0, 1.5, 1.5])


def test_ipcw_of_nobody_and_of_all_leaving() -> None:
    assert compute_ipcw(np.array([]), np.array([], dtype=bool), 12).tolist() == []
    assert compute_ipcw(np.array([1.0, 1.0]), np.array([False, False]), 12).tolist() == [0, 0]

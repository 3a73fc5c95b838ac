"""Enrolment spans are merged before they are counted, and end at the index date."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Compute = Callable[..., dict[str, float]]
NAMES = ["tenure_days", "enrolled_days", "enrolled_months_365d", "enrolment_gap_days_730d", "enrolment_gaps_730d"]


def _span(start: str, end: str, team: str = "T1") -> dict[str, object]:
    return {"start_date": start, "end_date": end, "team_id": team}


# The first two touch and are one of 424 days; 61 days without; then 245 days up to the index date, 1 January 2024.
SPANS = [_span("2022-01-01", "2022-07-01"), _span("2022-07-01", "2023-03-01"), _span("2023-05-01", "2025-01-01")]
# Of 2023, 1 January to 1 March (59 days) and 1 May to the index date (245): 304 days are 304 * 12 / 365 months.
EXPECTED = [245, 669, 304 * 12 / 365, 61, 1]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        (SPANS, EXPECTED),
        ([*SPANS, _span("2022-06-01", "2022-09-01")], EXPECTED),  # inside what is covered
        ([*SPANS, _span("2024-01-01", "2026-01-01")], EXPECTED),  # begins on the index date
        (SPANS[:2], [0, 424, 59 * 12 / 365, 306, 0]),  # left on 1 March 2023: 306 days before the index date
        (SPANS[2:], [245, 245, 245 * 12 / 365, 0, 0]),  # days before joining are no gap
        ([_span("2023-12-31", "2024-06-01")], [1, 1, 12 / 365, 0, 0]),
        ([_span("2010-01-01", "2024-01-02")], [5113, 5113, 12, 0, 0]),  # 14 years with three 29 Februaries
    ],
    ids=["two spans", "overlap", "future", "left", "joined", "yesterday", "long"],
)
def test_spans_are_merged_and_end_at_the_index_date(
    compute: Compute, spans: list[dict[str, object]], expected: list[float]
) -> None:
    assert list(compute(NAMES, enrollment=spans).values()) == pytest.approx(expected)


def test_teams_are_counted_over_all_of_the_past(compute: Compute) -> None:
    spans = [_span("2015-01-01", "2020-01-01", "T1"), _span("2020-01-01", "2022-01-01", "T2")]
    found = compute(["distinct_teams"], enrollment=[*spans, _span("2022-01-01", "2026-01-01", "T1")])
    assert found == {"distinct_teams": 2}

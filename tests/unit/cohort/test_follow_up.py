"""For how long members are seen, what ends it, and how much each counts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from riskkit.cohort.follow_up import compute_follow_up, find_data_end, is_enrolled_before, make_time_to_event

MakeTable = Callable[..., pd.DataFrame]
INDEX = "2023-01-01"


def _follow(
    table: MakeTable,
    cohort: MakeTable,
    *spans: tuple[str, str],
    death: str | None = None,
    end: str | None = None,
    gap: int = 0,
) -> list[float]:
    held = {
        "person": table("person", {"person_id": "a", "birth_date": "1950-01-01", "death_date": death}),
        "enrollment": table(
            "enrollment", *[{"person_id": "a", "start_date": start, "end_date": stop} for start, stop in spans]
        ),
    }
    days = pd.Series([end], dtype="datetime64[us]")
    found = compute_follow_up(cohort(("a", INDEX, 12.0)), held, allowed_gap_days=gap, follow_up_end=days)
    return [float(value) for value in found.iloc[0]]


def test_follow_up_ends_with_enrolment_or_with_the_day_that_may_not_be_seen(
    table: MakeTable, cohort: MakeTable
) -> None:
    # 1 March is day 59 of a common year, 1 February day 31
    assert _follow(table, cohort, ("2022-01-01", "2023-03-01"))[0] == 59
    assert _follow(table, cohort, ("2022-01-01", "2023-03-01"), end="2023-02-01")[0] == 31
    assert _follow(table, cohort, ("2022-01-01", "2023-02-01"), end="2023-03-01")[0] == 31
    assert _follow(table, cohort, ("2022-01-01", "2022-06-01"))[0] == 0
    assert _follow(table, cohort)[0] == np.inf


@pytest.mark.parametrize(("gap", "days"), [(0, 31), (9, 31), (10, 90)])
def test_a_gap_that_is_forgiven_does_not_end_the_follow_up(
    table: MakeTable, cohort: MakeTable, gap: int, days: float
) -> None:
    # 1 to 10 February, ten days, are not covered; 1 April is day 90
    spans = (("2022-01-01", "2023-02-01"), ("2023-02-11", "2023-04-01"))
    assert _follow(table, cohort, *spans, gap=gap)[0] == days


@pytest.mark.parametrize(
    ("death", "ends", "days"),
    [
        ("2023-02-01", ("2023-02-02", None), 31),
        ("2023-02-01", ("2023-02-01", None), 31),  # enrolment may end on the day of death
        ("2023-02-01", ("2023-01-31", None), None),  # left a day before
        ("2023-02-01", ("2023-06-01", "2023-02-01"), None),  # not to be seen yet
        ("2023-02-01", ("2023-06-01", "2023-02-02"), 31),
        ("2022-12-31", ("2023-06-01", None), None),
    ],
)
def test_a_death_counts_as_a_member_and_before_the_end(
    table: MakeTable, cohort: MakeTable, death: str, ends: tuple[str, str | None], days: float | None
) -> None:
    found = _follow(table, cohort, ("2022-01-01", ends[0]), death=death, end=ends[1])[1]
    assert found == days or (days is None and np.isnan(found))


def test_the_data_reach_to_the_day_after_the_last_record(table: MakeTable, stays: MakeTable) -> None:
    assert find_data_end({}) is None
    claims = stays(("a", "2023-01-01", "2023-01-05"))
    assert find_data_end({"medical_claim": claims}) == pd.Timestamp("2023-01-06")
    # A death is a record; a span of enrolment is a promise.
    person = table("person", {"person_id": "a", "birth_date": "1950-01-01", "death_date": "2023-02-01"})
    spans = table("enrollment", {"person_id": "a", "start_date": "2023-01-01", "end_date": "2030-01-01"})
    held = {"medical_claim": claims, "person": person, "enrollment": spans}
    assert find_data_end(held) == pd.Timestamp("2023-02-02")


@pytest.mark.parametrize(("start", "known"), [("2022-01-01", True), ("2022-01-11", True), ("2022-01-12", False)])
def test_a_look_back_is_whole_up_to_the_gap_that_is_forgiven(
    table: MakeTable, cohort: MakeTable, start: str, known: bool
) -> None:
    spans = table("enrollment", {"person_id": "a", "start_date": start, "end_date": "2024-01-01"})
    found = is_enrolled_before(cohort(("a", INDEX, 12.0)), spans, days=365, allowed_gap_days=10)
    assert found.tolist() == [known]


def _make(event: list[float], censor: list[float], death: list[float], risk: list[bool] | None = None) -> pd.DataFrame:
    members = pd.DataFrame({"person_id": [f"m{place}" for place in range(len(event))]})
    members["index_date"] = pd.Timestamp(INDEX)
    follow = pd.DataFrame({"censor_days": censor, "death_days": death})
    held = None if risk is None else np.array(risk)
    return make_time_to_event(members, np.array(event), follow, horizon_days=12, risk_set=held)


NO = np.nan


def test_weighting_gives_the_worked_figure() -> None:
    # METHODS section 1: ten members, events at months 3 and 8, two leave at 6, six complete. Weights 1, 9/7 and six
    # times 9/7: (1 + 9/7) / 10 = 0.2286, the Kaplan-Meier figure; dropping the two would give 2/8 = .25, keeping
    # them as members without an event 2/10 = .20.
    labels = _make([3, 8, *[NO] * 8], [12, 12, 6, 6, *[12] * 6], [NO] * 10)
    assert np.average(labels["observed"], weights=labels["weight"]) == pytest.approx(16 / 70)
    assert round(16 / 70, 4) == 0.2286
    followed = labels["followed_days"].ge(12) | labels["observed"].eq(1)
    assert (labels["observed"][followed].mean(), labels["observed"].mean()) == (0.25, 0.2)
    assert labels["cause"].tolist() == [1, 1, *[0] * 8]
    assert labels["followed_days"].tolist() == [3, 8, 6, 6, *[12] * 6]


@pytest.mark.parametrize(
    ("event", "censor", "death", "expected"),
    [
        (5, 12, NO, (1, 5, 5)),
        (12, 20, NO, (0, NO, 12)),  # the horizon itself is outside
        (5, 5, NO, (0, NO, 5)),  # enrolment is half-open: the fifth day is not followed
        (0, 3, NO, (1, 0, 0)),
        (5, 12, 5, (1, 5, 5)),  # admitted and died on one day: the event came first
        (5, 4, 4, (2, NO, 4)),  # a claim after the death is none of theirs
        (NO, 12, 7, (2, NO, 7)),
        (NO, 30, 12, (0, NO, 12)),  # died after the horizon
        (NO, 30, NO, (0, NO, 12)),
    ],
)
def test_what_comes_first_ends_the_follow_up(
    event: float, censor: float, death: float, expected: tuple[int, float, float]
) -> None:
    row = _make([event], [censor], [death]).iloc[0]
    assert [row["cause"], row["event_days"], row["followed_days"]] == pytest.approx(expected, nan_ok=True)
    assert row["observed"] == (expected[0] == 1)


def test_a_death_stands_for_those_who_left_before_it_and_for_no_later_leaver() -> None:
    # One of four leaves at 3: G = 3/4 of the time after. One dies at 6, one of the two left leaves at 9: G = 3/8.
    labels = _make([NO] * 4, [3, 12, 9, 12], [NO, 6, NO, NO])
    assert labels["weight"].tolist() == pytest.approx([0, 4 / 3, 0, 8 / 3])
    # The weights of all who count sum to all who began.
    assert labels["weight"].sum() == pytest.approx(4)


def test_outside_the_risk_set_nobody_counts_or_leaves() -> None:
    labels = _make([3, NO, NO], [12, 6, 12], [NO] * 3, risk=[False, False, True])
    assert labels["weight"].tolist() == [0, 0, 1]
    assert labels["risk_set"].tolist() == [False, False, True]

"""The care process: every kind of event is counted, and none may enter a rate."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from riskkit.data.vocabulary import CARE_EVENT_KINDS
from riskkit.features.care_process import KINDS, care_features
from riskkit.features.schedule import SCHEDULE


def test_every_kind_of_event_has_a_count_and_a_distance() -> None:
    assert KINDS.keys() == set(CARE_EVENT_KINDS)
    names = {feature.name for feature in care_features()}
    assert {f"{kind}_365d" for kind in KINDS} | {f"days_since_{kind}" for kind in KINDS} <= names


def test_doing_more_visits_never_raises_a_rate() -> None:
    assert {feature.policy for feature in care_features()} == {"clinical"}


def test_the_schedule_is_the_documents() -> None:
    # POLICY_RULES C21: four visits, two HbA1c, eyes, UACR and nerves once, therapy every three to six months.
    due = {name: times for name, (times, *_) in SCHEDULE.items()}
    assert due == {"follow_up": 4, "hba1c": 2, "eye": 1, "uacr": 1, "neuropathy": 1, "therapy": 2}


def test_what_was_done_of_the_schedule_is_a_share_of_what_is_due(compute: Callable[..., dict[str, float]]) -> None:
    kinds = ["follow_up"] * 3 + ["eye_exam"] * 2 + ["uacr_screen"]
    events = [{"date": f"2023-0{month}-10", "kind": kind} for month, kind in enumerate(kinds, start=1)]
    labs = [{"date": "2023-05-01", "analyte": analyte, "value": 7.0} for analyte in ("hba1c", "uacr")]
    names = [f"{name}_attained_365d" for name in (*SCHEDULE, "schedule")]
    found = compute(names, care_event=events, lab_result=labs)
    # 3 of 4 visits, 1 of 2 tests, eyes, urine, no nerves, no review: (0.75 + 0.5 + 1 + 1) / 6
    assert list(found.values()) == pytest.approx([0.75, 0.5, 1, 1, 0, 0, 3.25 / 6])


def test_a_urine_test_in_the_laboratory_is_a_screening_without_a_care_event(
    compute: Callable[..., dict[str, float]],
) -> None:
    labs = [{"date": "2023-05-01", "analyte": "uacr", "value": 7.0}]
    assert compute(["uacr_attained_365d"], lab_result=labs) == {"uacr_attained_365d": 1}


def test_a_screening_is_counted_and_dated(compute: Callable[..., dict[str, float]]) -> None:
    events = [{"date": day, "kind": "eye_exam"} for day in ("2022-06-01", "2023-12-22")]
    found = compute(["eye_exam_365d", "days_since_eye_exam", "follow_up_365d"], care_event=events)
    # one in 365 days; the last ten days before; no follow-up
    assert list(found.values()) == [1, 10, 0]

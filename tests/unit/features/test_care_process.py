"""The care process: every kind of event is counted, and none may enter a rate."""

from __future__ import annotations

from collections.abc import Callable

from riskkit.data.vocabulary import CARE_EVENT_KINDS
from riskkit.features.care_process import KINDS, care_features


def test_every_kind_of_event_has_a_count_and_a_distance() -> None:
    assert KINDS.keys() == set(CARE_EVENT_KINDS)
    names = {feature.name for feature in care_features()}
    assert names == {f"{kind}_365d" for kind in KINDS} | {f"days_since_{kind}" for kind in KINDS}


def test_doing_more_visits_never_raises_a_rate() -> None:
    assert {feature.policy for feature in care_features()} == {"clinical"}


def test_a_screening_is_counted_and_dated(compute: Callable[..., dict[str, float]]) -> None:
    events = [{"date": day, "kind": "eye_exam"} for day in ("2022-06-01", "2023-12-22")]
    found = compute(["eye_exam_365d", "days_since_eye_exam", "follow_up_365d"], care_event=events)
    # one in 365 days; the last ten days before; no follow-up
    assert list(found.values()) == [1, 10, 0]

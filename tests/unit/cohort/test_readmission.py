"""Who is back unplanned, how planned stays are known, and how much each discharge counts."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from riskkit.cohort.readmission import label_readmission
from riskkit.data.outcome_rules import PlannedCare
from riskkit.errors import PolicyError

MakeTable = Callable[..., pd.DataFrame]
LISTS = pd.DataFrame(
    [
        ("planned", "chemotherapy", "who_cn", "Z511", 1.0),
        ("planned", "chemotherapy", "icd9cm3", "9925", 1.0),
        ("planned", "chemotherapy", "chs_drg", "RE1", 1.0),
    ],
    columns=["list", "group", "vocabulary", "prefix", "points"],
)
GROUP = ("planned:chemotherapy",)


@pytest.mark.parametrize(
    ("start", "change", "observed"),
    [
        ("2023-01-05", {}, 0),  # the day of discharge: continues the stay
        ("2023-01-06", {}, 0),  # day 1: contiguous, and the same admission
        ("2023-01-07", {}, 1),  # day 2
        ("2023-02-04", {}, 1),  # day 30
        ("2023-02-05", {}, 0),  # day 31
        ("2023-01-20", {"admission_type": "elective"}, 0),
        ("2023-01-20", {"admission_type": "urgent"}, 1),
        ("2023-01-20", {"discharge_status": None}, 1),  # a stub is an event, though never an index stay
        ("2023-01-20", {"discharge_status": "died"}, 1),
        ("2023-01-20", {"setting": "emergency"}, 0),
    ],
)
def test_a_readmission_is_an_unplanned_admission_up_to_day_30(
    stays: MakeTable, cohort: MakeTable, start: str, change: dict[str, object], observed: int
) -> None:
    # Discharged on 5 January: the index date is the 6th.
    claims = stays(("a", "2023-01-01", "2023-01-05"), ("a", start, "2023-03-01", change))
    labels = label_readmission(cohort(("a", "2023-01-06", 1.0)), {"medical_claim": claims}, horizon_days=30)
    assert labels["observed"].tolist() == [observed]
    assert labels["weight"].tolist() == [1.0]


def test_an_elective_stay_does_not_hide_the_unplanned_one_after_it(stays: MakeTable, cohort: MakeTable) -> None:
    elective = ("a", "2023-01-10", "2023-01-12", {"admission_type": "elective"})
    claims = stays(elective, ("a", "2023-01-20", "2023-01-22"))
    labels = label_readmission(cohort(("a", "2023-01-06", 1.0)), {"medical_claim": claims}, horizon_days=30)
    # 20 January is 14 days after the index date
    assert labels["event_days"].tolist() == [14]


def _coded(table: MakeTable, position: int) -> pd.DataFrame:
    row = {"record_id": "C2", "position": position, "person_id": "a", "date": "2023-01-20", "source": "inpatient"}
    return table("diagnosis", {**row, "available_date": "2023-01-20", "code": "Z51.100", "vocabulary": "who_cn"})


def _done(table: MakeTable) -> pd.DataFrame:
    row = {"claim_id": "C2", "position": 1, "person_id": "a", "date": "2023-01-20", "available_date": "2023-01-20"}
    return table("procedure", {**row, "code": "99.2503", "vocabulary": "icd9cm"})


@pytest.mark.parametrize(
    ("planned", "observed"),
    [
        (None, 1),
        ({"principal": GROUP}, 0),
        ({"procedures": GROUP}, 0),
        ({"drg": GROUP}, 0),
    ],
)
def test_chemotherapy_is_known_by_diagnosis_procedure_or_group(
    table: MakeTable, stays: MakeTable, cohort: MakeTable, planned: dict[str, tuple[str, ...]] | None, observed: int
) -> None:
    claims = stays(
        ("a", "2023-01-01", "2023-01-05"),
        ("a", "2023-01-20", "2023-03-01", {"admission_type": "urgent", "drg_code": "RE1"}),
    )
    held = {"medical_claim": claims, "diagnosis": _coded(table, 1), "procedure": _done(table)}
    labels = label_readmission(
        cohort(("a", "2023-01-06", 1.0)),
        held,
        horizon_days=30,
        planned=PlannedCare(**planned) if planned else None,
        code_lists=LISTS,
    )
    assert labels["observed"].tolist() == [observed]


def test_a_secondary_diagnosis_plans_nothing(table: MakeTable, stays: MakeTable, cohort: MakeTable) -> None:
    claims = stays(("a", "2023-01-01", "2023-01-05"), ("a", "2023-01-20", "2023-03-01"))
    held = {"medical_claim": claims, "diagnosis": _coded(table, 2)}
    planned = PlannedCare(principal=GROUP)
    found = label_readmission(
        cohort(("a", "2023-01-06", 1.0)), held, horizon_days=30, planned=planned, code_lists=LISTS
    )
    assert found["observed"].tolist() == [1]


def test_planned_care_without_its_code_lists_is_refused(stays: MakeTable, cohort: MakeTable) -> None:
    with pytest.raises(PolicyError, match="code group 'planned:chemotherapy', expected one of a code list"):
        label_readmission(
            cohort(("a", "2023-01-06", 1.0)),
            {"medical_claim": stays()},
            horizon_days=30,
            planned=PlannedCare(principal=GROUP),
        )


@pytest.mark.parametrize(
    ("ends", "weight"),
    [
        (("2023-02-05", None), 1.0),  # enrolled for 30 days from the index date, 6 January
        (("2023-02-04", None), 0.0),  # for 29: not followed to the end, and not known to be free of it
        (("2023-01-16", "2023-01-15"), 1.0),  # to death, which was seen
        (("2023-01-10", "2023-01-15"), 0.0),  # left before the death
    ],
)
def test_a_discharge_counts_if_it_was_followed_for_30_days_or_to_death(
    table: MakeTable, stays: MakeTable, cohort: MakeTable, ends: tuple[str, str | None], weight: float
) -> None:
    until, death = ends
    held = {
        "person": table("person", {"person_id": "a", "birth_date": "1950-01-01", "death_date": death}),
        "enrollment": table("enrollment", {"person_id": "a", "start_date": "2020-01-01", "end_date": until}),
        "medical_claim": stays(("a", "2023-01-01", "2023-01-05"), ("b", "2023-06-01", "2023-06-05")),
    }
    labels = label_readmission(cohort(("a", "2023-01-06", 1.0)), held, horizon_days=30)
    assert labels["observed"].tolist() == [0]
    assert labels["weight"].tolist() == [weight]


def test_discharges_at_the_end_of_the_data_are_censored(stays: MakeTable, cohort: MakeTable) -> None:
    claims = stays(("a", "2023-01-01", "2023-01-05"), ("b", "2023-01-02", "2023-01-20"))
    # The last day on record is the 20th: 15 of 30 days are seen
    labels = label_readmission(cohort(("a", "2023-01-06", 1.0)), {"medical_claim": claims}, horizon_days=30)
    assert labels["weight"].tolist() == [0]
